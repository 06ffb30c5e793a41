"""Reading the written sets of this folder, and measuring on them; as a program it prints both sets' figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from riskmodel.evaluation.metrics import wilson
from service.evidence.redaction import Found, find_personal_data

HELD_OUT, DEVELOPMENT = (Path(__file__).with_name(name) for name in ("held_out.txt", "development.txt"))
MOST_TOO_MUCH = 2
_KINDS = {
    **{"p": "phone", "i": "id_number", "b": "bank_card", "a": "address"},
    **{"n": "name", "c": "chat_account", "e": "email", "l": "link"},
}


class Line(NamedTuple):
    """One chat message, and the values in it that have to be masked."""

    text: str
    values: list[Found]


class Figures(NamedTuple):
    """Counts for one kind: values found, values in the set, and things found that are none."""

    hit: int
    there: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.hit / self.there

    @property
    def precision(self) -> float:
        return self.hit / max(1, self.hit + self.wrong)


def read_lines(path: Path) -> Iterator[Line]:
    """The messages of a set; ``{kind|value}`` marks what has to be masked."""
    for raw in path.read_text("utf-8").splitlines():
        if raw and not raw.startswith("# "):
            yield _read(re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), raw).replace("\\n", "\n"))


def _read(line: str) -> Line:
    text, values, place = "", [], 0
    for match in re.finditer(r"\{([a-z])\|([^}]*)\}", line):
        text += line[place : match.start()]
        values.append(Found(len(text), len(text) + len(match[2]), _KINDS[match[1]]))
        text, place = text + match[2], match.end()
    return Line(text + line[place:], values)


def fits(found: Found, value: Found) -> bool:
    """Of its kind, all of it covered, and at most two code points too much."""
    too_much = (found.end - found.start) - (value.end - value.start)
    return (
        found.kind == value.kind and found.start <= value.start and found.end >= value.end and too_much <= MOST_TOO_MUCH
    )


def measure(path: Path) -> dict[str, Figures]:
    """The figures of each kind."""
    there: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for text, values in read_lines(path):
        found = find_personal_data(text)
        there.update(value.kind for value in values)
        hit.update(value.kind for value in values if any(fits(one, value) for one in found))
        wrong.update(one.kind for one in found if not any(fits(one, value) for value in values))
    return {kind: Figures(hit[kind], there[kind], wrong[kind]) for kind in _KINDS.values()}


def table(path: Path) -> str:
    """The figures as text, with 95 % intervals (Wilson)."""
    lines = [f"{path.name}: {sum(1 for _ in read_lines(path))} lines, invented"]
    for kind, figures in measure(path).items():
        shares = []
        for name, total in (("recall", figures.there), ("precision", figures.hit + figures.wrong)):
            share = wilson([True] * figures.hit + [False] * (total - figures.hit))
            shares.append(f"{name} {share.value:.3f} ({share.low:.2f}-{share.high:.2f}, n={total})")
        lines.append(f"  {kind:13} {'  '.join(shares)}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(f"{table(HELD_OUT)}\n{table(DEVELOPMENT)}")
