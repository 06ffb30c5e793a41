"""Clock times — 四点半, 16:00, 下午3点, 今晚8点 — and the one until which an order must be placed or paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from riskmodel.text.numerals import NUMERALS, read_number

__all__ = ["CLOCK", "PART", "Clock", "clock_at", "clock_from", "find_clock", "find_cutoff", "states_cutoff"]

_HOUR, _DAY = 60, 24 * 60  # minutes

PART = "凌晨|清晨|早晨|早上|早间|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜里|夜间|半夜|深夜|早|晚|夜|晨"
"""Source of a pattern: the parts of a day."""

_CN_HOUR = "[二两]?十[一二两三四五六七八九]{0,2}|[零一二两三四五六七八九]{1,2}"
_NO_COUNT = "元块个天件万千百折倍岁"
CLOCK = (
    rf"(?P<part>{PART})? ?(?<![0-9{NUMERALS}第加税涨降扣])(?<![0-9][.:])(?P<hour>[0-9]{{1,2}}|{_CN_HOUR}) ?"
    r"(?::(?P<minute>[0-5][0-9])(?![0-9])"
    r"|(?:点钟?|时)(?![评击赞餐名心数儿滴卷阵候间段代]|税(?!务))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<past>[0-5][0-9]|[二三四五]?十[一二三四五六七八九]?|零?五)"
    rf"(?![0-9{_NO_COUNT}])分?)?)(?:整|左右)?"
)
"""Source of a pattern with the groups of one clock time."""

# each begins with one of these, so that the pattern need not be tried at any other character
_CLOCK = re.compile(f"(?=[ 0-9零一二两三四五六七八九十凌清早上中正下午傍晚夜半深晨])(?:{CLOCK})")
_HAS_HOUR = re.compile("[点时:]")
_BEFORE_OR_AFTER = "(?:[之以]?[前后]|过后)"
# 四点前拍的, 16:00之前已付款, 四点以后的订单, 四点前当天发; 付款给您 is the shop's own act
_ORDERING = re.compile(
    rf" ?{_BEFORE_OR_AFTER}(?:\(含\))? ?(?:确认|肯定|一定|马上|[您你亲我们都能可以已经完成功就来的把要]){{0,5}}"
    r"(?:拍|下的?单|付(?!款?给)|支付|购买|买|订|单子?|成交|提交|算?(?:今天|今日|当天|当日|次日|隔天|明天))"
    r"| ?(?:准时|统一|就|都|要|会|开始){0,2} ?(?:截|停止?接单|停止?下单|停单|收单|封单)"
)
_CLOSING = re.compile(
    r"(?:截单|截止|截|停止?接单|收单|封单)(?:时间|点)?[ :是为在到的每今天日当]{0,6}$"
    r"|(?:过了|超过|晚于|(?<!不)过)[每今天日当]{0,2}$"
)
_LEAD = 14  # characters in front of a clock time in which its condition is looked for


class Clock(NamedTuple):
    """A clock time at ``text[start:end]``.

    `minutes` counts from the midnight at which its day begins and passes 24 hours for 晚上12点 and 夜里2点; `either` is
    true where the hour may as well be meant twelve hours later: 8点.
    """

    start: int
    end: int
    minutes: int
    either: bool


def clock_from(match: re.Match[str]) -> Clock | None:
    """The clock time of a match of `CLOCK`; None for 25点, for 一点 in the sense of "a little", and the like."""
    hour = read_number(match["hour"])
    if hour is None or hour > 24:
        return None
    part = match["part"] or ""
    minute = 30 if match["half"] else {"一": 15, "三": 45, None: 0}[match["quarter"]]
    written = match["minute"] or match["past"]
    if written:
        minute = int(read_number(written.lstrip("零") or "0") or 0)
    text, end = match.string, match.end()
    if match["hour"] in "一1" and not minute and not match["minute"] and part in ("", "早", "晚"):
        # 快一点, 晚一点 compare; 今晚一点, 一点前 and 一点半 tell the time
        told = text[end - 1] in "钟整右半" or text[end : end + 1] in tuple("前之以过") or text[end : end + 2] == "截单"
        if not told and not (part and text[match.start() - 1 : match.start()] in ("今", "明")):
            return None
    minutes = _of_day(part, int(hour)) * _HOUR + minute
    if hour == 24 and minute:
        return None
    return Clock(match.start(), end, minutes, not part and 7 <= hour <= 12)


def _of_day(part: str, hour: int) -> int:
    """The hour from 0 to 28 that is meant: 四点 by itself is after noon, by the shop's working day."""
    if hour > 12:
        return hour
    if part in ("晚上", "晚间", "夜里", "夜间", "半夜", "深夜", "晚", "夜"):
        return hour + 24 if hour < 5 else hour + 12
    if part in ("下午", "午后", "傍晚"):
        return hour % 12 + 12
    if part in ("中午", "正午"):
        return hour + 12 if hour < 5 else hour
    if part == "凌晨":
        return hour % 12
    return hour + 12 if not part and 1 <= hour <= 6 else hour


def clock_at(text: str, start: int) -> Clock | None:
    """The clock time that begins exactly at `start`."""
    match = _CLOCK.match(text, start)
    return clock_from(match) if match else None


def _clocks(text: str) -> Iterator[Clock]:
    if _HAS_HOUR.search(text):
        yield from filter(None, map(clock_from, _CLOCK.finditer(text)))


def states_cutoff(text: str, clock: Clock) -> bool:
    """Whether that clock time is a condition on ordering or paying (四点前拍的, 4点截单), not when something is due."""
    if _ORDERING.match(text, clock.end):
        return True
    return _CLOSING.search(text[max(0, clock.start - _LEAD) : clock.start]) is not None


def find_clock(text: str) -> tuple[int, int] | None:
    """The first clock time in folded `text` as hour and minute: 四点 after noon is 16:00 by the shop's working day.

    Midnight at the end of a day is 23:59, so that times of one day compare.

    Examples
    --------
    >>> find_clock("四点前拍"), find_clock("16:30之前"), find_clock("上午9点"), find_clock("晚上12点")
    ((16, 0), (16, 30), (9, 0), (23, 59))
    """
    for clock in _clocks(text):
        return divmod(_DAY - 1 if clock.minutes == _DAY else clock.minutes % _DAY, _HOUR)
    return None


def find_cutoff(text: str) -> tuple[int, int] | None:
    """The clock time in folded `text` until which an order must be placed or paid, as hour and minute.

    Midnight and what lies after it is 23:59, so that times of one day compare. None where no such condition is stated.

    Examples
    --------
    >>> find_cutoff("下午5点以前下单的今天发"), find_cutoff("截单时间是四点半"), find_cutoff("四点前发出")
    ((17, 0), (16, 30), None)
    """
    for clock in _clocks(text):
        if states_cutoff(text, clock):
            # 0点前拍 means the midnight to come
            return divmod(min(clock.minutes or _DAY, _DAY - 1), _HOUR)
    return None
