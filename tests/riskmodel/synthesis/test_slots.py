"""Slots and the sums of money that fill them."""

import re
from random import Random

from riskmodel.synthesis.slots import fill, spoken_money


def test_line_without_slots_is_unchanged() -> None:
    """A line that has no slot comes back as it is."""
    assert fill("包邮吗", {}) == "包邮吗"


def test_sums_stay_near_their_range_and_vary() -> None:
    """Sums are plain numbers or words, within rounding of the range, and of many values."""
    rng = Random(1)
    sums = [spoken_money(rng, 30, 500) for _ in range(500)]
    numbers = [int(one) for one in sums if one.isdecimal()]
    words = [one for one in sums if not one.isdecimal()]
    assert min(numbers) >= 30
    assert max(numbers) <= 500
    assert len(set(numbers)) > 20
    assert words
    assert all(re.fullmatch("[二两三四五六七八九一]?[十百千]", one) for one in words)
