"""The weighing of evidence: small logistic models as arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.reader import Weighing
from riskmodel.reader.weighing import KNOTS, widened

NUMBERS = st.floats(-9, 9, allow_nan=False)
WEIGHING = Weighing(
    weights=np.random.default_rng(0).normal(size=(2, 3 + len(KNOTS))),
    leanings=np.random.default_rng(1).normal(size=(4, 2)),
)


@given(row=st.lists(NUMBERS, min_size=3, max_size=3), topic=st.integers(0, 3), stance=st.integers(0, 1))
def test_likelihood_is_the_logistic_of_the_weighed_sum(row: list[float], topic: int, stance: int) -> None:
    """Worked out in the open: columns, slopes above each knot, and the base of topic and stance."""
    wide = [*row, *(max(row[0] - knot, 0.0) for knot in KNOTS)]
    log_odds = float(np.dot(wide, WEIGHING.arrays["weights"][stance])) + WEIGHING.arrays["leanings"][topic, stance]
    (likelihood,) = WEIGHING.likelihoods([row], [topic], [stance])
    assert likelihood == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=1e-12)


def test_nothing_to_weigh() -> None:
    """No evidence, no likelihoods."""
    assert WEIGHING.likelihoods([], [], []) == []


def test_log_odds_beyond_floats() -> None:
    """Evidence without bounds gives a likelihood of nothing or of one, and no error."""
    rows = [[1e9, 1e9, 1e9], [-1e9, -1e9, -1e9]]
    assert all(0.0 <= value <= 1.0 for value in WEIGHING.likelihoods(rows, [0, 0], [0, 0]))


@given(rows=st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=5), logs=st.integers(0, 3))
def test_widened_keeps_what_it_is_given(rows: list[list[float]], logs: int) -> None:
    """The columns come first as they are; what is added is never below zero, and nothing below all knots."""
    table = np.array(rows)
    wide = widened(table, logs)
    assert wide.shape == (len(rows), 3 + logs * len(KNOTS))
    assert (wide[:, :3] == table).all()
    assert (wide[:, 3:] >= 0).all()
    low = (table[:, :logs] <= min(KNOTS)).all(axis=1)
    assert (wide[low, 3:] == 0).all()
