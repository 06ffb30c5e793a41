"""Rule 8: reasons add up, exactly, without sampling."""

from __future__ import annotations

from math import exp, fsum

import pytest
from hypothesis import given
from strategies import Talk, dialogue, talks

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer


@given(talk=talks())
def test_reasons_add_up_to_the_risk(scorer: Scorer, talk: Talk) -> None:
    """Base and contributions are the log-odds, and the stated calibration makes them the risk."""
    for assessment in [*scorer.trajectory(parse_conversation(talk)), scorer.assess(parse_conversation(talk))]:
        shown = assessment["explanation"]
        total = shown["base_log_odds"] + fsum(reason["contribution"] for reason in assessment["reasons"])
        assert total == pytest.approx(shown["log_odds"], abs=1e-6)
        calibrated = shown["calibration_slope"] * shown["log_odds"] + shown["calibration_offset"]
        assert assessment["risk"] == pytest.approx(1 / (1 + exp(-calibrated)), abs=1e-9)


@given(talk=talks())
def test_strongest_reason_comes_first(scorer: Scorer, talk: Talk) -> None:
    """Reasons are listed by what they weigh, and none of them weighs nothing."""
    weights = [abs(reason["contribution"]) for reason in scorer.assess(parse_conversation(talk))["reasons"]]
    assert weights == sorted(weights, reverse=True)
    assert all(weights)


def test_reasons_for_the_buyer_are_given_too(scorer: Scorer) -> None:
    """What speaks for the buyer stands among the reasons, below zero."""
    talk = dialogue("b:碗到了，这款颜色不错", "a:谢谢亲", "b:就是碎了一个，拍照给你看，补发一个就行，谢谢")
    reasons = scorer.assess(parse_conversation(talk))["reasons"]
    assert any(reason["code"].startswith("care.") and reason["contribution"] < 0 for reason in reasons)
