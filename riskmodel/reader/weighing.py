"""How much each piece of evidence counts for a stance on a topic: one small logistic model a stance, as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["KNOTS", "Weighing", "widened"]

# A log-likelihood counts piecewise: above each of these, from one in fifty to three in four, another slope is added.
KNOTS = (-0.3, -1.0, -2.3, -4.0)
_KNOTS = np.array(KNOTS)[:, None]


def widened(table: NDArray[np.float64], logs: int) -> NDArray[np.float64]:
    """Evidence as the models read it: the first `logs` columns are log-likelihoods and count piecewise.

    Parameters
    ----------
    table
        Shape (n, k).
    logs
        How many of the columns are logarithms.

    Returns
    -------
    ndarray
        Shape (n, k + logs * len(KNOTS)).
    """
    above = np.maximum(table[:, None, :logs] - _KNOTS, 0.0)
    return np.concatenate([table, above.reshape(len(table), -1)], axis=1)


class Weighing:
    """Tells how likely each of several stances on topics is.

    Parameters
    ----------
    weights
        By stance and widened column, shape (S, K).
    leanings
        By topic and stance, the base of each, shape (T, S).
    """

    def __init__(self, *, weights: NDArray[np.float64], leanings: NDArray[np.float64]) -> None:
        self.arrays = {"weights": weights, "leanings": leanings}

    def likelihoods(
        self, evidence: Sequence[Sequence[float]], topics: Sequence[int], stances: Sequence[int]
    ) -> list[float]:
        """The likelihood of each row of evidence, for its topic and stance by their places."""
        if not evidence:
            return []
        weights, leanings = self.arrays["weights"], self.arrays["leanings"]
        table = np.array(evidence, dtype=np.float64)
        wide = widened(table, (weights.shape[1] - table.shape[1]) // len(KNOTS))
        log_odds = (wide * weights[stances]).sum(axis=1) + leanings[topics, stances]
        likelihoods: list[float] = (1.0 / (1.0 + np.exp(-np.clip(log_odds, -700.0, 700.0)))).tolist()
        return likelihoods
