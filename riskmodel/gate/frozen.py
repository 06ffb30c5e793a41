"""Frozen sets: labelled talks that no training uses, known by a digest, and what models say of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.channels import Channels, fill
from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation.labelled import read_labelled
from riskmodel.evaluation.metrics import calibration_sums
from riskmodel.evaluation.parity import groups_of
from riskmodel.gate.limits import load_limits
from riskmodel.reader import LineReader
from riskmodel.scorer import TOO_LITTLE, Scorer
from riskmodel.synthesis import LabelledChat, generate
from riskmodel.synthesis.digest import data_digest
from riskmodel.table import Table, read_table
from riskmodel.text import normalize

__all__ = [
    "Frozen",
    "FrozenSet",
    "Outcomes",
    "generated_set",
    "project_sets",
    "written_set",
]

Progress = Callable[[str, int, int], None]


class FrozenSet(NamedTuple):
    """Labelled talks under a name; `pair` of a talk is what it was written together with."""

    name: str
    chats: tuple[LabelledChat, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over talks and labels."""
        return data_digest(self.chats)


class Outcomes(NamedTuple):
    """What a model makes of m talks: highest risk, strongest advice as a position in `ACTIONS`, calibration sums."""

    peaks: NDArray[np.float64]
    strongest: NDArray[np.int_]
    sums: NDArray[np.float64]


def generated_set(count: int | None = None, seed: int | None = None) -> FrozenSet:
    """Generated chats; by default as many as the gate's limits say, of the seed that no training may use."""
    limits = load_limits().generated
    return FrozenSet("generated", tuple(generate(count or limits.chats, limits.seed if seed is None else seed)))


def written_set(chats: Path, labels: Path, name: str = "written") -> FrozenSet:
    """A file of labelled chats; errors as `riskmodel.evaluation.read_labelled`, and for a talk without messages."""
    talks = read_labelled(chats, labels)
    empty = [talk.row.conversation_id for talk in talks if not talk.conversation.messages]
    if empty:
        problem = "a talk without messages cannot be measured; leave it out"
        raise InputError([FieldProblem(f"{chats}: {found}", problem) for found in empty])
    return FrozenSet(
        name,
        tuple(
            LabelledChat(
                talk.conversation.model_dump(mode="json", exclude_none=True),
                talk.row.label,
                tuple(talk.row.patterns),
                family=name,
                pair=talk.row.conversation_id,
                first_commitment_message_id=talk.row.first_commitment_message_id,
                earliest_message_id=talk.row.earliest_message_id,
                acts=(),
                styles=(),
            )
            for talk in talks
        ),
    )


def project_sets(count: int | None = None) -> list[FrozenSet]:
    """Those of the project: the generated one (see `generated_set`), and the chats written by hand for measuring."""
    inside = Path(__file__).parent / "data"
    folder = inside if inside.is_dir() else Path(__file__).parents[2] / "tests" / "written"
    return [generated_set(count), written_set(folder / "chats.jsonl", folder / "chats_labels.jsonl")]


class Frozen:
    """Some frozen sets, read once for each reader of lines and then asked of any model.

    Parameters
    ----------
    sets
        Each with talks of all labels.
    read
        Reads talks as `riskmodel.table.read_table` does, which is the default; say one that keeps what it read.
    """

    def __init__(self, sets: Sequence[FrozenSet], read: Callable[..., Table] = read_table) -> None:
        self.sets = {each.name: each for each in sets}
        self._read = read
        self._tables: dict[tuple[str, str], Table] = {}

    @property
    def digest(self) -> str:
        """SHA-256 over the talks and labels of all sets; what a training notes that was compared with them."""
        return data_digest(self.chats)

    @property
    def chats(self) -> list[LabelledChat]:
        """The talks of all sets."""
        return [chat for each in self.sets.values() for chat in each.chats]

    def labels(self, name: str) -> NDArray[Any]:
        """The labels of a set, shape (m,)."""
        return np.array([chat.label for chat in self.sets[name].chats])

    def clusters(self, name: str) -> NDArray[Any]:
        """What each talk was written together with, shape (m,)."""
        return np.array([chat.pair for chat in self.sets[name].chats])

    def groups(self, name: str, by: str) -> NDArray[Any]:
        """What each talk has in common with others; an empty text where that is not known. Shape (m,)."""
        return np.array([groups_of(chat.conversation).get(by, "") for chat in self.sets[name].chats])

    def ask(self, name: str, scorer: Scorer, progress: Progress | None = None) -> Outcomes:
        """What a model says of the talks of a set, after each of their messages."""
        model = scorer.model
        table = self._table(name, model.reader, progress)
        fill(table, Channels(model.words, model.acts), np.arange(len(table.abusive)))
        log_odds = model.base + table.columns @ model.arrays["coefficients"]
        silent = self._silent(name)
        risks = np.where(silent, model.base_rate, 1.0 / (1.0 + np.exp(-(model.slope * log_odds + model.offset))))
        advised = np.searchsorted(model.thresholds, np.where(silent, -1.0, risks), side="right")
        by_talk = [risks[start:end] for start, end in table.bounds]
        return Outcomes(
            np.array([own.max() for own in by_talk]),
            np.array([advised[start:end].max() for start, end in table.bounds]),
            calibration_sums(by_talk),
        )

    def _silent(self, name: str) -> NDArray[np.bool_]:
        """After which messages of the talks of a set there is too little to go on, so that models abstain."""
        found: list[bool] = []
        for chat in self.sets[name].chats:
            said = 0
            for message in chat.conversation["messages"]:
                if message["sender"] == "buyer" and said < TOO_LITTLE:
                    said += sum(char.isalnum() for char in normalize(message["text"]).text)
                found.append(said < TOO_LITTLE)
        return np.array(found)

    def _table(self, name: str, reader: LineReader, progress: Progress | None) -> Table:
        key = name, _digest(reader)
        if key not in self._tables:
            chats = self.sets[name].chats
            self._tables[key] = self._read(chats, progress=progress, total=len(chats), reader=reader)
        return self._tables[key]


def _digest(reader: LineReader) -> str:
    found = hashlib.sha256()
    for name, array in sorted(reader.arrays.items()):
        found.update(name.encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
