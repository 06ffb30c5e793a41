"""Times that people write — 今天, 明早, 周五前, 48小时内, 四点前 — resolved against a moment in the shop's zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from riskmodel.text.money import chinese_number

__all__ = ["find_clock", "find_due"]

_CN_DIGITS = "一二两三四五六七八九十"
_NUMBER = rf"(?:[0-9]{{1,3}}|[{_CN_DIGITS}]{{1,3}})"
_DAY_WORDS = {
    0: "今天 今日 今儿 今晚 今夜 今早 今下午 当天 当日 马上 立刻 立马 立即 即刻 下午就 晚上就 待会就 等下就",
    1: "明天 明日 明早 明晚 明儿 次日 隔天 隔日 第二天",
    2: "后天",
    3: "大后天",
}
# longer words first, or 大后天 would be read as 后天
_DAYS_AHEAD = {word: ahead for ahead, words in sorted(_DAY_WORDS.items(), reverse=True) for word in words.split()}
_WEEKDAYS = {char: index for index, char in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 6}
_DUE = re.compile(
    rf"(?P<hours>{_NUMBER}) ?个?(?:小时|h|钟头)(?:内|之内|以内)?"
    rf"|(?P<within>{_NUMBER}) ?(?:个工作日|个?天|日)(?:内|之内|以内)"
    rf"|(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    rf"|(?:(?P<month>[0-9]{{1,2}}) ?月 ?)?(?P<date>[0-9]{{1,2}}) ?[号日](?!楼|店|线|仓)"
    rf"|(?P<named>{'|'.join(_DAYS_AHEAD)})"
)
_CLOCK = re.compile(
    r"(?P<part>早上|上午|中午|下午|晚上|晚|傍晚|今晚|明早)?"
    rf"(?P<hour>[0-9]{{1,2}}|[{_CN_DIGITS}]{{1,3}}) ?(?:点|时|:(?P<minute>[0-5][0-9]))(?P<half>半)?"
)


def _number(text: str) -> int:
    return int(text) if text[0] in "0123456789" else int(chinese_number(text) or 0)


def _end_of_day(moment: datetime, days: int) -> datetime:
    return (moment + timedelta(days=days)).replace(hour=23, minute=59, second=59, microsecond=0)


def find_due(text: str, now: datetime) -> datetime | None:
    """The latest moment that the first time named in folded `text` allows.

    Parameters
    ----------
    text
        Folded text.
    now
        When it was said, in the shop's zone.

    Returns
    -------
    datetime or None
        In the zone of `now`; None where no time is named or it lies outside the calendar.

    Examples
    --------
    >>> find_due("明早发", datetime.fromisoformat("2026-11-11T09:30:00+08:00")).isoformat()
    '2026-11-12T23:59:59+08:00'
    """
    for match in _DUE.finditer(text):
        try:
            due = _resolve(match, now)
        except (OverflowError, ValueError):
            continue
        if due is not None:
            return due
    return None


def _resolve(match: re.Match[str], now: datetime) -> datetime | None:
    if match["hours"]:
        return now + timedelta(hours=_number(match["hours"]))
    if match["within"]:
        return _end_of_day(now, _number(match["within"]))
    if match["weekday"]:
        return _end_of_day(now, (_WEEKDAYS[match["weekday"]] - now.weekday()) % 7)
    if match["named"]:
        return _end_of_day(now, _DAYS_AHEAD[match["named"]])
    day, month = int(match["date"]), match["month"]
    target = now.replace(day=day, month=int(month) if month else now.month)
    if target.date() < now.date():
        # a date that has passed is the next one of its kind
        target = (
            target.replace(year=now.year + 1)
            if month
            else (target.replace(day=1) + timedelta(days=31)).replace(day=day)
        )
    return _end_of_day(target, 0)


def find_clock(text: str) -> tuple[int, int] | None:
    """The first clock time in folded `text` as hour and minute: 四点 after noon is 16:00 by the shop's working day.

    Examples
    --------
    >>> find_clock("四点前拍"), find_clock("16:30之前"), find_clock("上午9点")
    ((16, 0), (16, 30), (9, 0))
    """
    for match in _CLOCK.finditer(text):
        hour = _number(match["hour"])
        minute = 30 if match["half"] else int(match["minute"] or 0)
        part = match["part"] or ""
        if hour > 24:
            continue
        if hour <= 12 and (part in ("下午", "晚上", "晚", "傍晚", "今晚") or (not part and 1 <= hour <= 6)):
            hour = hour + 12 if hour < 12 else hour
        return hour % 24, minute
    return None
