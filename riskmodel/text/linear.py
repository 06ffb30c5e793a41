"""A compiled linear model over characters and pairs of them: one walk over a text, one sum of rows."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from riskmodel.text.grams import Grams

__all__ = ["LinearGrams", "log_softmax", "softmax"]


class LinearGrams:
    """K linear models over normalised TF-IDF, as fitted with scikit-learn.

    Parameters
    ----------
    grams
        Sequences of one or two characters, shape (G,).
    weights
        Log-odds per unit of normalised TF-IDF times the sequence's IDF, shape (G, K).
    norms
        Squared IDF of each sequence, shape (G,).
    intercepts
        Shape (K,).
    """

    def __init__(
        self,
        grams: NDArray[np.str_],
        weights: NDArray[np.float64],
        norms: NDArray[np.float64],
        intercepts: NDArray[np.float64],
    ) -> None:
        self._grams = Grams(grams)
        # a row has the norm at its end, so that one sum gives all there is to know of a text
        self._rows = np.ascontiguousarray(np.column_stack([weights, norms]))
        self._intercepts = np.append(intercepts, 0.0)

    def scores(self, text: str) -> list[float]:
        """Log-odds by each of the K models, before any squashing."""
        places = self._grams.places(text)
        scores: list[float]
        if places:
            sums = np.add.reduce(self._rows.take(places, 0), 0)
            scores = (sums / sqrt(sums[-1]) + self._intercepts).tolist()
        else:
            scores = self._intercepts.tolist()
        return scores[:-1]


def softmax(scores: Sequence[float]) -> list[float]:
    """Likelihoods from log-odds.

    Examples
    --------
    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    highest = max(scores)
    powers = [exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def log_softmax(scores: Sequence[float]) -> list[float]:
    """Log-likelihoods from log-odds.

    Examples
    --------
    >>> [round(exp(value), 2) for value in log_softmax([0.0, log(3)])]
    [0.25, 0.75]
    """
    highest = max(scores)
    total = highest + log(sum([exp(score - highest) for score in scores]))
    return [score - total for score in scores]
