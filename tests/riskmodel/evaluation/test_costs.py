"""What thresholds cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.evaluation.costs import STEPS, Costs, Curve, cost_curve, queue

ABUSIVE = np.array([1] * 10 + [0] * 40)
PEAKS = np.concatenate([np.linspace(0.3, 0.9, 10), np.linspace(0.02, 0.6, 40)])
CLUSTERS = np.array([f"c{i % 25}" for i in range(50)])


def curve(costs: Costs, prevalence: float = 0.1, **rest: float) -> Curve:
    return cost_curve(ABUSIVE, PEAKS, CLUSTERS, costs, prevalence=prevalence, resamples=200, **rest)


def test_cost_is_what_is_counted_by_hand() -> None:
    """At one threshold: alarms read, damage not averted, buyers delayed, for a thousand talks at the prevalence."""
    found = curve(Costs(2, 100, 5, averted=0.5))
    at = found.at(0.5)
    recall, false_alarms = (PEAKS[kind == ABUSIVE] >= 0.5 for kind in (1, 0))
    expected = 0.1 * (recall.mean() * 2 + 100 * (1 - 0.5 * recall.mean())) + 0.9 * false_alarms.mean() * (2 + 5)
    assert found.cost[at] == pytest.approx(1000 * expected)
    assert found.recall[at] == recall.mean()
    assert found.alarmed[at] == pytest.approx(0.1 * recall.mean() + 0.9 * false_alarms.mean())


def test_nothing_is_alarmed_at_one_and_everything_at_zero() -> None:
    """The two ends: each case is missed, or each talk is read."""
    found = curve(Costs(2, 100, 5))
    assert found.cost[-1] == pytest.approx(1000 * 0.1 * 100)
    assert found.cost[0] == pytest.approx(1000 * (2 + 0.9 * 5))


@given(missed=st.floats(1, 1e4), delayed=st.floats(0, 1e3), prevalence=st.floats(0.001, 0.5))
def test_the_cheapest_costs_least_and_is_flat_around(missed: float, delayed: float, prevalence: float) -> None:
    """Nothing is cheaper, the flat part holds it, and within it costs are at most a twentieth above."""
    found = curve(Costs(1, missed, delayed), prevalence)
    least = found.cost[found.at(found.cheapest.value)]
    assert least == found.cost.min()
    first, last = (found.at(bound) for bound in found.flat)
    assert first <= found.at(found.cheapest.value) <= last
    assert (found.cost[first : last + 1] <= least * 1.05 + 1e-9).all()
    assert (found.low <= found.high).all()


def test_dearer_cases_lower_the_threshold() -> None:
    """The more a missed case costs, the sooner it pays to look; where alarms avert nothing, never."""
    chosen = [curve(Costs(1, missed, 5)).cheapest.value for missed in (1, 50, 500, 5000)]
    assert chosen == sorted(chosen, reverse=True)
    assert chosen[0] > chosen[-1]
    assert curve(Costs(1, 500, 5, averted=0.0)).cheapest.value == 1.0


def test_few_clusters_leave_the_cheapest_open() -> None:
    """Two writers say less of where it lies than twenty-five."""
    few = cost_curve(ABUSIVE, PEAKS, np.array(["a", "b"] * 25), Costs(1, 50, 5), prevalence=0.1, resamples=200)
    one = np.where(PEAKS > 0.4, "a", "b")
    wide = cost_curve(ABUSIVE, PEAKS, one, Costs(1, 50, 5), prevalence=0.1, resamples=200)
    assert wide.high[few.at(0.5)] - wide.low[few.at(0.5)] > few.high[few.at(0.5)] - few.low[few.at(0.5)]


def test_one_kind_of_talk_has_no_costs() -> None:
    """Without abusive talks no miss can be counted; the error says what is needed."""
    with pytest.raises(ValueError, match="both kinds"):
        cost_curve(np.zeros(3, int), PEAKS[:3], CLUSTERS[:3], Costs(1, 1, 1), prevalence=0.1)


def test_steps_are_rounded() -> None:
    """A threshold that is shown is the one that was tried."""
    assert [float(f"{step:.3f}") for step in STEPS] == STEPS.tolist()


def test_a_queue_varies_as_talks_come() -> None:
    """One per cent of two thousand talks are twenty, give or take nine; at three minutes they take an hour."""
    waiting, hours = queue(0.01, 2000, 3.0)
    assert (waiting.value, hours) == (20.0, 1.0)
    assert waiting.low == pytest.approx(20 - 1.96 * np.sqrt(20 * 0.99))
    assert queue(0.0, 2000, 3.0)[0].high == 0.0
