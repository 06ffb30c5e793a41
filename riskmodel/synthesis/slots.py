"""The slots that a wording may have, and filling them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

__all__ = ["SLOTS", "fill", "names_in", "spoken_money"]

SLOTS = ("item", "province", "city", "price", "money", "carrier", "qty")

_SLOT = re.compile(r"\{([^{}]*)\}")
_DIGITS = "零一两三四五六七八九"
_SPOKEN_SHARE = 0.2
_ROUND = ((1000, 100), (200, 50), (40, 10), (15, 5))


def names_in(line: str) -> list[str]:
    """The names of the slots in a wording, in order.

    >>> names_in("{province}那边要{money}吗")
    ['province', 'money']
    """
    return _SLOT.findall(line)


def fill(line: str, values: Mapping[str, str]) -> str:
    """The wording with its slots filled.

    >>> fill("发{carrier}吗", {"carrier": "中通"})
    '发中通吗'
    """
    return _SLOT.sub(lambda match: values[match[1]], line) if "{" in line else line


def spoken_money(rng: Random, low: float, high: float) -> str:
    """An amount in yuan between `low` and `high` as people name one: mostly round, now and then in characters."""
    # small demands are commoner than large ones, hence the square
    value = int(low + (high - low) * rng.random() ** 2)
    if rng.random() > 0.15:
        for floor, step in _ROUND:
            if value >= floor:
                value = max(round(value / step) * step, step)
                break
    value = max(value, 1)
    if rng.random() < _SPOKEN_SHARE:
        for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
            if value % unit == 0 and 1 <= value // unit <= 9:
                digit = _DIGITS[value // unit] if unit > 10 or value >= 20 else ""
                return f"{'二' if digit == '两' and unit == 10 else digit}{name}"
    return str(value)
