"""The report: its counts are right, and no figure goes without n, interval, split and the note."""

import json

import numpy as np
import pytest

from riskmodel.evaluation import NOTE, Measured, Report, summarise
from riskmodel.evaluation.metrics import Figure


def talk(label: str, *actions: int, number: int = 0, **rest: object) -> Measured:
    """A talk that went through these actions; its risk follows them."""
    risks = np.array([0.05 + 0.3 * action for action in actions])
    return Measured(label, (), f"c{number}", risks, np.array(actions), **rest)  # type: ignore[arg-type]  # test data


def summary(*talks: Measured) -> Report:
    return summarise(talks, split="a test", resamples=100)


@pytest.fixture(scope="module")
def report() -> Report:
    """Ten abusive talks of one pattern, three of another, and others with one alarm at hold."""
    bait = [
        Measured(
            "abusive", ("promise_bait",), f"b{i}", np.array([0.1, 0.2 + 0.05 * i]), np.array([0, 1 + (i > 4)]),
            commitment=1 + i % 2, family=f"bait.{i // 5}",
        )
        for i in range(10)
    ]  # fmt: skip
    sale = [
        Measured("abusive", ("review_extortion",), f"s{i}", np.array([0.9]), np.array([3]), family="sale")
        for i in range(3)
    ]
    calm = [
        talk("benign", 0, 0, number=i, family="calm"),
        talk("benign", 0, 1, number=i, family="asks") if i else talk("benign", 0, 2, family="asks"),
    ] if (i := 0) else [talk("benign", 0, 0, number=n, family="calm") for n in range(20)]  # fmt: skip
    complaint = [talk("legit_complaint", 0, 2, number=30, family="angry"), talk("legit_complaint", 0, number=31, family="angry")]
    return summary(*bait, *sale, *calm, *complaint)


def test_shares_reached_count_each_advice_or_stronger(report: Report) -> None:
    """All reach clarify, eight hold, three escalate; of the two complaints one is at hold."""
    values = {group: [row[advice].value for advice in ("clarify", "hold", "escalate")] for group, row in report.reached.items()}
    assert values["abusive"] == pytest.approx([1.0, 8 / 13, 3 / 13])
    assert values["benign"] == [0.0, 0.0, 0.0]
    assert values["legit_complaint"] == [0.5, 0.5, 0.0]
    assert values["not_abusive"] == pytest.approx([1 / 22, 1 / 22, 0.0])
    assert report.talks == {"abusive": 13, "benign": 20, "legit_complaint": 2}
