"""Whether this week is like the four before: the highest risks of talks, and how many were held."""

from __future__ import annotations

from typing import Final, NamedTuple

from riskmodel.drift import Shift, equal_bins, ks, merge, psi
from riskmodel.intervals import Figure, difference, share_of
from service.console.analyst.gathered import Gathered
from service.console.analyst.sheets import Cell, Column, Sheet
from service.store.talk_figures import PARTS

__all__ = ["Moved", "distribution", "moved"]

_FEW: Final = 200
"""Talks of a week: with fewer only a great change can be seen."""
_BIN: Final = 20  # thousandths


class Moved(NamedTuple):
    """What the page says of it."""

    before: int
    now: int
    psi: Shift
    ks: Shift
    held_before: Figure
    held_now: Figure
    held_apart: Figure
    few: bool
    several_models: bool

    @property
    def held_shown(self) -> bool:
        """Whether another share was held than before."""
        low, high = self.held_apart.low, self.held_apart.high
        return low is not None and high is not None and (low > 0 or high < 0)

    @property
    def shown(self) -> bool:
        """Whether anything is another than before, beyond chance."""
        return self.psi.shown or self.ks.shown or self.held_shown


def moved(gathered: Gathered) -> Moved:
    """Compare this week with the four before."""
    before, now = gathered.before, gathered.now
    starts = equal_bins(before.peaks)
    held_before, held_now = share_of(before.held, before.talks), share_of(now.held, now.talks)
    return Moved(
        before.talks,
        now.talks,
        psi(merge(before.peaks, starts), merge(now.peaks, starts)),
        ks(before.peaks, now.peaks),
        held_before,
        held_now,
        difference(held_now, held_before),
        min(before.talks, now.talks) < _FEW,
        len(before.models | now.models) > 1,
    )


def distribution(gathered: Gathered) -> Sheet:
    """The shares of talks by highest risk, in steps of 0.02, before and now."""
    starts = list(range(0, PARTS, _BIN))
    before, now = (merge(weeks.peaks, starts) for weeks in (gathered.before, gathered.now))
    rows: list[list[Cell]] = [
        [start / PARTS, first, second, share_of(first, sum(before)), share_of(second, sum(now))]
        for start, first, second in zip(starts, before, now, strict=True)
    ]
    shares = [Column("share_before", "share", 2), Column("share_now", "share", 2)]
    return Sheet("drift", [Column("peak_from", "number"), Column("talks_before"), Column("talks_now"), *shares], rows)
