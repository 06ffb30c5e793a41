"""Metrics: known values, ties against the model, intervals that follow clusters and seeds."""

import numpy as np
import pytest

from riskmodel.evaluation.metrics import (
    auc,
    calibration_error,
    calibration_sums,
    figure,
    recall_at,
    reliability,
    share,
)

NOBODY = np.zeros(0, dtype=int)


def test_auc_counts_ties_half() -> None:
    """One pair in order and one tied make three quarters."""
    assert auc(np.array([0, 0, 1]), np.array([0.1, 0.4, 0.4])) == 0.75


def test_one_class_measures_nothing() -> None:
    """Without both classes there is no area, no recall and no calibration error."""
    risk = np.array([0.1, 0.9])
    for abusive in (np.array([0, 0]), np.array([1, 1])):
        assert np.isnan(auc(abusive, risk))
        assert np.isnan(recall_at(abusive, risk, 0.01))
        assert np.isnan(calibration_error(abusive, calibration_sums([risk, risk]), 0.1))


def test_recall_allows_exactly_the_stated_false_alarms() -> None:
    """Of 200 other talks one per cent is two: the third highest sets the threshold."""
    others = np.linspace(0.0, 0.995, 200)
    abusive = np.r_[np.zeros(200, dtype=int), 1, 1, 1]
    risk = np.r_[others, others[-3] - 1e-9, others[-3] + 1e-9, 1.0]
    assert recall_at(abusive, risk, 0.01) == pytest.approx(2 / 3)
    assert recall_at(abusive, risk, 0.005) == pytest.approx(1 / 3)


def test_recall_with_few_other_talks_allows_no_false_alarm() -> None:
    """Of ten other talks none may be alarmed at one per cent, and a tie with the highest is no find."""
    abusive = np.r_[np.zeros(10, dtype=int), 1, 1]
    assert recall_at(abusive, np.r_[np.full(9, 0.1), 0.8, 0.8, 0.81], 0.01) == 0.5


def test_recall_that_may_alarm_all_finds_all() -> None:
    """A share of one leaves no threshold to pass."""
    assert recall_at(np.array([0, 1]), np.array([0.9, 0.1]), 1.0) == 1.0


def test_share_of_none_is_no_number() -> None:
    """Nothing to count is not zero."""
    assert np.isnan(share(NOBODY))


def test_calibrated_risks_have_no_error_at_their_prevalence() -> None:
    """Risks that are the prevalence itself are right at it and wrong by the distance elsewhere."""
    abusive = np.array([1, 0, 0, 0])
    sums = calibration_sums([np.full(length, 0.25) for length in (1, 7, 2, 30)])
    assert calibration_error(abusive, sums, 0.25) == pytest.approx(0.0, abs=1e-12)
    assert calibration_error(abusive, sums, 0.10) == pytest.approx(0.15)


def test_reliability_weighs_each_talk_once() -> None:
    """A talk of a hundred messages counts as much as a talk of one; the weights add up to one."""
    abusive = np.array([1, 0])
    bins = reliability(abusive, calibration_sums([np.full(100, 0.95), np.array([0.05])]), 0.5)
    assert [(item.low, item.high) for item in bins] == [(0.0, 0.1), (0.9, 1.0)]
    assert [item.weight for item in bins] == pytest.approx([0.5, 0.5])
    assert [item.stated for item in bins] == pytest.approx([0.05, 0.95])
    assert [item.observed for item in bins] == pytest.approx([0.0, 1.0])


def test_risk_of_one_falls_in_the_last_bin() -> None:
    """The upper end of the scale belongs to it."""
    assert calibration_sums([np.array([1.0])])[0, 0, -1] == 1.0


def test_interval_holds_the_value_and_repeats_by_seed() -> None:
    """Same seed, same bounds; another seed, other bounds."""
    flags = np.random.default_rng(3).random(80) < 0.4
    clusters = np.arange(80)

    def measure(seed: int) -> tuple[float | None, ...]:
        found = figure(lambda at: share(flags[at]), clusters, seed=seed, resamples=200)
        return found.low, found.value, found.high

    low, value, high = measure(1)
    assert low is not None
    assert value is not None
    assert high is not None
    assert low < value < high
    assert measure(1) == (low, value, high)
    assert measure(2) != (low, value, high)


def test_talks_written_together_widen_the_interval() -> None:
    """Twenty talks each of four clusters that agree inside say less than eighty talks apart."""
    flags = np.repeat([True, True, False, False], 20)
    apart = figure(lambda at: share(flags[at]), np.arange(80), resamples=300)
    together = figure(lambda at: share(flags[at]), np.repeat(np.arange(4), 20), resamples=300)
    assert None not in (apart.low, apart.high, together.low, together.high)
    assert together.high - together.low > 2 * (apart.high - apart.low)  # type: ignore[operator]  # asserted above


def test_none_of_few_is_not_certainly_none() -> None:
    """No alarm in sixteen talks leaves up to a fifth open: the exact bound stands in for the resamples."""
    flags = np.zeros(16, dtype=bool)
    found = figure(lambda at: share(flags[at]), np.arange(16), share_of=np.ones(16, dtype=bool))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 16))


def test_all_of_one_cluster_bounds_by_clusters_not_by_talks() -> None:
    """Fifty talks of two clusters are two draws."""
    flags = np.ones(50, dtype=bool)
    found = figure(lambda at: share(flags[at]), np.repeat([0, 1], 25), share_of=flags)
    assert (found.value, found.high, found.n) == (1.0, 1.0, 50)
    assert found.low == pytest.approx(0.025**0.5)


def test_one_cluster_gives_no_interval() -> None:
    """Resampling a single cluster would feign certainty."""
    found = figure(lambda at: float(len(at)), np.zeros(5), resamples=50)
    assert (found.value, found.low, found.high, found.n) == (5.0, None, None, 5)


def test_nothing_to_measure_is_a_figure_without_value() -> None:
    """No talk, no value, no error."""
    found = figure(share, NOBODY, share_of=NOBODY.astype(bool))
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
