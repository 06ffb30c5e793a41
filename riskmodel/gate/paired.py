"""Differences of two models on the same talks, with intervals that resample what was written together."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from riskmodel.evaluation.metrics import calibration_error, recall_at
from riskmodel.gate.frozen import Frozen, Outcomes
from riskmodel.gate.limits import Measure
from riskmodel.intervals import CONFIDENCE, Figure, figure
from riskmodel.model.alerts import AlertBudget
from riskmodel.model.bands import ACTIONS

__all__ = ["HIGHER_IS_BETTER", "Paired", "measure", "ratio"]

HIGHER_IS_BETTER = frozenset({"recall_at_budget", "recall_at_hold"})
_PLACES = {action: place for place, action in enumerate(ACTIONS.values())}
_OF = {"ordinary": "benign", "complaints": "legit_complaint"}

Value = Callable[[Outcomes, NDArray[np.int_]], float]


class Paired:
    """A measure of both models on the same talks.

    Attributes
    ----------
    candidate, in_use
        Its values.
    difference
        The first less the second; its interval takes talk by talk.
    """

    def __init__(self, candidate: float, in_use: float, difference: Figure) -> None:
        self.candidate, self.in_use, self.difference = candidate, in_use, difference


def measure(
    name: Measure, frozen: Frozen, of: str, asked: tuple[Outcomes, Outcomes], budget: AlertBudget
) -> Paired | None:
    """Measure both models on a set, the candidate first; None where it has no talks to measure that on."""
    candidate, in_use = asked
    labels = frozen.labels(of)
    abusive = (labels == "abusive").astype(int)
    chosen, value = _value(name, labels, abusive, budget)
    if not chosen.any() or (not 0 < abusive.sum() < len(abusive)):
        return None
    positions = np.flatnonzero(chosen)

    def difference(at: NDArray[np.int_]) -> float:
        picked = positions[at]
        return value(candidate, picked) - value(in_use, picked)

    found = figure(difference, frozen.clusters(of)[positions])
    counted = int(abusive.sum()) if name.startswith("recall") else len(positions)
    if name != "calibration_error":
        found = _no_narrower(found, counted)
    return Paired(value(candidate, positions), value(in_use, positions), Figure(*_bounds(found), counted))


def ratio(frozen: Frozen, of: str, by: str, group: str, asked: Outcomes) -> Figure:
    """How often talks without abuse of a group reach clarify, over how often the others do.

    Half an alarm is added on either side, so that there is a ratio where there are none. The interval resamples what
    was written together, and is never narrower than one of single talks (Katz 1978), as the resamples of a group
    without alarms do not vary.
    """
    groups, innocent = frozen.groups(of, by), frozen.labels(of) != "abusive"
    positions = np.flatnonzero(innocent & (groups != ""))
    alarmed, mine = asked.strongest[positions] >= _PLACES["clarify"], groups[positions] == group

    def counts(at: NDArray[np.int_]) -> tuple[float, float, float, float]:
        own, rest = alarmed[at][mine[at]], alarmed[at][~mine[at]]
        return own.sum() + 0.5, len(own) + 0.5, rest.sum() + 0.5, len(rest) + 0.5

    def value(at: NDArray[np.int_]) -> float:
        hits, n, others, m = counts(at)
        return hits / n / (others / m)

    found, everyone = figure(value, frozen.clusters(of)[positions]), np.arange(len(positions))
    hits, n, others, m = counts(everyone)
    reach = exp(NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(1 / hits - 1 / n + 1 / others - 1 / m))
    middle = value(everyone)
    low, high = (middle if bound is None else bound for bound in (found.low, found.high))
    return Figure(middle, min(low, middle / reach), max(high, middle * reach), int(mine.sum()))


def _value(
    name: Measure, labels: NDArray[np.str_], abusive: NDArray[np.int_], budget: AlertBudget
) -> tuple[NDArray[np.bool_], Value]:
    """The talks that a measure is of, and the measure of some of them."""
    everyone = np.ones(len(labels), dtype=bool)
    if name == "recall_at_budget":
        # at the share of hold, a few talks in a thousand, its interval is twice as wide
        return everyone, lambda asked, at: recall_at(abusive[at], asked.peaks[at], budget.false_alarms.clarify)
    if name == "calibration_error":
        return everyone, lambda asked, at: calibration_error(abusive[at], asked.sums[at], budget.prevalence)
    advice, _, kind = name.partition("_") if not name.startswith("recall") else ("hold", "", "")
    least = _PLACES["clarify" if advice == "clarify" else "hold"]
    of = labels == _OF[kind] if kind else abusive == 1
    return of, lambda asked, at: float((asked.strongest[at] >= least).mean()) if len(at) else float("nan")


def _no_narrower(found: Figure, n: int) -> Figure:
    """With at least the width that so many talks can exclude: resamples of what never happened do not vary."""
    if found.value is None or found.low is None or found.high is None:
        return found
    bound = 1 - ((1 - CONFIDENCE) / 2) ** (1 / n)
    return Figure(found.value, min(found.low, found.value - bound), max(found.high, found.value + bound), found.n)


def _bounds(found: Figure) -> tuple[float | None, float | None, float | None]:
    return found.value, found.low, found.high
