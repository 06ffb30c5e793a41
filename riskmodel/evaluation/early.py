"""How early, and at what cost: the early-risk detection error, and precision at a share of talks that people can read.

Source of the error measure: D. E. Losada and F. Crestani, A Test Collection for Research on Depression and Language
Use, CLEF 2016.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from riskmodel.evaluation.talks import ACTIONS, Measured
from riskmodel.model.bands import Action

__all__ = ["PREVALENCE", "delay", "detection_error", "precision_at"]

PREVALENCE = 0.005
"""Share of abusive talks that precision is stated for: an assumption of the domain notes, no measured base rate."""
_LARGEST_EXPONENT = 700.0  # of which a float holds the power


def detection_error(talk: Measured, advice: Action, *, after: float, false_alarm: float = PREVALENCE) -> float:
    """Early-risk detection error of one talk, from 0 (at once, rightly) to 1.

    Parameters
    ----------
    talk
        As measured.
    advice
        What counts as an alarm, or a stronger one.
    after
        At how many messages a right alarm has lost half of its worth.
    false_alarm
        Cost of an alarm in a talk without abuse; a missed talk costs 1.
    """
    given = np.flatnonzero(talk.actions >= ACTIONS.index(advice))
    abusive = talk.label == "abusive"
    if not len(given):
        return 1.0 if abusive else 0.0
    if not abusive:
        return false_alarm
    return 1.0 - 1.0 / (1.0 + exp(min(float(given[0]) + 1 - after, _LARGEST_EXPONENT)))


def precision_at(
    abusive: NDArray[np.int_], risk: NDArray[np.float64], alerts: float, *, prevalence: float = PREVALENCE
) -> float:
    """Share of right alarms when just so many talks of a stream are alarmed, highest risks first.

    Parameters
    ----------
    abusive, risk
        Shape (m,).
    alerts
        Share of all talks that are alarmed.
    prevalence
        Share of abusive talks in the stream; the measured ones are weighed to it. NaN with one class only.

    Examples
    --------
    >>> round(precision_at(np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.5, 0.1]), 0.25, prevalence=0.5), 3)
    1.0
    """
    counts = np.bincount(abusive, minlength=2)
    if not counts.all():
        return float("nan")
    weights = np.where(abusive == 1, prevalence / counts[1], (1 - prevalence) / counts[0])
    # of talks at the same risk each class is alarmed in part: sort by risk, and share out the last step
    order = np.argsort(-risk, kind="stable")
    starts = np.unique(-risk[order], return_index=True)[1]
    total = np.add.reduceat(weights[order], starts)
    right = np.add.reduceat(weights[order] * abusive[order], starts)
    before = np.cumsum(total) - total
    taken = np.clip((alerts - before) / total, 0.0, 1.0)
    alarmed = float((total * taken).sum())
    return float((right * taken).sum() / alarmed) if alarmed else float("nan")


def delay(talk: Measured, advice: Action) -> int | None:
    """Messages from where an experienced agent would slow down to the first such advice; negative where it came before.

    None where it never came, or where nobody would have slowed down.
    """
    given = np.flatnonzero(talk.actions >= ACTIONS.index(advice))
    return int(given[0]) - talk.earliest if talk.earliest is not None and len(given) else None
