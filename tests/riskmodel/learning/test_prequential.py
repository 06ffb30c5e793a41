"""Which talks are known at the beginning of a month, and which come in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from riskmodel.learning.prequential import months


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_a_label_is_known_a_week_after_its_talk_and_no_sooner_than_it_was_given() -> None:
    """A talk of the last days of a month is not known when the next one begins, nor one that was labelled late."""
    talks = [day(1, 5), day(1, 28), day(1, 6), day(2, 10)]
    labels = [day(1, 6), day(1, 29), day(2, 20), day(2, 11)]
    (february,) = months(talks, labels)
    assert (february.known.tolist(), february.came.tolist()) == ([0], [3])


def test_every_month_is_there_also_one_without_a_talk() -> None:
    """To the last in which a talk began, across the end of a year."""
    talks = [datetime(2025, 11, 2, tzinfo=UTC), day(2, 1)]
    found = list(months(talks, talks))
    assert [(month.start.year, month.start.month) for month in found] == [(2025, 12), (2026, 1), (2026, 2)]
    assert [len(month.came) for month in found] == [0, 0, 1]
    assert list(months([], [])) == []


def test_the_like_of_a_known_talk_is_not_measured() -> None:
    """It would measure memory."""
    talks = [day(1, 5), day(2, 3), day(2, 4)]
    (february,) = months(talks, talks, np.array([0, 0, 2]))
    assert february.came.tolist() == [2]


def test_nothing_of_later_is_known() -> None:
    """Labels given early, say by a clock that is wrong, do not bring a talk before its own time."""
    talks = [day(1, 5), day(3, 5)]
    early = [at - timedelta(days=300) for at in talks]
    for month in months(talks, early):
        assert all(talks[place] < month.start for place in month.known)
