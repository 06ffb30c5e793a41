"""Another threshold of "hold", tried on the talks that are stored: how many more or fewer, and of which kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from service.console.analyst.gathered import LEAST_PEAK, Gathered
from service.console.analyst.sheets import Cell, Column, Sheet
from service.console.texts import say
from service.store.talk_figures import PARTS, in_parts

__all__ = ["HIGHEST", "LOWEST", "Choice", "read_threshold", "tried", "tries"]

LOWEST: Final = LEAST_PEAK / PARTS
HIGHEST: Final = 0.99
_STEP: Final = 10  # thousandths
_LABELS: Final = ("abusive", "legit_complaint", "benign", "unclear")


class Choice(NamedTuple):
    """A threshold in use and another one; how many talks reach each."""

    now: float
    other: float
    held_now: int
    held_then: int
    by_pattern: Sheet
    by_label: Sheet


def read_threshold(text: str) -> float | None:
    """A threshold as it was typed; None where it is none that can be tried."""
    try:
        found = float(text)
    except ValueError:
        return None
    return round(found, 3) if LOWEST <= found <= HIGHEST else None


def tried(gathered: Gathered, now: float, other: float) -> Choice:
    """What would change, by likeliest pattern of the talk and by what those who decided found."""
    first, second = in_parts(now), in_parts(other)
    held_now, held_then = (sum(each.talks for each in gathered.peaks if each.peak >= at) for at in (first, second))
    patterns = Counter[str](), Counter[str]()
    labels = Counter[str](), Counter[str]()
    for at, by_pattern, by_label in zip((first, second), patterns, labels, strict=True):
        for each in gathered.peaks:
            if each.peak >= at:
                by_pattern[each.pattern or ""] += each.talks
        for one in gathered.labelled:
            if one.peak >= at:
                by_label[one.label] += 1
    for counts, held in zip(labels, (held_now, held_then), strict=True):
        counts[""] = held - sum(counts.values())
    named = sorted(set(patterns[0]) | set(patterns[1]), key=lambda name: (name == "", -patterns[1][name], name))
    return Choice(
        now,
        other,
        held_now,
        held_then,
        _sheet("pattern", named, {name: f"pattern.{name}" for name in named}, patterns),
        _sheet("label", [*_LABELS, ""], {name: f"figures.found_{name}" for name in _LABELS}, labels),
    )


def tries(gathered: Gathered) -> Sheet:
    """How many talks reach each threshold that can be tried."""
    reached, labels = [0] * (PARTS + 1), {name: [0] * (PARTS + 1) for name in _LABELS}
    for each in gathered.peaks:
        reached[each.peak] += each.talks
    for one in gathered.labelled:
        labels[one.label][one.peak] += 1
    # from the highest risk down, so that each place counts all from there up
    columns = [list(accumulate(reversed(counts)))[::-1] for counts in (reached, *labels.values())]
    steps = range(LEAST_PEAK, round(HIGHEST * PARTS) + 1, _STEP)
    rows: list[list[Cell]] = [[at / PARTS, *(counts[at] for counts in columns)] for at in steps]
    found = [Column(f"found_{name}") for name in _LABELS]
    return Sheet("thresholds", [Column("threshold", "number"), Column("would_hold"), *found], rows)


def _sheet(kind: str, names: Iterable[str], texts: dict[str, str], counts: tuple[Counter[str], Counter[str]]) -> Sheet:
    before, then = counts
    none = say(f"figures.no_{kind}")
    rows: list[list[Cell]] = [
        [say(texts[name]) if name else none, before[name], then[name], then[name] - before[name]] for name in names
    ]
    return Sheet(kind, [Column(kind, "text"), Column("at_now"), Column("at_other"), Column("change")], rows)
