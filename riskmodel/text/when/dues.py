"""When what is said is due: every time named in a text, resolved against a moment in the shop's zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from riskmodel.text.numerals import NUMERALS
from riskmodel.text.when.clock import CLOCK, PART, Clock, clock_at, clock_from, states_cutoff
from riskmodel.text.when.days import DAY, READERS, Day
from riskmodel.text.when.lengths import LENGTH, length_from
from riskmodel.text.when.named import NAMED_FIRST

__all__ = ["Due", "find_due", "find_dues"]


class Due(NamedTuple):
    """The latest moment `at` that the time named at ``text[start:end]`` allows, in the zone that was asked for."""

    start: int
    end: int
    at: datetime


_SOON = (
    r"(?:马上|立刻|立马|立即|即刻|(?<![等十])一会儿?(?![员议])|(?:等?一|[待等])会儿?(?=就|发|寄|到|送|给|安排)|等下就|(?:现在|这会儿?)(?=就(?:发|寄|送|给)))"
    # what the buyer is asked to do, and what comes by itself, is no promise
    r"(?!就?[要是到]?(?:双|过年|放假|下班|国庆|中秋|春节|元旦)|购买|下单|付|拍|抢|支付|买)"
)
_LATER_TODAY = (
    r"(?:中午|下午|傍晚|晚上|上午|早上)"
    r"(?=[之以]?前(?!台)|就|[会能]?(?:发|寄|送|到(?![了的]))|统一发|安排|给[您你]发)"
)
# no time can be named without one of these; a class of single characters is looked for fastest
_HINT = re.compile("[0-9天日周期拜月年节号点时钟旦庆夕秋午阳明宵诞晚早晨夜今昨h双班马立即待等五六十三现后会]")
# and each begins with one of these, so that the alternatives need not be tried at any other
_BEGINS = "半大前昨上今明后当即本次隔第翌下这周星礼去月年马立待等连天现凌清早中正午傍晚夜深晨"
_FIRST = f"(?=[0-9{NUMERALS}{_BEGINS}{NAMED_FIRST}])"
_TIME = re.compile(
    rf"{_FIRST}(?:(?P<length>{LENGTH})|{DAY}|(?P<soon>{_SOON})|(?P<clock>{CLOCK})|(?P<later>{_LATER_TODAY}))"
)
_PART = re.compile(PART)
_LIMIT = re.compile(
    r" ?(?:下班[之以]?前|(?P<before>[之以]前|前(?![台后面天提往]))"
    r"|(?P<after>[之以过]后|后(?![天日面台续期边半]))|[之以]?内(?![存部容衣裤胆置外芯])|当天|当日|那天)?"
)
_LINK = re.compile(" ?的? ?")
# by itself a clock time is due only where a limit or an act follows: 9点上班 is not
_ACT = re.compile(
    r" ?(?:左右)?(?:[之以]?前|[准时统一就会能可以再都]{0,4}"
    rf"(?:发|寄|送|出|装车|揽|来|取|走|到(?![ 0-9{NUMERALS}早晚上下])))"
)
_RANGE, _CHOICE = frozenset("-~到至"), frozenset({"或", "或者", "、"})
_BY_PART = {"上午": 12, "早上": 12, "早晨": 12, "早": 12, "中午": 12, "正午": 12, "下午": 18, "午后": 18, "傍晚": 18}


def find_dues(text: str, now: datetime) -> list[Due]:
    """Every time named in folded `text`, from left to right, without overlap; none lies before `now`.

    A range (3-5天, 周五到周日) is one time, as late as its end. What has passed, what only begins then (周五之后) and
    what is a condition on ordering (四点前拍的) is not due.

    Parameters
    ----------
    text
        Folded text.
    now
        When it was said, in the shop's zone.

    Examples
    --------
    >>> now = datetime.fromisoformat("2026-11-11T09:30:00+08:00")
    >>> for due in find_dues("四点前拍的今天发,周五下午三点之前能到", now):
    ...     print(due.start, due.end, due.at.isoformat())
    5 7 2026-11-11T23:59:59+08:00
    9 17 2026-11-13T15:00:00+08:00
    """
    return list(_dues(text, now))


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
        In the zone of `now` and not before it; None where no time is named or it lies outside the calendar.

    Examples
    --------
    >>> find_due("明早发", datetime.fromisoformat("2026-11-11T09:30:00+08:00")).isoformat()
    '2026-11-12T23:59:59+08:00'
    """
    first = next(_dues(text, now), None)
    return first.at if first is not None else None


def _dues(text: str, now: datetime) -> Iterator[Due]:
    last: Due | None = None
    for due in _single(text, now):
        between = text[last.end : due.start] if last is not None else ""
        if last is not None and between in _RANGE:
            last = Due(last.start, due.end, due.at)
        elif last is not None and between in _CHOICE:
            last = Due(last.start, due.end, max(last.at, due.at))
        else:
            if last is not None:
                yield last
            last = due
    if last is not None:
        yield last


def _single(text: str, now: datetime) -> Iterator[Due]:
    if not _HINT.search(text) and "一会" not in text:
        return
    position = 0
    while match := _TIME.search(text, position):
        try:
            position, at = _resolve(match, now)
        except (OverflowError, ValueError):
            position, at = match.end(), None  # the calendar ends
        if at is not None and at >= now:
            yield Due(match.start(), position, at)


def _resolve(match: re.Match[str], now: datetime) -> tuple[int, datetime | None]:
    """Where the time ends, and when it is due."""
    kind = match.lastgroup
    assert kind is not None
    if kind == "length":
        length = length_from(match)
        if length is None:
            return match.end(), None
        moment = length.after(now)
        return length.end, moment if isinstance(moment, datetime) else _end_of(moment, now)
    if kind == "soon":
        return match.end(), _end_of(now.date(), now)
    if kind == "clock":
        return _by_clock(match, now)
    if kind == "later":
        return _by_part(match.string, match.start(), match.end(), Day(now.date(), now.date()), now)
    return _by_day(match.string, match.end(), READERS[kind](match, now.date()), now)


def _by_day(text: str, end: int, day: Day | None, now: datetime) -> tuple[int, datetime | None]:
    """A day, with the part of the day and the clock time that may follow it."""
    link = _LINK.match(text, end)
    assert link is not None  # it may be empty
    clock = clock_at(text, link.end())
    if clock is not None:
        if states_cutoff(text, clock):
            # 今天四点前拍的: the day is named, its hour is for the buyer and is read next, as such
            return end, _end_of(day.last, now) if day else None
        clock = _upper(text, clock)
        limit = _LIMIT.match(text, clock.end)
        assert limit is not None
        if day is None:
            return limit.end(), None
        return limit.end(), _end_of(day.last, now) if limit["after"] else _today_at(clock, day.last, now)
    part = _PART.match(text, link.end())
    if part is not None:
        return _by_part(text, part.start(), part.end(), day, now)
    limit = _LIMIT.match(text, end)
    assert limit is not None
    if day is None or limit["after"]:
        return limit.end(), None
    return limit.end(), _end_of(day.before if limit["before"] else day.last, now)


def _upper(text: str, clock: Clock) -> Clock:
    """The later end of 9点到10点; the clock time itself where it is no range."""
    upper = clock_at(text, clock.end + 1) if text[clock.end : clock.end + 1] in tuple(_RANGE) else None
    if upper is None:
        return clock
    # 晚上8点到9点: the part of the day holds for both
    later = upper.either and upper.minutes < clock.minutes
    return upper._replace(minutes=upper.minutes + 12 * 60) if later else upper


def _by_part(text: str, start: int, end: int, day: Day | None, now: datetime) -> tuple[int, datetime | None]:
    """A part of a day: 明天中午前 is by noon; without a limit it is a plan for that day, not a deadline within it."""
    limit = _LIMIT.match(text, end)
    assert limit is not None
    if day is None:
        return limit.end(), None
    hour = _BY_PART.get(text[start:end])
    if limit["before"] and hour is not None:
        return limit.end(), _at(day.last, hour * 60, now)
    return limit.end(), _end_of(day.last, now)


def _by_clock(match: re.Match[str], now: datetime) -> tuple[int, datetime | None]:
    """A clock time without a day: today's, or tomorrow's where it has passed."""
    clock = clock_from(match)
    if clock is None:
        return match.end(), None
    text = match.string
    limit = _LIMIT.match(text, clock.end)
    assert limit is not None
    if limit["after"] or states_cutoff(text, clock) or not _ACT.match(text, clock.end):
        return clock.end, None
    today = _today_at(clock, now.date(), now)
    return limit.end(), today if today >= now else _at(now.date() + timedelta(days=1), clock.minutes, now)


def _today_at(clock: Clock, day: date, now: datetime) -> datetime:
    """That time of the day, or twelve hours later where it has passed and may be meant so: 8点 said at ten."""
    at = _at(day, clock.minutes, now)
    return at + timedelta(hours=12) if clock.either and at < now else at


def _at(day: date, minutes: int, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo) + timedelta(minutes=minutes)


def _end_of(day: date, now: datetime) -> datetime | None:
    """The last second of the day, or `now` where that is later still; None for a day that has passed."""
    if day < now.date():
        return None
    return max(now, datetime.combine(day, time(23, 59, 59), now.tzinfo))
