"""What those who decided found in the talks that were held, and how platforms and provinces compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from riskmodel.intervals import Figure, difference, share_of, weighted
from service.console.analyst.gathered import Gathered
from service.console.analyst.sheets import Cell, Column, Sheet
from service.console.texts import say
from service.store.figures import Group, Labelled
from service.store.talk_figures import STRENGTHS

__all__ = ["FEW", "groups", "precision"]

FEW: Final = 50
"""Talks: a share of fewer says little, and its difference from another nothing."""
_FOUND: Final = ("abusive", "legit_complaint", "benign", "unclear")
_CLEAR: Final = _FOUND[:3]


def precision(gathered: Gathered) -> Sheet:
    """Of the talks that were held and decided, the share in which abuse was found; by advice and by likeliest pattern.

    Where talks were picked by chance, each counts one over its probability; those that were not held, too, which shows
    what is missed.
    """
    held = [each for each in gathered.labelled if each.held]
    escalated = [each for each in held if each.strongest >= STRENGTHS["escalate"]]
    only = [each for each in held if each.strongest < STRENGTHS["escalate"]]
    rows = [
        _row("held_all", gathered.held, held),
        _row("held_only", gathered.held - gathered.escalated, only),
        _row("escalated", gathered.escalated, escalated),
    ]
    for name, chosen, talks in (
        ("by_chance_held", held, gathered.held),
        ("by_chance_other", [each for each in gathered.labelled if not each.held], gathered.talks - gathered.held),
    ):
        picked = [each for each in chosen if each.probability]
        if picked:
            rows.append([*_row(name, talks, picked)[:-1], _weighted(picked)])
    for group in gathered.groups["pattern"]:
        if group.held and group.name is not None:
            of_it = [each for each in held if each.pattern == group.name]
            rows.append([say(f"pattern.{group.name}"), *_row("held_all", group.held, of_it)[1:]])
    counts = [Column(f"found_{name}") for name in _FOUND]
    return Sheet("precision", [Column("which", "text"), Column("talks"), *counts, Column("precision", "share")], rows)


def groups(gathered: Gathered, by: str) -> Sheet:
    """How often talks of each platform or province are held, against all others; and what the decided ones were.

    Groups of few talks are put together; intervals of the differences are as wide as their number asks for.
    """
    found = gathered.groups[by]
    large = [group for group in found if group.talks >= FEW and group.name is not None]
    named = {group.name for group in large}
    rest = [group for group in found if group.name is not None and group.name not in named]
    unknown = [group for group in found if group.name is None]
    rows = [_group(gathered, by, say(f"{by}.{one.name}"), [one], len(large)) for one in large]
    for name, several in (("few_each", rest), ("not_known", unknown)):
        if several:
            rows.append(_group(gathered, by, say(f"figures.{name}", few=FEW), several))
    columns = [
        Column(by, "text"),
        Column("talks"),
        Column("held"),
        Column("held_share", "share", 2),
        Column("held_difference", "difference", 2),
        Column("decided"),
        Column("false_alarms"),
        Column("false_share", "share"),
    ]
    return Sheet(by, columns, rows)


def _row(name: str, talks: int, labelled: Iterable[Labelled]) -> list[Cell]:
    found = Counter(each.label for each in labelled)
    clear = sum(found[name] for name in _CLEAR)
    return [say(f"figures.{name}"), talks, *(found[each] for each in _FOUND), share_of(found["abusive"], clear)]


def _weighted(picked: Sequence[Labelled]) -> Figure:
    clear = [each for each in picked if each.label in _CLEAR]
    return weighted([each.label == "abusive" for each in clear], [1 / (each.probability or 1.0) for each in clear])


def _group(gathered: Gathered, by: str, name: str, several: Sequence[Group], comparisons: int = 0) -> list[Cell]:
    """One row; no difference where there is nothing to compare with, or `comparisons` is 0."""
    talks, held = sum(group.talks for group in several), sum(group.held for group in several)
    names = {group.name for group in several}
    labelled = (each for each in gathered.labelled if each.held and getattr(each, by) in names)
    decided = [each for each in labelled if each.label in _CLEAR]
    false = sum(each.label != "abusive" for each in decided)
    apart: Figure | None = None
    if comparisons and gathered.talks - talks >= FEW:
        others = share_of(gathered.held - held, gathered.talks - talks, comparisons=comparisons)
        apart = difference(share_of(held, talks, comparisons=comparisons), others)
    return [name, talks, held, share_of(held, talks), apart, len(decided), false, share_of(false, len(decided))]
