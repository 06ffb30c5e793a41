"""What every export comes down to: somebody said something at some time; and what could not be read, with its row."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

__all__ = ["TIME", "Rejected", "Said", "Side", "read_time"]

Side = Literal["buyer", "agent", "system"]

TIME = (
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[ T\u3000]{0,3}"
    r"[0-9]{1,2}[:：时][0-9]{1,2}(?:[:：分][0-9]{1,2}秒?)?(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
"""A date and a time as exports write them, as a regular expression without groups."""
_NUMBERS = re.compile(r"[0-9]+")
_ZONE = re.compile(r"(Z|[+-][0-9]{2}:?[0-9]{2})$")
_FRACTION = re.compile(r"\.[0-9]{1,6}(?=Z|[+-]|$)")


class Said(NamedTuple):
    """One message of an export.

    `row` is its line or row in the file, from 1; `talk` what the file calls the talk, None where a file is one talk;
    `name` who said it, and `side` which side that is, where the file says so.
    """

    row: int
    talk: str | None
    name: str
    side: Side | None
    at: datetime
    text: str


class Rejected(NamedTuple):
    """A row that could not be read: its number from 1, the field, and what to do. No word of the chat is in it."""

    row: int
    field: str
    problem: str


def read_time(text: str, zone: ZoneInfo) -> datetime | None:
    """The time that a text names, in its own zone or else in `zone`; None where it names none.

    Examples
    --------
    >>> read_time("2015/8/4 9:05", ZoneInfo("Asia/Shanghai")).isoformat()
    '2015-08-04T09:05:00+08:00'
    >>> read_time("2015-02-30 10:00:00", ZoneInfo("Asia/Shanghai"))
    """
    text = text.strip()
    if not re.fullmatch(TIME, text):
        return None
    named = _ZONE.search(text)
    numbers = [int(number) for number in _NUMBERS.findall(_FRACTION.sub("", _ZONE.sub("", text)))]
    year, month, day, hour, minute, second = [*numbers, 0][:6]
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_offset(named[0]) if named else zone)
    except ValueError:
        return None


def _offset(named: str) -> timezone:
    if named == "Z":
        return UTC
    minutes = 60 * int(named[1:3]) + int(named[-2:])
    return timezone(timedelta(minutes=-minutes if named[0] == "-" else minutes))
