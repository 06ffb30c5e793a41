"""What is measured: ranking, recall at few false alarms, calibration, shares; each with an interval over clusters.

A cluster is what was written together, a pair of scenario families or one talk by hand; talks of one cluster resemble
each other, so that an interval over single talks would be too narrow.
"""

from __future__ import annotations

from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score, roc_curve

from riskmodel.intervals import RESAMPLES, Figure, figure, wilson

__all__ = [
    "RESAMPLES",
    "CurvePoint",
    "Figure",
    "ReliabilityBin",
    "auc",
    "calibration_error",
    "calibration_sums",
    "figure",
    "recall_at",
    "recall_curve",
    "reliability",
    "share",
    "wilson",
]

BINS = 10


class ReliabilityBin(NamedTuple):
    """Stated and observed: talks at risks from `low` to `high`; `weight` is their part of all."""

    low: float
    high: float
    weight: float
    stated: float
    observed: float


class CurvePoint(NamedTuple):
    """At the lowest threshold with this share of false alarms, the share of abusive talks found."""

    false_alarms: float
    recall: float


def auc(abusive: NDArray[np.int_], risk: NDArray[np.float64]) -> float:
    """Chance that an abusive talk is ranked above another one, ties counted half; NaN with one class only."""
    if len(np.unique(abusive)) < 2:
        return float("nan")
    return float(roc_auc_score(abusive, risk))


def recall_at(abusive: NDArray[np.int_], risk: NDArray[np.float64], false_alarms: float) -> float:
    """Share of abusive talks found at the lowest threshold that alarms at most this share of the others.

    Ties count against the model. With fewer than ``1 / false_alarms`` other talks none of them may be alarmed.

    Examples
    --------
    >>> recall_at(np.array([0, 0, 1, 1]), np.array([0.1, 0.5, 0.5, 0.9]), 0.01)
    0.5
    """
    found, others = risk[abusive == 1], np.sort(risk[abusive == 0])
    if not len(found) or not len(others):
        return float("nan")
    # the added crumb: 0.29 * 100 is 28.999999999999996
    allowed = min(floor(false_alarms * len(others) + 1e-9), len(others))
    if allowed == len(others):
        return 1.0
    return float((found > others[len(others) - 1 - allowed]).mean())


def recall_curve(abusive: NDArray[np.int_], risk: NDArray[np.float64]) -> list[CurvePoint]:
    """What is found at each share of false alarms, the fewest first; nothing with one class only.

    Examples
    --------
    >>> [tuple(point) for point in recall_curve(np.array([0, 0, 1, 1]), np.array([0.1, 0.5, 0.4, 0.9]))]
    [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]
    """
    if len(np.unique(abusive)) < 2:
        return []
    false_alarms, recall, _ = roc_curve(abusive, risk, drop_intermediate=True)
    return [CurvePoint(*point) for point in zip(false_alarms.tolist(), recall.tolist(), strict=True)]


def share(flags: ArrayLike) -> float:
    """Share of true ones; NaN of none."""
    values = np.asarray(flags, dtype=np.float64)
    return float(values.mean()) if len(values) else float("nan")


def calibration_sums(risks: list[NDArray[np.float64]], *, bins: int = BINS) -> NDArray[np.float64]:
    """What each talk adds to the bins of a reliability table, each talk counting once over all its messages.

    Parameters
    ----------
    risks
        For each of m talks the risks after its messages.

    Returns
    -------
    ndarray
        Shape (m, 2, bins): the talk's weight in each bin, and its weight times stated risk.
    """
    sums = np.zeros((len(risks), 2, bins))
    for index, values in enumerate(risks):
        bin_of = np.minimum((values * bins).astype(int), bins - 1)
        sums[index, 0] = np.bincount(bin_of, minlength=bins) / len(values)
        sums[index, 1] = np.bincount(bin_of, weights=values, minlength=bins) / len(values)
    return sums


def reliability(abusive: NDArray[np.int_], sums: NDArray[np.float64], prevalence: float) -> list[ReliabilityBin]:
    """Bins of equal width with anything in them, the classes weighed to a prevalence.

    Parameters
    ----------
    abusive
        Shape (m,).
    sums
        From `calibration_sums`.
    prevalence
        The one that the risks are stated for.
    """
    weight, stated, observed = _at_prevalence(abusive, sums, prevalence)
    width = 1 / len(weight)
    return [
        ReliabilityBin(
            round(index * width, 6),
            round((index + 1) * width, 6),
            float(weight[index]),
            float(stated[index] / weight[index]),
            float(observed[index] / weight[index]),
        )
        for index in np.flatnonzero(weight)
    ]


def calibration_error(abusive: NDArray[np.int_], sums: NDArray[np.float64], prevalence: float) -> float:
    """Expected calibration error: mean distance of stated and observed over the bins; parameters as `reliability`."""
    if len(np.unique(abusive)) < 2:
        return float("nan")
    _, stated, observed = _at_prevalence(abusive, sums, prevalence)
    return float(np.abs(stated - observed).sum())


def _at_prevalence(
    abusive: NDArray[np.int_], sums: NDArray[np.float64], prevalence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    counts = np.bincount(abusive, minlength=2)
    weights = np.where(abusive == 1, prevalence / max(counts[1], 1), (1 - prevalence) / max(counts[0], 1))
    weight, stated = np.tensordot(weights, sums, axes=1)
    observed = (weights * abusive) @ sums[:, 0]
    return weight, stated, observed
