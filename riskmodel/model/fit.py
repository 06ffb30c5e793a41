"""Fits the additive model with scikit-learn and compiles it.

Directions are a rule of the domain, not a finding of the data: a column that would take the wrong sign is left out and
the rest is fitted again, so that adding a demand for money never lowers a risk and adding a photo never raises one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from riskmodel.acts import ActReader
from riskmodel.features import FEATURES
from riskmodel.model.bands import Thresholds
from riskmodel.model.compiled import CompiledModel
from riskmodel.patterns import Pattern
from riskmodel.reader import LineReader
from riskmodel.words import WordModel

__all__ = ["SignedLogisticRegression", "compile_model", "fit_model"]

FOLDS = 5
# Strength of the ridge penalty; chosen so that no column of a few dozen chats carries a talk across a band alone.
REGULARISATION = 0.5


class SignedLogisticRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no types
    """Logistic regression whose coefficients keep to given directions.

    Parameters
    ----------
    directions
        1, -1 for each column; a coefficient of the other sign becomes zero.
    regularisation
        scikit-learn's ``C``: smaller is stronger.
    """

    def __init__(self, directions: Sequence[int] = (), regularisation: float = REGULARISATION) -> None:
        self.directions = directions
        self.regularisation = regularisation

    def fit(
        self,
        X: NDArray[np.float64],  # noqa: N803  # sklearn's name
        y: NDArray[np.int_],
        sample_weight: NDArray[np.float64] | None = None,
    ) -> Self:
        """Fit, leave out the columns of the wrong sign, and fit again until all agree."""
        directions = np.asarray(self.directions)
        self.classes_ = np.array([0, 1])
        self.coef_ = np.zeros((1, X.shape[1]))
        kept = np.flatnonzero(np.ptp(X, axis=0) > 0)
        while True:
            # few columns and many rows: Newton's method takes ten steps where others take hundreds
            inner = LogisticRegression(C=self.regularisation, solver="newton-cholesky", tol=1e-8)
            inner.fit(X[:, kept], y, sample_weight=sample_weight)
            wrong = inner.coef_[0] * directions[kept] < 0
            if not wrong.any():
                break
            kept = kept[~wrong]
        self.coef_[0, kept] = inner.coef_[0]
        self.intercept_ = inner.intercept_
        return self

    def decision_function(self, X: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: N803  # sklearn's name
        """Log-odds, shape (n,)."""
        log_odds: NDArray[np.float64] = X @ self.coef_[0] + self.intercept_[0]
        return log_odds

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: N803  # sklearn's name
        """Probabilities of both classes, shape (n, 2)."""
        positive = 1.0 / (1.0 + np.exp(-self.decision_function(X)))
        return np.column_stack([1.0 - positive, positive])

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.int_]:  # noqa: N803  # sklearn's name
        """The likelier class, shape (n,)."""
        return (self.decision_function(X) > 0).astype(int)


def fit_model(
    columns: NDArray[np.float64],
    abusive: NDArray[np.int_],
    weights: NDArray[np.float64],
    groups: NDArray[Any],
) -> CalibratedClassifierCV:
    """Fit and calibrate.

    Parameters
    ----------
    columns
        Shape (n, F), one row for each prefix of a talk.
    abusive
        Shape (n,), 0 or 1.
    weights
        Shape (n,): what a row counts for; sets the prevalence that risks are calibrated at.
    groups
        Shape (n,): the pair of scenario families that a row comes from. Calibration is learned on pairs that the
        coefficients have not seen.
    """
    directions = [feature.direction for feature in FEATURES]
    folds = list(GroupKFold(n_splits=min(FOLDS, len(set(groups)))).split(columns, abusive, groups))
    model = CalibratedClassifierCV(SignedLogisticRegression(directions), method="sigmoid", cv=folds, ensemble=False)
    return model.fit(columns, abusive, sample_weight=weights)


def compile_model(
    fitted: CalibratedClassifierCV,
    columns: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    patterns: Mapping[Pattern, NDArray[np.int_]],
    thresholds: Thresholds,
    words: WordModel,
    reader: LineReader,
    acts: ActReader,
) -> CompiledModel:
    """Take the fitted parameters out into arrays, and fit one small head for each kind of abuse.

    Parameters
    ----------
    fitted
        From `fit_model`.
    columns, weights
        As for `fit_model`.
    patterns
        For each kind of abuse, shape (n,): whether the row's talk is labelled with it.
    thresholds, words, reader, acts
        The bands, the text channel that filled the column ``words.balance``, the reader that heard topics and stances,
        and the one that filled the columns ``act.…``.
    """
    (calibrated,) = fitted.calibrated_classifiers_
    (sigmoid,) = calibrated.calibrators
    heads, bases = [], []
    for pattern, target in patterns.items():
        # a head sees the columns that its pattern shows in and those that speak for the buyer
        eligible = np.array([not feature.patterns or pattern in feature.patterns for feature in FEATURES])
        head = SignedLogisticRegression([feature.direction for feature in FEATURES])
        head.fit(columns * eligible, target, sample_weight=weights)
        heads.append(head.coef_[0])
        bases.append(head.intercept_[0])
    return CompiledModel(
        features=[feature.name for feature in FEATURES],
        coefficients=calibrated.estimator.coef_[0],
        base=calibrated.estimator.intercept_[0],
        # sklearn's sigmoid is 1 / (1 + exp(a * f + b))
        slope=-sigmoid.a_,
        offset=-sigmoid.b_,
        patterns=list(patterns),
        pattern_coefficients=np.array(heads),
        pattern_base=np.array(bases),
        thresholds=thresholds,
        words=words,
        reader=reader,
        acts=acts,
    )
