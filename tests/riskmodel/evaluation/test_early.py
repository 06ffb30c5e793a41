"""Early detection and precision at a share of alerts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.evaluation.early import PREVALENCE, delay, detection_error, precision_at
from riskmodel.evaluation.talks import Measured


def talk(label: str, *actions: int, earliest: int | None = None) -> Measured:
    risks = np.array(actions) / 4
    return Measured(label, (), "c", risks, np.array(actions), earliest=earliest)


def test_a_missed_talk_costs_one_and_a_false_alarm_its_share() -> None:
    """Silence costs one in an abusive talk and nothing elsewhere; an alarm elsewhere costs the prevalence."""
    assert detection_error(talk("abusive", 0, 0), "clarify", after=5) == 1.0
    assert detection_error(talk("benign", 0, 0), "clarify", after=5) == 0.0
    assert detection_error(talk("benign", 0, 1), "clarify", after=5) == PREVALENCE
    assert detection_error(talk("benign", 0, 1), "hold", after=5) == 0.0


def test_a_late_alarm_is_worth_less() -> None:
    """At the stated number of messages an alarm has lost half of its worth."""
    errors = [detection_error(talk("abusive", *[0] * wait, 2), "clarify", after=5) for wait in range(12)]
    assert errors == sorted(errors)
    assert errors[4] == pytest.approx(0.5)
    assert 0 < errors[0] < 0.05


def test_delay_counts_from_the_wary_moment() -> None:
    """Messages from where one would slow down to the advice; negative before, none without."""
    assert delay(talk("abusive", 0, 0, 1, earliest=0), "clarify") == 2
    assert delay(talk("abusive", 1, 1, earliest=1), "clarify") == -1
    assert delay(talk("abusive", 1, 1, earliest=1), "hold") is None
    assert delay(talk("benign", 1), "clarify") is None


@given(
    risks=st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=40),
    alerts=st.floats(0.001, 1.0),
    prevalence=st.floats(0.001, 0.5),
)
def test_precision_is_a_share(risks: list[tuple[bool, float]], alerts: float, prevalence: float) -> None:
    """Between none and all; at all talks alarmed it is the prevalence; undefined with one class."""
    abusive = np.array([int(label) for label, _ in risks])
    values = np.array([risk for _, risk in risks])
    found = precision_at(abusive, values, alerts, prevalence=prevalence)
    if len(set(abusive.tolist())) < 2:
        assert np.isnan(found)
        return
    assert -1e-9 <= found <= 1 + 1e-9
    assert precision_at(abusive, values, 1.0, prevalence=prevalence) == pytest.approx(prevalence)


def test_a_perfect_order_fills_the_alerts_with_abuse_first() -> None:
    """With one per cent of alerts and half a per cent of abuse, half of the alerts can be right at best."""
    abusive, risk = np.array([1, 1, 0, 0, 0]), np.array([0.9, 0.8, 0.3, 0.2, 0.1])
    assert precision_at(abusive, risk, 0.01) == pytest.approx(0.5)
