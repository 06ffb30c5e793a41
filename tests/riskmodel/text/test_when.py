"""Times as people write them, resolved against a moment in the shop's zone."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.text import normalize
from riskmodel.text.when import find_clock, find_due

NOW = datetime.fromisoformat("2026-03-04T10:00:00+08:00")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("今晚寄走", "2026-03-04T23:59:59+08:00"),
        ("后天到", "2026-03-06T23:59:59+08:00"),
        ("24小时内发", "2026-03-05T10:00:00+08:00"),
        ("四十八小时之内", "2026-03-06T10:00:00+08:00"),
        ("三天内送到", "2026-03-07T23:59:59+08:00"),
        ("周五前", "2026-03-06T23:59:59+08:00"),
        ("周二", "2026-03-10T23:59:59+08:00"),
        ("星期三一定", "2026-03-04T23:59:59+08:00"),
        ("8号之前", "2026-03-08T23:59:59+08:00"),
        ("2号之前", "2026-04-02T23:59:59+08:00"),
        ("1月3日", "2027-01-03T23:59:59+08:00"),
        ("31号没有的月份", "2026-03-31T23:59:59+08:00"),
        ("3号楼", None),
        ("99月99号", None),
        ("尽快", None),
    ],
)
def test_due(text: str, due: str | None) -> None:
    """Named days, spans of hours and days, weekdays and dates give the last moment that they allow."""
    found = find_due(text, NOW)
    assert found == (due and datetime.fromisoformat(due))


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("下午三点半前", (15, 30)),
        ("早上8点", (8, 0)),
        ("十一点截单", (11, 0)),
        ("17:05", (17, 5)),
        ("三点前", (15, 0)),
        ("25点", None),
        ("中午12点", (12, 0)),
        ("没有", None),
    ],
)
def test_clock(text: str, clock: tuple[int, int] | None) -> None:
    """A bare small hour is in the afternoon; an hour that no day has is none."""
    assert find_clock(text) == clock


@given(text=texts(), now=st.datetimes(timezones=st.timezones()))
def test_any_text_at_any_moment(text: str, now: datetime) -> None:
    """No text and no moment of the calendar, its ends included, is too much; what is due is not before today."""
    folded = normalize(text).text
    due = find_due(folded, now)
    assert due is None or due.date() >= now.date()
    clock = find_clock(folded)
    assert clock is None or (0 <= clock[0] < 24 and 0 <= clock[1] < 60)
