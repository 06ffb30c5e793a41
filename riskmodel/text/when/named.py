"""Days that people call by name — 双十二, 国庆, 年前 — and the date that a name stands for, from the data file."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from riskmodel.text.numerals import NUMERALS
from riskmodel.yaml_files import read_yaml

__all__ = ["NAMED", "NAMED_FIRST", "named_day", "next_public_day"]

_ENTRIES: list[dict[str, Any]] = read_yaml("riskmodel.text", "data/named_days.yaml")
_KINDS = ("names", "short", "only_before")
_BY_NAME = {name: entry for entry in _ENTRIES for kind in _KINDS for name in entry.get(kind, ())}


def _choice(kind: str) -> str:
    # longer names first, or 大年三十 would be read as another name that it begins with
    names = [name for entry in _ENTRIES for name in entry.get(kind, ())]
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


_BEFORE = "前|之前|以前"
_MARK = f"{_BEFORE}|节|当天|当日|那天|期间|假期|长假|放假|大促|活动"
# a name alone is mostly a reason (双11订单多) or a kind of goods (圣诞树); it is a time where an act or a limit follows
_USED = (
    rf"{_BEFORE}|[之以过]?后|当天|当日|那天|[,。!?;~ \n]|$"
    r"|[就都也要会能才再还必准][能会可]?以?(?:发|寄|送|到|收|出货)|可以(?:发|寄|送|到|收)|[发寄送收]|到(?![了底来])"
    r"|[早晚]|[上下中]午|凌晨|[0-9一二两三四五六七八九十]{1,3}[点:]"
)
_NO_NUMBER = f"(?<![0-9.¥第{NUMERALS}])"
NAMED = (
    rf"(?:{_NO_NUMBER}(?P<called>{_choice('names')}|(?<![赔补退转付#号])(?:{_choice('short')})(?={_MARK}))"
    rf"节?(?:期间|假期|长假|放假|大促|活动)?(?={_USED})"
    # 三年前, 去年前, 成年前 are something else than 年前
    rf"|{_NO_NUMBER}(?<![几多去今明前后半周近往当同成学新])(?P<lead>{_choice('only_before')})(?={_BEFORE})"
    rf"|(?:(?<![一-鿿])|(?<=[在要能赶想请就得以说都]))(?P<feast>节)(?={_BEFORE}))"
)
"""Source of a pattern with the groups `called`, `lead` (a name in front of 前) and `feast` (节前)."""

NAMED_FIRST = "节" + "".join(sorted({name[0] for name in _BY_NAME}))
"""The characters that a match of `NAMED` may begin with."""


def _in_year(entry: dict[str, Any], year: int) -> date | None:
    if "month_day" in entry:
        month, day = entry["month_day"].split("-")
        return date(year, int(month), int(day))
    return next((day for day in entry["dates"] if day.year == year), None)


def named_day(name: str, today: date, year: int | None = None) -> date | None:
    """The day of that name in `year`, or else the next one from `today` on; None where its date is not known.

    Examples
    --------
    >>> named_day("双十二", date(2026, 12, 13)), named_day("中秋", date(2031, 9, 1))
    (datetime.date(2027, 12, 12), None)
    """
    entry = _BY_NAME[name]
    if year is not None:
        return _in_year(entry, year)
    day = _in_year(entry, today.year)
    # where this year's is not known, next year's may not be the next
    return _in_year(entry, today.year + 1) if day is not None and day < today else day


def next_public_day(today: date) -> date | None:
    """The first day of the next public holiday after `today`; None in a year whose dates are not all known."""
    public = [entry for entry in _ENTRIES if entry.get("public")]
    this_year = [_in_year(entry, today.year) for entry in public]
    if None in this_year:
        return None
    next_year = [_in_year(entry, today.year + 1) for entry in public]
    return min(day for day in (*this_year, *next_year) if day is not None and day > today)
