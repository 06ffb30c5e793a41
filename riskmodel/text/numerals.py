"""Numbers in folded text, in figures or Chinese numerals: 15, 1.5, 两百五, and 三五 for "three to five"."""

from __future__ import annotations

__all__ = ["NUMERALS", "chinese_number", "read_number"]

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
    "〇": 0,
    "幺": 1,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

NUMERALS = "零一二两俩三仨四五六七八九十百千万"
"""The characters of numerals as chats use them, for character classes of patterns."""


def chinese_number(text: str) -> float | None:
    """Value of a Chinese numeral such as 两百 (200), 一百五 (150) or 三千二 (3200); None where it is not one."""
    total, section, digit, last_unit = 0.0, 0.0, None, 1
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit, last_unit = _DIGITS[char], 1 if _DIGITS[char] == 0 else last_unit
            continue
        unit = _UNITS.get(char)
        if unit is None:
            return None
        if unit == 10_000:
            total, section, digit = (total + section + (digit or 0)) * unit, 0.0, None
        else:
            section += (1 if digit is None else digit) * unit
            digit = None
        last_unit = unit
    if digit:
        # in speech the unit of the last digit is left out: 一百五 is 150, 一百零五 is 105
        section += digit * (last_unit // 10 if last_unit > 10 else 1)
    return total + section if text else None


def read_number(text: str) -> float | None:
    """Value of figures or of a numeral; of two digits in a row, which name a range, the upper; None for anything else.

    Examples
    --------
    >>> read_number("2.5"), read_number("三五"), read_number("五六十"), read_number("半"), read_number("九八")
    (2.5, 5.0, 60.0, 0.5, None)
    """
    if text == "半":
        return 0.5
    if text[:1].isdecimal():
        try:
            return float(text)
        except ValueError:
            return None
    for index in range(len(text) - 1):
        low, high = _DIGITS.get(text[index], 0), _DIGITS.get(text[index + 1], 0)
        if 0 < low < high:
            return chinese_number(text[:index] + text[index + 1 :])
    return chinese_number(text)
