"""Drift by week: each column and the risk against the talks that a model learned from, alerts against their budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.drift import Shift, ks, psi
from riskmodel.features import FEATURES
from riskmodel.intervals import Figure, share_of
from riskmodel.monitoring.expected import Expected, expected_recall
from riskmodel.monitoring.reference import Bins, Reference

__all__ = ["FEW", "Drift", "Moved", "Week", "WeekTalks", "drift"]

FEW: Final = 200
"""Talks of a week: with fewer only a great change can be seen."""


class WeekTalks(NamedTuple):
    """What was read of the talks that began in a week.

    Attributes
    ----------
    start
        Its Monday.
    risks, held
        Of all talks: the risk as each stands, shape (n,), and whether it ever was to be held (n,).
    columns
        Of some of them, picked by chance, shape (k, F): each at its end, by the model in use.
    sampled_risks
        The risk of those by the model in use, shape (k,).
    """

    start: date
    risks: NDArray[np.float64]
    held: NDArray[np.bool_]
    columns: NDArray[np.float64]
    sampled_risks: NDArray[np.float64]


class Moved(NamedTuple):
    """How far a column, or the risk, is from what it was: against training, and against the first of the weeks."""

    name: str
    psi: Shift
    ks: Shift
    psi_since: Shift
    ks_since: Shift

    @property
    def shown(self) -> bool:
        """Whether it moved since the first week, beyond what chance would give among all that is looked at."""
        return self.psi_since.shown or self.ks_since.shown


class Week(NamedTuple):
    """The figures of a week; `few` says that it has too few talks to show any but a great change."""

    start: date
    talks: int
    sampled: int
    held: Figure
    over_budget: bool
    expected: Expected
    risk: Moved
    columns: Sequence[Moved]
    few: bool


class Drift(NamedTuple):
    """The weeks in order, the budget of alerts (a share of talks), and the prevalence that risks are stated for."""

    weeks: Sequence[Week]
    budget: float
    stated: float


def drift(weeks: Sequence[WeekTalks], reference: Reference, *, budget: float, stated: float) -> Drift:
    """Compare weeks.

    Against training everything is likely to differ, since a shop is not the synthetic one; what matters is whether it
    goes on moving, so each week is also compared with the first one.

    Parameters
    ----------
    weeks
        In order.
    reference
        Of the model in use.
    budget
        The share of talks without abuse that may be held, from 0 to 1; nearly all talks are without.
    stated
        The prevalence that risks are stated for.
    """
    first = weeks[0] if weeks else None
    found = []
    for week in weeks:
        held = share_of(int(week.held.sum()), len(week.held))
        columns = [
            _moved(feature.name, bins, week.columns[:, place], None if first is None else first.columns[:, place])
            for place, (feature, bins) in enumerate(zip(FEATURES, reference.columns, strict=True))
        ]
        risk = _moved("risk", reference.risk, week.sampled_risks, None if first is None else first.sampled_risks)
        found.append(
            Week(
                week.start,
                len(week.risks),
                len(week.columns),
                held,
                held.low is not None and held.low > budget,
                expected_recall(week.risks, week.held, stated),
                risk,
                columns,
                min(len(week.columns), len(week.risks)) < FEW,
            )
        )
    return Drift(found, budget, stated)


def _moved(name: str, bins: Bins, now: NDArray[np.float64], first: NDArray[np.float64] | None) -> Moved:
    counts = bins.sorted_in(now)
    since = counts if first is None or first is now else bins.sorted_in(first)
    looked_at = len(FEATURES) + 1
    return Moved(
        name,
        psi(bins.counts, counts, comparisons=looked_at),
        ks(bins.counts, counts, comparisons=looked_at),
        psi(since, counts, comparisons=looked_at),
        ks(since, counts, comparisons=looked_at),
    )
