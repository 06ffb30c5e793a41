"""Measures of drift: nothing where nothing changed, more than chance where something did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp  # type: ignore[import-untyped]  # scipy ships no types

from riskmodel.drift import Shift, equal_bins, ks, merge, psi

COUNTS = st.lists(st.integers(0, 50), min_size=2, max_size=40)


def binned(values: np.ndarray, bins: int = 1000) -> list[int]:
    return np.bincount((values * bins).astype(int), minlength=bins + 1).tolist()


def test_the_distance_is_that_of_two_samples() -> None:
    """On fine bins it is that of the values themselves."""
    rng = np.random.default_rng(3)
    before, now = np.round(rng.beta(1, 6, 400), 3) + 1e-6, np.round(rng.beta(1, 4, 150), 3) + 1e-6
    assert ks(binned(before), binned(now)).value == pytest.approx(ks_2samp(before, now).statistic)


@pytest.mark.parametrize("measure", ["ks", "psi"])
def test_chance_alone_seldom_shows_anything(measure: str) -> None:
    """About one in twenty pairs of samples from one and the same; a real change is seen."""
    rng = np.random.default_rng(7)

    def shown(second: float) -> float:
        found = 0
        for _ in range(200):
            before, now = binned(rng.beta(1.2, 9, 2000)), binned(rng.beta(1.2, second, 500))
            starts = equal_bins(before)
            shift = ks(before, now) if measure == "ks" else psi(merge(before, starts), merge(now, starts))
            found += shift.shown
        return found / 200

    assert shown(9) <= 0.1
    assert shown(6) >= 0.9


def test_without_talks_nothing_is_measured() -> None:
    """On either side, and with one bin only."""
    nothing = Shift(None, None)
    assert [ks([0, 0], [1, 2]), ks([1, 2], [0, 0]), psi([0, 0], [1, 2]), psi([3], [3])] == [nothing] * 4
    assert not nothing.shown


@given(COUNTS, st.integers(1, 12))
def test_wider_bins_hold_what_the_fine_ones_do(counts: list[int], bins: int) -> None:
    """Each once, none of them empty, and no more bins than asked."""
    starts = equal_bins(counts, bins)
    merged = merge(counts, starts)
    assert sum(merged) == sum(counts)
    assert len(merged) <= bins
    assert all(merged) or not sum(counts)
