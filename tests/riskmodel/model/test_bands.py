"""Bands and actions."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.model.bands import ACTIONS, Band, Thresholds

LEVELS = Thresholds(0.2, 0.5, 0.8)


@pytest.mark.parametrize(
    ("risk", "band"),
    [
        (0.0, "low"),
        (0.1999, "low"),
        (0.2, "watch"),
        (0.5, "high"),
        (0.7999, "high"),
        (0.8, "critical"),
        (1.0, "critical"),
    ],
)
def test_band_begins_at_its_threshold(risk: float, band: Band) -> None:
    """A risk at a threshold is in the band above it."""
    assert LEVELS.band(risk) == band


@given(risks=st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_bands_rise_with_the_risk(risks: list[float]) -> None:
    """A higher risk is never in a lower band."""
    order = get_args(Band)
    low, high = (order.index(LEVELS.band(risk)) for risk in sorted(risks))
    assert low <= high


def test_every_band_has_an_action() -> None:
    """The four bands advise the four actions, none of which refuses anybody."""
    assert [ACTIONS[band] for band in get_args(Band)] == ["proceed", "clarify", "hold", "escalate"]
