"""Fitting keeps the domain's directions; compiling keeps scikit-learn's probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from strategies import sample

from riskmodel.acts import ActReader
from riskmodel.channels import cross_fit
from riskmodel.features import FEATURES
from riskmodel.model import CompiledModel, Thresholds
from riskmodel.model.fit import SignedLogisticRegression, compile_model, fit_model
from riskmodel.patterns import PATTERNS
from riskmodel.reader import LineReader
from riskmodel.table import Table, read_table
from riskmodel.training import training_rows
from riskmodel.words import WordModel

NO_WORDS = WordModel(np.array([], dtype="U2"), np.zeros(0), np.zeros(0))


def nothing(columns: int) -> dict[str, Any]:
    """The arrays of a linear model that knows no character."""
    return {
        "grams": np.array([], dtype="U2"),
        "weights": np.zeros((0, columns)),
        "norms": np.zeros(0),
        "intercepts": np.zeros(columns),
    }


NO_READER = LineReader(**nothing(3), topics=np.array(["other"]), stances=np.array(["none"]))
NO_ACTS = ActReader(**nothing(1), names=np.array(["plain"]))
LEVELS = Thresholds(0.3, 0.6, 0.9)
Fitted = tuple[Table, CalibratedClassifierCV, CompiledModel]


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    table = read_table(sample(), seed=2)
    cross_fit(table)
    rows, weights = training_rows(table, np.arange(len(table.abusive)))
    owners = table.talk[rows]
    model = fit_model(table.columns[rows], table.abusive[owners], weights, table.groups[owners])
    heads = {
        name: table.patterns[owners, index] for index, name in enumerate(PATTERNS) if table.patterns[:, index].any()
    }
    return (
        table,
        model,
        compile_model(
            model,
            table.columns[rows],
            weights,
            patterns=heads,
            thresholds=LEVELS,
            words=NO_WORDS,
            reader=NO_READER,
            acts=NO_ACTS,
        ),
    )


def test_compiled_risk_equals_sklearn(fitted: Fitted) -> None:
    """The compiled risk is predict_proba's to 1e-9, on talks and on columns that no talk has."""
    table, model, compiled = fitted
    strange = np.random.default_rng(0).uniform(0, 6, size=(200, len(FEATURES)))
    columns = np.vstack([table.columns[:2000], strange, np.zeros(len(FEATURES)), np.full(len(FEATURES), 1e3)])
    expected = model.predict_proba(columns)[:, 1]
    assert [compiled.predict(row).risk for row in columns.tolist()] == pytest.approx(expected, abs=1e-9)


def test_coefficients_keep_their_directions(fitted: Fitted) -> None:
    """No coefficient, of the model or of a head, goes against its column's direction; the calibration rises."""
    _, _, compiled = fitted
    directions = np.array([feature.direction for feature in FEATURES])
    assert (compiled.arrays["coefficients"] * directions >= 0).all()
    assert (compiled.arrays["pattern_coefficients"] * directions >= 0).all()
    assert compiled.arrays["coefficients"].any()
    assert compiled.slope > 0


def test_heads_see_their_own_columns(fitted: Fitted) -> None:
    """A kind of abuse is read only from columns that it shows in, and from those that speak for the buyer."""
    _, _, compiled = fitted
    for pattern, weights in zip(compiled.patterns, compiled.arrays["pattern_coefficients"], strict=True):
        for feature, weight in zip(FEATURES, weights, strict=True):
            assert not weight or not feature.patterns or pattern in feature.patterns


def test_contributions_add_up(fitted: Fitted) -> None:
    """Base and contributions are the log-odds; all columns at zero give the base rate."""
    table, _, compiled = fitted
    for row in table.columns[::50].tolist():
        prediction = compiled.predict(row)
        assert compiled.base + sum(prediction.contributions) == pytest.approx(prediction.log_odds, abs=1e-9)
    assert compiled.predict([0.0] * len(FEATURES)).risk == pytest.approx(compiled.base_rate)


def test_likelihoods_are_ranked_and_bounded(fitted: Fitted) -> None:
    """Kinds of abuse come highest first, and none is likelier than abuse itself."""
    table, _, compiled = fitted
    for row in table.columns[::50].tolist():
        risk = compiled.predict(row).risk
        values = [likelihood for _, likelihood in compiled.likelihoods(row, risk)]
        assert values == sorted(values, reverse=True)
        assert all(0 <= value <= risk for value in values)


def test_extreme_columns_do_not_overflow(fitted: Fitted) -> None:
    """Risk stays within 0 and 1 whatever the columns."""
    compiled = fitted[2]
    for value in (1e9, -1e9):
        assert 0 <= compiled.predict([value] * len(FEATURES)).risk <= 1


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(400, 3))
    return columns, (columns @ [1.5, -1.0, 0.7] + rng.normal(size=400) > 0).astype(int)


def test_agreeing_directions_are_plain_logistic_regression() -> None:
    """Where the data agree with the directions, the fit is scikit-learn's own."""
    columns, target = data()
    plain = LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(columns, target)
    signed = SignedLogisticRegression([1, -1, 1], regularisation=0.5).fit(columns, target)
    assert signed.coef_ == pytest.approx(plain.coef_, abs=1e-4)
    assert signed.predict_proba(columns) == pytest.approx(plain.predict_proba(columns), abs=1e-4)
    assert (signed.predict(columns) == plain.predict(columns)).all()


def test_wrong_direction_is_left_out() -> None:
    """A column that the data would turn against its direction gets no weight, and the rest is fitted without it."""
    columns, target = data()
    signed = SignedLogisticRegression([1, 1, 1], regularisation=0.5).fit(columns, target)
    rest = LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(columns[:, [0, 2]], target)
    assert signed.coef_[0, 1] == 0
    assert signed.coef_[0, [0, 2]] == pytest.approx(rest.coef_[0], abs=1e-4)


def test_constant_column_gets_no_weight() -> None:
    """A column that never changes cannot carry the base rate."""
    columns, target = data()
    columns[:, 2] = 1.0
    assert SignedLogisticRegression([1, -1, 1]).fit(columns, target).coef_[0, 2] == 0
