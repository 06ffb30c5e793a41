"""Recall estimated from risks alone: right where its assumptions hold, and its interval is of chance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from riskmodel.monitoring.expected import expected_recall, prevalence_of

STATED = 0.1


def stream(prevalence: float, n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Risks that are calibrated at the stated prevalence, and which talks are abusive."""
    rng = np.random.default_rng(seed)
    abusive = rng.random(n) < prevalence
    # log-odds of two normal classes two apart: the likelihood ratio at x is exp(2x - 2)
    x = rng.normal(np.where(abusive, 2.0, 0.0), 1.0)
    log_odds = 2 * x - 2 + np.log(STATED / (1 - STATED))
    return 1 / (1 + np.exp(-log_odds)), abusive


@pytest.mark.parametrize("prevalence", [0.3, 0.1, 0.02])
def test_it_finds_the_recall_and_the_prevalence_of_a_shop(prevalence: float) -> None:
    """Though no talk is labelled and abuse is more or less common than stated."""
    risks, abusive = stream(prevalence, 40_000)
    held = risks > 0.5
    found = expected_recall(risks, held, STATED)
    assert found.recall.value == pytest.approx(held[abusive].mean(), abs=0.05)
    assert prevalence_of(risks, STATED) == pytest.approx(prevalence, rel=0.15)


def test_its_interval_holds_the_estimate_of_many_streams() -> None:
    """About 95 in 100 do: of the estimate's own mean, since its assumptions hold here."""
    of_all = expected_recall(*_held(200_000, 99), STATED).recall.value
    assert of_all is not None
    covered = 0
    for seed in range(60):
        figure = expected_recall(*_held(2_000, seed), STATED).recall
        assert figure.low is not None
        assert figure.high is not None
        covered += figure.low <= of_all <= figure.high
    assert covered >= 50


def test_abuse_that_gets_low_risks_is_not_seen() -> None:
    """A new pattern, to which the model is blind, moves the true recall and not the estimate: as its text warns."""
    risks, abusive = stream(0.05, 20_000)
    blind = np.full(1_000, float(risks[~abusive].min()))
    held = risks > 0.5
    before = expected_recall(risks, held, STATED).recall.value
    after = expected_recall(np.concatenate([risks, blind]), np.concatenate([held, blind > 0.5]), STATED).recall.value
    assert before is not None
    assert after == pytest.approx(before, abs=0.03)
    assert held[abusive].sum() / (abusive.sum() + len(blind)) < before / 1.5


def test_no_talks_no_figure() -> None:
    """It is empty, not zero."""
    assert expected_recall(np.zeros(0), np.zeros(0, dtype=bool), STATED).recall.value is None


def _held(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    risks, _ = stream(0.1, n, seed)
    return risks, risks > 0.5
