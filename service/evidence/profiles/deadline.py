"""Until when an appeal can be filed: cautious, in the shop's zone, and only where the event's date is known.

Of an event whose time of day is not known the earliest moment of its day counts, so that the date given is never too
late. Nothing here asks what time it is now.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from riskmodel.errors import FieldProblem, InputError
from service.evidence.profiles.schema import Deadline

__all__ = ["Due", "Event", "due", "read_event_date"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII)

# no deadline counted from these leaves the calendar
_YEARS = range(1970, 3000)


class Event(NamedTuple):
    """When the thing happened that a deadline counts from: a day in the shop's zone, or a moment."""

    day: date | None
    moment: datetime | None

    def earliest(self, zone: ZoneInfo) -> datetime:
        """The earliest moment at which it can have been, in this zone."""
        if self.moment is not None:
            return self.moment.astimezone(zone)
        assert self.day is not None
        return datetime.combine(self.day, time.min, zone)

    def __str__(self) -> str:
        return self.moment.isoformat(sep=" ") if self.moment is not None else str(self.day)


class Due(NamedTuple):
    """The moment before which to file, and the last day that lies wholly or in part before it."""

    before: datetime
    last_day: date


def read_event_date(text: str, field: str = "event_date") -> Event:
    """Read ``2026-03-12``, or a moment with its offset.

    Raises
    ------
    InputError
        Naming `field`.
    """
    text = text.strip()
    event = None
    try:
        if _DAY.fullmatch(text):
            event = Event(date.fromisoformat(text), None)
        elif _MOMENT.fullmatch(text):
            event = Event(None, datetime.fromisoformat(text.upper()))
    except ValueError:
        raise InputError([FieldProblem(field, "is not a date that exists; check month, day and hour")]) from None
    if event is None:
        example = "2026-03-12, or a time with its offset such as 2026-03-12T10:31:00+08:00"
        raise InputError([FieldProblem(field, f"must be a date such as {example}")])
    if int(text[:4]) not in _YEARS:
        raise InputError([FieldProblem(field, f"must lie in the years {_YEARS.start} to {_YEARS.stop - 1}")])
    return event


def due(deadline: Deadline, event: Event, zone: ZoneInfo) -> Due:
    """Return until when to file: days by the calendar of the zone, hours by the clock."""
    begins = event.earliest(zone)
    if deadline.days is not None:
        before = begins + timedelta(days=deadline.days)
    else:
        assert deadline.hours is not None
        # hours pass also where clocks are set: counted in UTC
        before = (begins.astimezone(UTC) + timedelta(hours=deadline.hours)).astimezone(zone)
    return Due(before, (before - timedelta(microseconds=1)).date())
