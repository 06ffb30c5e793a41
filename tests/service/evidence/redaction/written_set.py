"""Reading the written sets of this folder, and measuring on them; as a program it prints both sets' figures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from riskmodel.evaluation.metrics import wilson
from service.evidence.redaction import Found, find_personal_data
from service.evidence.redaction.tagger import LETTERS
from service.evidence.redaction.tagger.marked import read_lines

HELD_OUT, DEVELOPMENT, WRITERS = (
    Path(__file__).with_name(name) for name in ("held_out.txt", "development.txt", "writers.txt")
)
MOST_TOO_MUCH = 2


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
    return {kind: Figures(hit[kind], there[kind], wrong[kind]) for kind in LETTERS}


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
