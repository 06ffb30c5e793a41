"""The model as plain arrays: one dot product, one logistic map, and contributions that add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.acts import ActReader
from riskmodel.model.bands import Thresholds
from riskmodel.reader import LineReader
from riskmodel.words import WordModel

__all__ = ["CompiledModel", "Prediction"]


def _logistic(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1.0 + odds)


class Prediction(NamedTuple):
    """Risk, and the log-odds that it was calibrated from: ``base + sum(contributions)``."""

    risk: float
    log_odds: float
    contributions: list[float]


class CompiledModel:
    """Additive model over named columns with a logistic calibration map.

    Parameters
    ----------
    features
        Names of the columns, in order; length F.
    coefficients
        Log-odds per unit of each column, shape (F,).
    base
        Log-odds of a talk in which nothing was found.
    slope, offset
        The calibration map: ``risk = logistic(slope * log_odds + offset)``.
    patterns
        Names of the kinds of abuse; length P.
    pattern_coefficients, pattern_base
        One additive head for each kind, shapes (P, F) and (P,).
    thresholds
        Where the bands begin.
    words
        The text channel, which fills the columns ``words.…``.
    reader
        The reader of single lines, which hears topics and stances that no rule knows.
    acts
        The reader of acts, which fills the columns ``act.…``.
    """

    def __init__(
        self,
        *,
        features: Sequence[str],
        coefficients: NDArray[np.float64],
        base: float,
        slope: float,
        offset: float,
        patterns: Sequence[str],
        pattern_coefficients: NDArray[np.float64],
        pattern_base: NDArray[np.float64],
        thresholds: Thresholds,
        words: WordModel,
        reader: LineReader,
        acts: ActReader,
    ) -> None:
        self.words = words
        self.acts = acts
        self.reader = reader
        self.features = tuple(features)
        self.patterns = tuple(patterns)
        self.thresholds = thresholds
        self.arrays: dict[str, NDArray[np.float64]] = {
            "coefficients": np.ascontiguousarray(coefficients, dtype=np.float64),
            "base": np.asarray(base, dtype=np.float64),
            "slope": np.asarray(slope, dtype=np.float64),
            "offset": np.asarray(offset, dtype=np.float64),
            "pattern_coefficients": np.ascontiguousarray(pattern_coefficients, dtype=np.float64),
            "pattern_base": np.ascontiguousarray(pattern_base, dtype=np.float64),
        }
        # a few dozen columns, most of them zero: plain floats are faster than array calls
        self._coefficients: list[float] = self.arrays["coefficients"].tolist()
        self._heads = list(
            zip(
                self.patterns,
                self.arrays["pattern_base"].tolist(),
                self.arrays["pattern_coefficients"].tolist(),
                strict=True,
            )
        )
        self.base, self.slope, self.offset = float(base), float(slope), float(offset)
        self.base_rate = _logistic(self.slope * self.base + self.offset)

    def predict(self, values: Sequence[float]) -> Prediction:
        """Risk of one talk from its columns, with the contribution of each column in log-odds."""
        contributions = [weight * value for weight, value in zip(self._coefficients, values, strict=True)]
        log_odds = self.base + sum(contributions)
        return Prediction(_logistic(self.slope * log_odds + self.offset), log_odds, contributions)

    def likelihoods(self, values: Sequence[float], risk: float) -> list[tuple[str, float]]:
        """Likelihood of each kind of abuse, highest first; none is above the risk itself."""
        present = [(index, value) for index, value in enumerate(values) if value]
        rows = []
        for pattern, base, weights in self._heads:
            log_odds = base + sum(weights[index] * value for index, value in present)
            rows.append((pattern, min(_logistic(log_odds), risk)))
        return sorted(rows, key=lambda row: (-row[1], row[0]))
