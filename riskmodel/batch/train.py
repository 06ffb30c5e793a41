"""Training on shards: each is read into rows by a worker, and one process fits on all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from riskmodel.batch.errors import ShardError
from riskmodel.batch.run import Progress, run_all
from riskmodel.batch.shards import Shard, read_column
from riskmodel.conversation import parse_conversation
from riskmodel.errors import FieldProblem, InputError
from riskmodel.model.alerts import AlertBudget
from riskmodel.patterns import PATTERNS
from riskmodel.promises.kept import project_listener
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat, written_chats
from riskmodel.table import TalkRows, as_table, read_rows, refuse_one_sided
from riskmodel.training import TrainReport, train_table

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["train_on_shards"]

_AT_ONCE = 100  # talks
_LABELS = ("abusive", "benign", "legit_complaint")
_NOTE = "chats of shards, of families unseen by the fit (5-fold); no real abusive chats are known"


class _Part(NamedTuple):
    """A shard as read: what is known of its talks, without their words, and their rows."""

    name: str
    known: list[LabelledChat]
    rows: list[TalkRows]


def train_on_shards(
    shards: Sequence[Shard],
    out: Path,
    *,
    seed: int = 0,
    jobs: int = 1,
    client: Client | None = None,
    written: Sequence[LabelledChat] | None = None,
    reader: LineReader | None = None,
    alerts: AlertBudget | None = None,
    progress: Progress | None = None,
) -> TrainReport:
    """Train on the labelled talks of shards and on chats written whole, and store the model.

    The model is the one that `riskmodel.training.train` makes of the same talks in the same order, to the byte. Reading
    is shared among processes or a cluster; the rows of all talks, some 12 KB each, must fit into this one.

    Parameters
    ----------
    shards
        With a column `labels`.
    out, seed, written, reader, alerts, progress
        As for `riskmodel.training.train`.
    jobs, client
        As for `riskmodel.batch.run.score_shards`.

    Raises
    ------
    InputError
        For a row that cannot be read, naming it; nothing is stored.
    BatchError
        As for `riskmodel.batch.run.score_shards`.
    """
    parts: dict[str, _Part] = {}
    for part in run_all(partial(_read_shard, reader=reader), shards, jobs=jobs, client=client):
        parts[part.name] = part
        if progress is not None:
            progress("reading shards", len(parts), len(shards))
    reader = reader or _listener()
    whole = [chat for chat in (written_chats() if written is None else written) if chat.conversation["messages"]]
    known = [chat for shard in shards for chat in parts[shard.name].known] + whole
    refuse_one_sided(known)
    rows = [talk for shard in shards for talk in parts.pop(shard.name).rows] + read_rows(whole, reader)
    table = as_table(known, rows, seed)
    details = {"trained_on": f"{len(known)} labelled chats of shards and written by hand"}
    return train_table(table, reader, out, seed=seed, progress=progress, alerts=alerts, details=details, note=_NOTE)


def _read_shard(shard: Shard, reader: LineReader | None) -> _Part:
    part = _Part(shard.name, [], [])
    waiting: list[LabelledChat] = []
    # without one, each process has the project's own, which is kept once it was fitted
    hears = reader or _listener()
    for chat in _labelled(shard):
        waiting.append(chat)
        if len(waiting) == _AT_ONCE:
            _take(part, waiting, hears)
            waiting = []
    _take(part, waiting, hears)
    return part


@cache
def _listener() -> LineReader:
    return project_listener()


def _take(part: _Part, chats: Sequence[LabelledChat], reader: LineReader) -> None:
    part.rows.extend(read_rows(chats, reader))
    part.known.extend(_without_words(chat) for chat in chats)


def _without_words(chat: LabelledChat) -> LabelledChat:
    return LabelledChat(
        {}, chat.label, chat.patterns, chat.family, chat.pair, None, None, chat.acts, (), chat.written, None
    )


def _labelled(shard: Shard) -> Iterator[LabelledChat]:
    path, row = Path(shard.path), -1
    try:
        talks = (cell for cells in read_column(path, "conversation") for cell in cells)
        told = (cell for cells in read_column(path, "labels") for cell in cells)
        for row, (talk, labels) in enumerate(zip(talks, told, strict=True)):  # noqa: B007  # named where one is wrong
            chat = _chat(talk, labels)
            if chat.conversation["messages"]:
                yield chat
    except ShardError as error:
        raise InputError([FieldProblem(shard.name, str(error))]) from None
    except InputError as error:
        where = f"{shard.name}, row {row}, "
        raise InputError([FieldProblem(where + problem.field, problem.message) for problem in error.problems]) from None


def _chat(talk: str | bytes | None, labels: str | bytes | None) -> LabelledChat:
    if talk is None or labels is None:
        raise InputError([FieldProblem("labels" if labels is None else "conversation", "is missing")])
    conversation = parse_conversation(talk)
    try:
        told: dict[str, Any] = json.loads(labels)
        known = LabelledChat(
            conversation=json.loads(talk),
            label=told["label"],
            patterns=tuple(told["patterns"]),
            family=told["family"],
            pair=told["pair"],
            first_commitment_message_id=None,
            earliest_message_id=None,
            acts=tuple(told.get("acts", ())),
            styles=(),
        )
    except (ValueError, KeyError, TypeError):
        problem = "must be an object with label, patterns, family and pair, as `baitwatch synthesize` writes it"
        raise InputError([FieldProblem("labels", problem)]) from None
    if known.label not in _LABELS or not set(known.patterns) <= set(PATTERNS):
        problem = f"label must be one of {', '.join(_LABELS)}, and patterns of {', '.join(PATTERNS)}"
        raise InputError([FieldProblem("labels", problem)])
    if len(known.acts) not in (0, len(conversation.messages)):
        raise InputError([FieldProblem("labels.acts", "must be as many as the messages, or none")])
    return known
