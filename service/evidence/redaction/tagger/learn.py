"""Fits the tagger: run by hand where python-crfsuite is installed, when rules, sentences or lines have changed.

Nothing of that package is needed afterwards: its weights are rounded to whole numbers and written beside this module.
What the rules found is hidden now and then while it learns, most often in the lines that they were written with, where
they find more than in others. Some ten minutes::

    pip install python-crfsuite==0.9.12
    cd tests/service/evidence/redaction
    python -m service.evidence.redaction.tagger.learn development.txt writers.txt
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from riskmodel.reader.corpus import read_exchanges
from riskmodel.reader.corpus import read_lines as read_plain_lines
from service.evidence.redaction.detect import find_by_rule
from service.evidence.redaction.segments import segment
from service.evidence.redaction.tagger.decode import LETTERS, LOOKED_FOR, looked_at
from service.evidence.redaction.tagger.drawn import Writer
from service.evidence.redaction.tagger.marked import Line, read_line, read_lines

__all__ = ["Fitted", "arrays", "data_digest", "examples", "main"]

SEED = 1
DRAWN, PLAIN = 15_000, 20_000
_HIDDEN_DEVELOPMENT, _HIDDEN = 0.6, 0.3  # how often a find of the rules is not seen
_WEIGHED = 2  # each line that somebody wrote counts as so many
_SCALE = 1_000
_COSTS = {"name": 2_200, "address": 2_000, "chat_account": 1_500}
"""What it costs to begin a kind, so that less is covered by mistake; chosen with four writers' lines left out."""
_PARAMETERS = {"c1": 0.3, "c2": 0.02, "max_iterations": 90, "feature.minfreq": 3}
_RARE = 4  # a word that stands in so few ordinary lines may be drawn as a name
_STATES = ("O", *(f"B{LETTERS[kind]}" for kind in LOOKED_FOR), *(f"I{LETTERS[kind]}" for kind in LOOKED_FOR))

Fitted = tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]
"""Weights of a feature for a state, and of a state for the next."""
_FOLDER = Path(__file__).parent


def plain_lines() -> list[str]:
    """The project's own ordinary lines, each once; there is nothing personal in them."""
    said = {line.text for line in read_plain_lines()}
    for exchange in read_exchanges():
        said.update((*exchange.turn, exchange.reply))
    return sorted(said)


def everyday_words(lines: Iterable[str]) -> list[str]:
    """Words of two and three signs that stand in few of these lines."""
    counts: Counter[str] = Counter()
    for line in lines:
        for start, end, tag in segment(line):
            spelled = line[start:end]
            if 1 < end - start < 4 and tag[0] in "naivzl" and all("㐀" <= sign <= "鿿" for sign in spelled):
                counts[spelled] += 1
    return sorted(spelled for spelled, count in counts.items() if count <= _RARE)


def examples(development: Iterable[Line], writers: Iterable[Line]) -> Iterator[tuple[Line, float, int]]:
    """All that it learns from, with how often finds of the rules are hidden and as how many it counts."""
    plain = plain_lines()
    writer = Writer(SEED, everyday_words(plain))
    yield from ((line, _HIDDEN_DEVELOPMENT, _WEIGHED) for line in development)
    yield from ((line, _HIDDEN, _WEIGHED) for line in writers)
    yield from ((read_line(writer.message()), _HIDDEN, 1) for _ in range(DRAWN))
    Random(SEED).shuffle(plain)  # noqa: S311  # an order guards nothing
    yield from ((Line(text, []), _HIDDEN, 1) for text in plain[:PLAIN])


def learnable(line: Line, hidden: float, random: Random) -> tuple[list[list[str]], list[str]]:
    """Features and states of the tokens of a message."""
    ruled = find_by_rule(line.text)
    looked = {LETTERS[kind] for kind in LOOKED_FOR}
    marks = [mark for mark in ruled.marks() if mark[2] not in looked or random.random() >= hidden]
    found, rows = looked_at(line.text, ruled.folded, ruled.words, marks)
    states = []
    for token in found:
        start, end = ruled.folded.original(*token)
        state = "O"
        for value in line.values:
            if value.kind in LOOKED_FOR and start < value.end and end > value.start:
                state = ("B" if start <= value.start else "I") + LETTERS[value.kind]
        states.append(state)
    return rows, states


def fit(development: Iterable[Line], writers: Iterable[Line]) -> Fitted:
    """Fit the field with crfsuite, on lines that the rules were written with and on lines of others."""
    import pycrfsuite  # type: ignore[import-not-found]  # noqa: PLC0415  # no dependency: only who fits anew has it

    trainer = pycrfsuite.Trainer(verbose=False)
    random = Random(SEED)  # noqa: S311  # what is hidden guards nothing
    for line, hidden, count in examples(development, writers):
        for _ in range(count):
            rows, states = learnable(line, hidden, random)
            if rows:
                trainer.append(rows, states)
    trainer.set_params(_PARAMETERS)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "fitted")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        info = tagger.info()
        tagger.close()
    return dict(info.state_features), dict(info.transitions)


def arrays(fitted: Fitted) -> dict[str, Any]:
    """What `decode` reads: whole numbers, features in order; those that round to nothing are left out."""
    by_state, following = fitted
    rows: dict[str, list[int]] = {}
    for (feature, state), weight in by_state.items():
        if rounded := round(weight * _SCALE):
            rows.setdefault(feature, [0] * len(_STATES))[_STATES.index(state)] = rounded
    names = sorted(rows)

    def after(state: str) -> list[int]:
        return [round(following.get((one, state), 0) * _SCALE) for one in _STATES]

    letters = [LETTERS[kind] for kind in LOOKED_FOR]
    return {
        "names": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        "weights": np.array([rows[name] for name in names], dtype=np.int16),
        "none": np.array(after("O"), dtype=np.int32),
        "begin": np.array(
            [[weight - _COSTS[kind] for weight in after(f"B{LETTERS[kind]}")] for kind in LOOKED_FOR], dtype=np.int32
        ),
        "go_on": np.array(
            [
                [round(following.get((f"{one}{letter}", f"I{letter}"), 0) * _SCALE) for letter in letters]
                for one in "BI"
            ],
            dtype=np.int32,
        ),
    }


def data_digest(*written: Path) -> str:
    """SHA-256 of the lines and sentences that it learned from."""
    parts = [path.read_bytes() for path in (*written, _FOLDER / "frames.toml")]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def main() -> None:
    """Write ``weights.npz`` and ``manifest.json`` beside this module."""
    development, writers = map(Path, sys.argv[1:])
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays(fit(read_lines(development), read_lines(writers))))
    (_FOLDER / "weights.npz").write_bytes(buffer.getvalue())
    manifest = {
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "data_sha256": data_digest(development, writers),
        "seed": SEED,
        "drawn": DRAWN,
        "plain": PLAIN,
        "costs": _COSTS,
        "parameters": _PARAMETERS,
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (_FOLDER / "manifest.json").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
