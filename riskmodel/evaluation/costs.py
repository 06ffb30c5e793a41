"""What a threshold costs a shop: alarms to read, cases that were missed, good buyers who had to wait.

All three are the shop's own figures, and so is how often abuse happens: nobody knows it for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.intervals import CONFIDENCE, RESAMPLES, Figure

__all__ = ["STEPS", "Costs", "Curve", "cost_curve", "queue"]

STEPS = np.round(np.linspace(0.0, 1.0, 201), 3)
"""The thresholds that are tried; at 1 nothing is alarmed, as no risk reaches it."""


class Costs(NamedTuple):
    """In one currency, each 0 or more: reading one `alarm`; one `missed` case; one `delayed` good buyer.

    `averted` is the share of a case's damage, 0 to 1, that an alarm averts: it may come late, or not be heeded.
    """

    alarm: float
    missed: float
    delayed: float
    averted: float = 1.0


@dataclass(frozen=True, eq=False)
class Curve:
    """Costs of 1,000 talks at each threshold, shape (T,) each.

    Attributes
    ----------
    thresholds
        From 0 to 1.
    cost, low, high
        Expected cost, and the bounds of its 95 % interval.
    alarmed
        Share of all talks that are alarmed, at the prevalence.
    recall, false_alarms
        Share of abusive and of other talks that are alarmed.
    cheapest
        The threshold of least cost; its interval is where it fell among the resamples.
    flat
        From where to where around it the cost is within the tolerance.
    """

    thresholds: NDArray[np.float64]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    alarmed: NDArray[np.float64]
    recall: NDArray[np.float64]
    false_alarms: NDArray[np.float64]
    cheapest: Figure
    flat: tuple[float, float]

    def at(self, threshold: float) -> int:
        """The position of the highest tried threshold that is not above this one."""
        return int(np.searchsorted(self.thresholds, threshold + 1e-9)) - 1


def cost_curve(
    abusive: NDArray[np.int_],
    peaks: NDArray[np.float64],
    clusters: NDArray[np.str_],
    costs: Costs,
    *,
    prevalence: float,
    tolerance: float = 0.05,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Curve:
    """Costs by threshold, with a bootstrap over clusters.

    Parameters
    ----------
    abusive, peaks, clusters
        Of each talk: its label, the highest risk that it ever reached, what it was written together with; shape (m,).
    costs
        What the shop counts.
    prevalence
        Share of abusive talks among the shop's, 0 to 1: the measured ones are weighed to it.
    tolerance
        How much above the least cost still counts as flat, as a share of it.
    seed, resamples
        Of the bootstrap.

    Raises
    ------
    ValueError
        Where talks of one class only were measured.

    Examples
    --------
    >>> talks = np.array([0, 0, 1, 1]), np.array([0.1, 0.5, 0.4, 0.9]), np.array(["a", "b", "a", "b"])
    >>> curve = cost_curve(*talks, Costs(1, 100, 0), prevalence=0.5, resamples=10)
    >>> round(curve.cheapest.value, 3), float(curve.cost[curve.at(0.4)])
    (0.4, 750.0)
    """
    if len(np.unique(abusive)) < 2:
        raise ValueError("costs are of missed cases and of false alarms: talks of both kinds are needed")
    counted = [_reached(peaks, clusters, abusive == kind) for kind in (1, 0)]
    recall, false_alarms = (reached.sum(axis=0) / sizes.sum() for reached, sizes in counted)
    cost = _cost(recall, false_alarms, costs, prevalence)
    resampled = _cost(*_resampled(counted, seed, resamples), costs, prevalence)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    best = _cheapest(cost)
    where = STEPS[[_cheapest(row) for row in resampled]]
    bounds = np.quantile(where, [tail, 1 - tail])
    return Curve(
        STEPS,
        cost,
        low,
        high,
        prevalence * recall + (1 - prevalence) * false_alarms,
        recall,
        false_alarms,
        Figure(float(STEPS[best]), float(bounds[0]), float(bounds[1]), len(peaks)),
        _flat(cost, best, tolerance),
    )


def queue(alarmed: float, talks: int, minutes: float) -> tuple[Figure, float]:
    """How many talks wait to be read on a day, and how many hours reading them takes.

    Parameters
    ----------
    alarmed
        Share of talks that are alarmed, 0 to 1.
    talks
        A day.
    minutes
        For one talk.

    Returns
    -------
    Figure, float
        The expected number, with the bounds between which 95 days in 100 fall as talks come by chance (normal
        approximation of the binomial, no lower than 0), and the hours of an expected day.
    """
    expected = alarmed * talks
    reach = 1.96 * float(np.sqrt(expected * (1 - alarmed)))
    return Figure(expected, max(expected - reach, 0.0), expected + reach, talks), expected * minutes / 60


def _reached(
    peaks: NDArray[np.float64], clusters: NDArray[np.str_], of: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By cluster, how many of these talks reach each threshold, shape (c, T), and how many there are, shape (c,)."""
    names = np.unique(clusters)
    reached = np.zeros((len(names), len(STEPS)))
    sizes = np.zeros(len(names))
    for row, name in enumerate(names):
        own = np.sort(peaks[of & (clusters == name)])
        reached[row] = len(own) - np.searchsorted(own, STEPS, side="left")
        sizes[row] = len(own)
    return reached, sizes


def _resampled(
    counted: list[tuple[NDArray[np.float64], NDArray[np.float64]]], seed: int, resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and share of false alarms in each resample of the clusters, shape (resamples, T) each."""
    count = len(counted[0][1])
    times = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    # a resample that lacks a class says nothing of it
    kept = times[np.all([times @ sizes > 0 for _, sizes in counted], axis=0)]
    recall, false_alarms = (kept @ reached / (kept @ sizes)[:, None] for reached, sizes in counted)
    return recall, false_alarms


def _cost(
    recall: NDArray[np.float64], false_alarms: NDArray[np.float64], costs: Costs, prevalence: float
) -> NDArray[np.float64]:
    damage = costs.missed * (1 - recall * costs.averted)
    per_talk = prevalence * (recall * costs.alarm + damage) + (1 - prevalence) * false_alarms * (
        costs.alarm + costs.delayed
    )
    return np.asarray(1000 * per_talk, dtype=np.float64)


def _cheapest(cost: NDArray[np.float64]) -> int:
    """Of thresholds that cost the same the highest: it disturbs the fewest."""
    return len(cost) - 1 - int(np.argmin(cost[::-1]))


def _flat(cost: NDArray[np.float64], best: int, tolerance: float) -> tuple[float, float]:
    within = cost <= cost[best] * (1 + tolerance) + 1e-12
    first = last = best
    while first > 0 and within[first - 1]:
        first -= 1
    while last + 1 < len(cost) and within[last + 1]:
        last += 1
    return float(STEPS[first]), float(STEPS[last])
