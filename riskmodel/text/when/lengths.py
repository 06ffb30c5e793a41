"""Lengths of time that a promise runs for: 48小时内, 半个小时, 两三天, 3-5个工作日, 一周内."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from riskmodel.text.numerals import read_number

__all__ = ["LENGTH", "Length", "add_months", "length_from"]

_NUMBER = "[0-9]{1,3}(?:[.][0-9])?|[一二两俩三四五六七八九十百半]{1,4}"
LENGTH = (
    rf"(?<![0-9第一二两三四五六七八九十百千万半几])(?<![0-9]\.)"
    rf"(?:(?P<low>{_NUMBER})(?:个|天|个?小时)? ?[-~到至、或] ?)?(?P<count>{_NUMBER})(?P<and_half>个半)? ?"
    r"(?:个?(?P<unit>工作日|小时|钟头|天(?![猫津])|星期|礼拜)|(?P<other>分钟|刻钟|h(?![a-z])|min(?![a-z])|周(?![年岁边围期末日一二三四五六])"
    r"|个钟|个月|日(?(low)(?![期用])|(?=[之以]?内))))"
)
"""Source of a pattern with the groups of one length."""

_FOLLOWING = re.compile(
    r" ?(?P<about>左右|上下)?"
    r"(?:(?P<inside>[之以]?内(?![存部容衣裤胆置外芯])|里(?!面))|(?P<later>[之以]?后(?![天面台续]))|(?P<ago>[之以]?前(?!台)|了|[还都也]?没))?"
    # what a parcel does then, or for how long a right, a service or a machine lasts
    r"(?P<right>都?[可能]?以?(?:无理由|包[退换]|保[换修价温]|价保|质保|客服|在线|营业|服务|值班|人工|热线|续航|恒温|待机))?"
    r"(?P<act>[就能会可必准]{0,2}以?(?:到(?![0-9零一二两三四五六七八九十])|发(?!不)|寄|送|收到|出货))?"
)
_SINCE = "超过了"  # 等了48小时, 超过48小时 look back
_LASTING = ("保温", "续航", "待机", "充电", "恒温")

_MINUTES = {"分钟": 1, "min": 1, "刻钟": 15, "小时": 60, "钟头": 60, "个钟": 60, "h": 60}
_ALONE = frozenset({"小时", "钟头", "个钟", "h", "工作日"})
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "个月": 30}


class Length(NamedTuple):
    """A length of time that ends at `end` of the text; `number` of `unit`, a key of the tables of this module."""

    end: int
    number: float
    unit: str

    def after(self, now: datetime) -> datetime | date:
        """The moment that lies so far ahead, or the day where days are counted.

        Days of work are Monday to Friday: public holidays are announced year by year and are not known here.

        Raises
        ------
        OverflowError, ValueError
            Where the calendar ends.
        """
        if self.unit in _MINUTES:
            return now + timedelta(minutes=self.number * _MINUTES[self.unit])
        if self.unit == "工作日":
            weeks, days = divmod(ceil(self.number), 5)
            # on a weekend the count begins as on the Friday before
            start = now.date() - timedelta(days=max(0, now.weekday() - 4))
            return start + timedelta(days=7 * weeks + days + (2 if start.weekday() + days > 4 else 0))
        if self.unit == "天" and self.number < 1:
            return now + timedelta(hours=24 * self.number)
        if self.unit == "个月" and self.number.is_integer():
            return add_months(now.date(), int(self.number))
        return now.date() + timedelta(days=ceil(self.number * _DAYS[self.unit]))


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def length_from(match: re.Match[str]) -> Length | None:
    """The length of a match of `LENGTH`, as long as its upper end; None where it is no time that is still to come.

    Hours and days of work stand by themselves; the others need a limit (内), a range (3-5天) or an act (两天到), for
    without it they only say how long something lasts.
    """
    text = match.string
    unit = match["unit"] or match["other"]
    following = _FOLLOWING.match(text, match.end())
    assert following is not None  # it may be empty
    count = read_number(match["count"])
    if not count or following["ago"] or following["right"]:
        return None
    start = match.start()
    if not following["inside"] and start and text[start - 1] in _SINCE:
        return None
    if text[max(0, start - 2) : start] in _LASTING:
        return None
    spoken_range = match["low"] or (
        len(match["count"]) > 1 and match["count"][0] in "一二两三四五六七八九" and _in_row(match["count"])
    )
    if unit not in _ALONE and not (
        spoken_range or following["inside"] or following["later"] or following["about"] or following["act"]
    ):
        return None
    end = max(match.end(), *(following.end(name) for name in ("about", "inside", "later")))
    return Length(end, count + (0.5 if match["and_half"] else 0), unit)


def _in_row(numeral: str) -> bool:
    """Whether a numeral begins with two digits in a row, which is how people say a range: 两三."""
    return numeral[1] in "一二两三四五六七八九"
