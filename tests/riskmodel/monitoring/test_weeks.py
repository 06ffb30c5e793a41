"""Weeks beside one another: what moved, what did not, and what cannot be told."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from riskmodel.features import FEATURES
from riskmodel.monitoring.page import metrics, page
from riskmodel.monitoring.reference import Bins, Reference
from riskmodel.monitoring.weeks import FEW, Drift, WeekTalks, drift

COLUMNS = len(FEATURES)
MONDAY = date(2026, 3, 2)


def columns(n: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rng = np.random.default_rng(seed)
    return rng.poisson(0.3, (n, COLUMNS)).astype(np.float64)


def reference() -> Reference:
    before = columns(4000, 0)
    risks = np.random.default_rng(1).beta(1, 9, 4000)
    return Reference([Bins.of(before[:, place]) for place in range(COLUMNS)], Bins.of(risks))


def week(number: int, n: int, *, moved: int | None = None, held: float = 0.0) -> WeekTalks:
    """Talks as in the reference, but for one column that is another."""
    read = columns(n, 10 + number)
    if moved is not None:
        read[:, moved] += np.random.default_rng(number).poisson(1.0, n)
    risks = np.random.default_rng(50 + number).beta(1, 9, n)
    return WeekTalks(MONDAY + timedelta(weeks=number), risks, np.arange(n) < held * n, read, risks)


def report(*weeks: WeekTalks, budget: float = 0.005) -> Drift:
    return drift(weeks, reference(), budget=budget, stated=0.1)


def test_weeks_that_are_like_the_first_show_nothing() -> None:
    """With all columns looked at together, chance does not make one of them stand out."""
    found = report(*(week(number, 1000) for number in range(6)))
    moved = [each.name for one in found.weeks for each in one.columns if each.shown]
    assert len(moved) <= 1
    assert not any(one.risk.shown or one.few for one in found.weeks)


def test_a_column_that_moves_is_named() -> None:
    """It alone; from the week on in which it does."""
    found = report(week(0, 1000), week(1, 1000), week(2, 1000, moved=3))
    assert [[each.name for each in one.columns if each.shown] for one in found.weeks] == [[], [], [FEATURES[3].name]]
    text = page(found, made="2026-03-30", model="abc", talks="甲店")
    assert FEATURES[3].zh in text
    assert FEATURES[3].en in text


def test_few_talks_are_said_to_be_few() -> None:
    """And their large distances are not shown for more than chance."""
    found = report(week(0, FEW), week(1, 20))
    assert [one.few for one in found.weeks] == [False, True]
    assert not any(each.shown for each in found.weeks[1].columns)
    text = page(found, made="now", model="abc", talks="甲店")
    assert "few talks" in text
    assert "会话少" in text
    assert "baitwatch_drift_few_talks 1\n" in metrics(found)


def test_alerts_are_held_to_their_budget_by_the_interval() -> None:
    """A share above it that chance explains is none; one that it does not is."""
    found = report(week(0, 1000, held=0.006), week(1, 1000, held=0.05))
    assert [one.over_budget for one in found.weeks] == [False, True]
    assert "baitwatch_drift_held_ratio 0.05\n" in metrics(found)


def test_the_page_needs_nothing_else_and_believes_no_text() -> None:
    """No script, nothing fetched; the name of a shop is no markup; the same report gives the same bytes."""
    found = report(week(0, 50))
    text = page(found, made="now", model="abc", talks="<b>店</b>")
    assert text == page(found, made="now", model="abc", talks="<b>店</b>")
    assert "&lt;b&gt;店" in text
    for part in ("<script", "http://", "https://", "src=", "<link"):
        assert part not in text


def test_no_weeks_is_a_page_too() -> None:
    """Which says so, and no metrics."""
    assert "There are no talks to compare yet" in page(report(), made="now", model="abc", talks="甲店")
    assert metrics(report()) == ""
