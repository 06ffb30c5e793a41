"""Counts as they are gathered for figures, made up in short; and a request in which texts can be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask, session

from service.console.analyst.gathered import Gathered
from service.store.figures import GROUPED, Day, Group, Labelled, Peak, Weeks
from service.store.talk_figures import PARTS, STRENGTHS

TODAY = date(2026, 3, 4)


def found(label: str, action: str = "hold", *, chance: float | None = None, **more: Any) -> Labelled:
    """A talk that was looked at."""
    given = {"peak": 850, "pattern": None, "platform": None, "province": None} | more
    return Labelled(label, chance, strongest=STRENGTHS[action], **given)  # type: ignore[index]  # an action by its name


def weeks(*peaks: int, held: int = 0, models: Sequence[str] = ("a",)) -> Weeks:
    """Talks with these highest risks."""
    counts = [0] * (PARTS + 1)
    for peak in peaks:
        counts[peak] += 1
    return Weeks(counts, held, frozenset(models))


def gathered(**given: Any) -> Gathered:
    """A thousand talks of ten days of which 20 were held, 5 of them escalated, or as given."""
    usual = {
        "days": [Day(TODAY - timedelta(days=place), 100, 2, place % 2) for place in reversed(range(10))],
        "groups": {name: [Group(None, 1000, 20)] for name in GROUPED},
        "labelled": [],
        "peaks": [Peak(850, None, 20)],
        "now": weeks(100, 200),
        "before": weeks(100, 200),
    }
    return Gathered(datetime(2026, 3, 4, 4, tzinfo=UTC), TODAY - timedelta(days=29), **usual | given)


@contextmanager
def speaking(language: str = "zh") -> Iterator[None]:
    """Within a request of this language."""
    app = Flask("speaking")
    app.secret_key = "x" * 32
    with app.test_request_context():
        session["language"] = language
        yield
