"""All counts that the figures of a shop are made of, read at once and good for a minute."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from flask import current_app

from service.backend import backend
from service.store import figures
from service.store.talk_figures import ZONE

__all__ = ["LEAST_PEAK", "Gathered", "gather"]

LEAST_PEAK: Final = 300
"""Thousandths: below that nobody would be told to hold."""
_GOOD_FOR: Final = 60.0  # seconds
_NOW, _BEFORE = timedelta(days=7), timedelta(days=28)
_EXTENSION: Final = "baitwatch_figures"


class Gathered(NamedTuple):
    """The counts of a period that ends today."""

    as_of: datetime
    since: date
    days: Sequence[figures.Day]
    groups: Mapping[str, Sequence[figures.Group]]
    labelled: Sequence[figures.Labelled]
    peaks: Sequence[figures.Peak]
    now: figures.Weeks
    before: figures.Weeks

    @property
    def talks(self) -> int:
        """How many began."""
        return sum(day.talks for day in self.days)

    @property
    def held(self) -> int:
        """How many of them ever were to be held or escalated."""
        return sum(day.held for day in self.days)

    @property
    def escalated(self) -> int:
        """How many of those were to be escalated."""
        return sum(day.escalated for day in self.days)


def gather(shop_id: int, days: int) -> Gathered:
    """What is known of the last days, as it was a minute ago at most."""
    kept: dict[tuple[int, int], tuple[float, Any]] = current_app.extensions.setdefault(_EXTENSION, {})
    read_at, found = kept.get((shop_id, days), (0.0, None))
    if found is None or time.monotonic() - read_at > _GOOD_FOR:
        found = _read(shop_id, days, datetime.now(UTC))
        kept[shop_id, days] = time.monotonic(), found
    gathered: Gathered = found
    return gathered


def _read(shop_id: int, days: int, now: datetime) -> Gathered:
    tomorrow = now.astimezone(ZONE).date() + timedelta(days=1)
    since, week = tomorrow - timedelta(days=days), tomorrow - _NOW
    with backend().store.reading() as connection:
        return Gathered(
            now,
            since,
            figures.by_day(connection, shop_id, since),
            figures.by_groups(connection, shop_id, since),
            figures.labelled(connection, shop_id, since),
            figures.peaks(connection, shop_id, since, least=LEAST_PEAK),
            figures.by_weeks(connection, shop_id, week, tomorrow),
            figures.by_weeks(connection, shop_id, week - _BEFORE, week),
        )
