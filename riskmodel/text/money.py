"""Amounts of money in folded text: 50元, ¥88.8, 15r, 两百块, 五毛, and a bare number after a word of paying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Amount", "chinese_number", "find_amounts"]


class Amount(NamedTuple):
    """Money at ``text[start:end]``: `yuan` is at least 0."""

    start: int
    end: int
    yuan: float


_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
    "〇": 0,
    "幺": 1,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_SUFFIX = {"千": 1000.0, "k": 1000.0, "万": 10_000.0, "w": 10_000.0, "百": 100.0}

_CN = "零一二两俩三仨四五六七八九十百千万"
_ARABIC = r"[0-9]{1,7}(?:\.[0-9]{1,2})?(?:[千万百kw](?![a-z]))?"
_NUMBER = rf"(?:{_ARABIC}|[{_CN}]{{1,9}})"
_CURRENCY = r"(?:块钱|元钱|块|元|圆|大洋|rmb|人民币|r(?![a-z0-9]))"
# after a word of paying a bare number is money unless it is followed by what it counts; 一下, 一个 are not amounts
_PAYING = (
    r"(?:赔偿|补偿|赔付|红包|转账|打款|赔|补|转|退|给|付|收|要|返)"
    r"(?:我|你|您|咱|俺|们|个|点|了|上|过来|再|给|至少|最少|一共|总共|也就){0,3} ?"
)
_COUNTED = "个件天次号点月年楼箱包条盒瓶双套份张台只斤克分小折人倍样起下些种家直定切路会边片位把头根本代辆遍手码米瓦"
_NOT_COUNTED = rf"(?![0-9%{_COUNTED}])"
_HOTLINES = r"(?:12315|12345)(?![0-9])"  # offices that uphold rights; their numbers are no sums
_PATTERN = re.compile(
    rf"¥ ?(?P<sign>{_NUMBER})"
    rf"|(?P<unit>{_NUMBER}) ?(?:多)? ?{_CURRENCY}(?:(?P<tail>[一二两三四五六七八九1-9])(?![{_CN}0-9个件天次号点]))?"
    rf"|(?P<mao>[0-9一二两三四五六七八九]) ?毛(?:钱)?"
    rf"|(?<![^,。!?;~ \n、]),?(?P<alone>(?!{_HOTLINES})[1-9][0-9]{{1,5}})(?=[,。!?;~ \n]|$|也行|就行|也可以|吧|一分)"
    rf"|{_PAYING}(?P<bare>[0-9]{{1,6}}(?:\.[0-9]{{1,2}})?[千万百kw]?|[{_CN}]{{2,9}}){_NOT_COUNTED}"
)


def chinese_number(text: str) -> float | None:
    """Value of a Chinese numeral such as 两百 (200), 一百五 (150) or 三千二 (3200); None where it is not one."""
    total, section, digit, last_unit = 0.0, 0.0, None, 1
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit, last_unit = _DIGITS[char], 1 if _DIGITS[char] == 0 else last_unit
            continue
        unit = _UNITS[char]
        if unit == 10_000:
            total, section, digit = (total + section + (digit or 0)) * unit, 0.0, None
        else:
            section += (1 if digit is None else digit) * unit
            digit = None
        last_unit = unit
    if digit:
        # in speech the unit of the last digit is left out: 一百五 is 150, 一百零五 is 105
        section += digit * (last_unit // 10 if last_unit > 10 else 1)
    return total + section


def _value(number: str) -> float | None:
    if number[0] in _CN:
        return chinese_number(number)
    scale = _SUFFIX.get(number[-1])
    return float(number[:-1]) * scale if scale else float(number)


def find_amounts(text: str) -> Iterator[Amount]:
    """Every amount in folded `text`, from left to right, without overlap.

    Examples
    --------
    >>> [amount.yuan for amount in find_amounts("补十五块,或者转我200,再不然一百五十元")]
    [15.0, 200.0, 150.0]
    """
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "tail" else "unit"
        assert kind is not None
        value = _value(match[kind])
        if value is None:
            continue
        if kind == "mao":
            value /= 10
        elif match["tail"]:
            value += (_value(match["tail"]) or 0) / 10
        cut = kind if kind in ("bare", "alone") else 0
        yield Amount(match.start(cut), match.end(cut), value)
