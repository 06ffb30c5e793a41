"""The report: its counts are right, and no figure goes without n, interval, split and the note."""

import json

import numpy as np
import pytest
from measured_talks import measured, talk

from riskmodel.evaluation import NOTE, Report, summarise


@pytest.fixture(scope="module")
def report() -> Report:
    return summarise(measured(), split="a test of the report", resamples=100)


def test_shares_reached_count_each_advice_or_a_stronger_one(report: Report) -> None:
    """Of thirteen abusive talks all reach clarify, eight hold and three escalate."""
    values = {
        group: [row[advice].value for advice in ("clarify", "hold", "escalate")]
        for group, row in report.reached.items()
    }
    assert values["abusive"] == pytest.approx([1.0, 8 / 13, 3 / 13])
    assert values["benign"] == [0.0, 0.0, 0.0]
    assert values["legit_complaint"] == [0.5, 0.5, 0.0]
    assert values["not_abusive"] == pytest.approx([1 / 22, 1 / 22, 0.0])
    assert report.talks == {"abusive": 13, "benign": 20, "legit_complaint": 2}


def test_only_a_warning_before_the_commitment_counts(report: Report) -> None:
    """Half of the baits commit at the second message, where the warning comes too late; sales commit to nothing."""
    warned, held = report.figures["clarify_before_commitment"], report.figures["hold_before_commitment"]
    assert (warned.value, warned.n) == (0.5, 10)
    assert (held.value, held.n) == (0.2, 10)
    assert (report.figures["lead_messages"].value, report.figures["lead_messages"].n) == (1.0, 5)


def test_recall_is_of_the_abusive_talks(report: Report) -> None:
    """No alarm is allowed of 22 others: the complaint at hold sets the threshold, and three sales pass it."""
    assert report.figures["recall_at_0.01"].value == pytest.approx(3 / 13)
    assert report.figures["recall_at_0.01"].n == 13


def test_a_pattern_has_a_rate_only_from_ten_talks_up(report: Report) -> None:
    """Ten baits give a rate, three sales are only counted."""
    bait, sale = report.patterns
    assert (bait.pattern, bait.n, bait.clarify, bait.hold, bait.rate_hold) == ("promise_bait", 10, 10, 5, 0.5)
    assert (sale.pattern, sale.n, sale.hold, sale.rate_clarify, sale.rate_hold) == (
        "review_extortion",
        3,
        3,
        None,
        None,
    )


def test_worst_families_come_first_and_silent_ones_are_left_out(report: Report) -> None:
    """The bait that is held least leads; of the others only the family with an alarm is named."""
    assert [row.family for row in report.missed] == ["bait.1", "bait.0", "sale"]
    assert [(row.family, row.hold, row.n) for row in report.alarmed] == [("angry", 0.5, 2)]


def test_no_more_than_ten_families_are_named() -> None:
    """Twelve alarmed families are cut to the worst ten."""
    many = [talk(i, "benign", 1, family=f"family.{i}") for i in range(12)] + [talk(19, "abusive", 3, family="a")]
    assert len(summarise(many, split="a test", resamples=10).alarmed) == 10


def test_a_stopped_reply_counts_as_a_warning() -> None:
    """Of four commitments one was warned of, one stopped by the reply check, one both; the last was neither."""
    talks = [
        talk(0, "abusive", 1, 0, commitment=1, stopped=False),
        talk(1, "abusive", 0, 0, commitment=1, stopped=True),
        talk(2, "abusive", 1, 0, commitment=1, stopped=True),
        talk(3, "abusive", 0, 0, commitment=1, stopped=False),
        talk(4, "benign", 0, 0, commitment=1, stopped=True),
    ]
    found = summarise(talks, split="a test", resamples=10).figures["stopped_before_commitment"]
    assert (found.value, found.n) == (0.75, 4)


def test_baselines_stand_beside_the_model() -> None:
    """A baseline is measured on the same talks as the model, which comes first; without one there is no table."""
    talks = [talk(0, "abusive", 3), talk(1, "abusive", 2), talk(2, "benign", 0), talk(3, "benign", 1)]
    report = summarise(talks, split="a test", resamples=10, baselines={"keywords": np.array([0.0, 0.0, 1.0, 1.0])})
    assert [(row.name, row.auc.value) for row in report.baselines] == [
        ("model_last", 1.0),
        ("model_peak", 1.0),
        ("keywords", 0.0),
    ]
    assert summarise(talks, split="a test", resamples=10).baselines == []


def test_twins_count_once_and_a_tie_is_wrong() -> None:
    """Three twins: one right and named from both sides, one tied, one the wrong way round."""
    talks = [
        talk(0, "abusive", 2, twin=1),
        talk(1, "benign", 1, twin=0),
        talk(2, "abusive", 1),
        talk(3, "benign", 1, twin=2),
        talk(4, "abusive", 0),
        talk(5, "benign", 1, twin=4),
    ]
    found = summarise(talks, split="a test", resamples=100).figures["twin_order"]
    assert found.value == pytest.approx(1 / 3)
    assert found.n == 3


def test_every_figure_carries_n_interval_split_and_the_note(report: Report) -> None:
    """The JSON says what was measured on what, how far to trust it, and that no chat is real."""
    document = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert document["split"] == "a test of the report"
    assert document["note"] == NOTE
    assert "synthetic or written by hand" in NOTE
    assert "95 %" in document["interval"]
    assert "pairs of scenario families" in document["interval"]
    figures = [*document["figures"].values(), *(row[advice] for row in document["reached"].values() for advice in row)]
    for found in figures:
        assert set(found) == {"value", "low", "high", "n"}
        assert found["n"] == 0 or found["low"] <= found["value"] <= found["high"]
    assert sum(item["weight"] for item in document["reliability"]) == pytest.approx(1.0)


def test_calibration_is_stated_at_the_prevalence_of_the_model() -> None:
    """A model that states risks for another share of abuse is compared with that share."""
    rare, common = (summarise(measured(), split="a test", resamples=10, prevalence=share) for share in (0.02, 0.5))
    assert (rare.prevalence, common.prevalence) == (0.02, 0.5)
    assert sum(item.observed * item.weight for item in rare.reliability) == pytest.approx(0.02)
    assert rare.figures["calibration_error"] != common.figures["calibration_error"]


def test_talks_without_families_are_resampled_one_by_one_and_name_none() -> None:
    """A hand-written file has no families."""
    found = summarise([talk(0, "abusive", 1), talk(1, "benign", 0)], split="a file", resamples=10)
    assert "over talks" in found.interval
    assert (found.missed, found.alarmed) == ([], [])


def test_the_same_seed_gives_the_same_report() -> None:
    """Nothing in it depends on anything but talks and seed."""
    first, again = (summarise(measured(), split="a test", seed=4, resamples=20).as_json() for _ in range(2))
    assert first == again
    assert first != summarise(measured(), split="a test", seed=5, resamples=20).as_json()
