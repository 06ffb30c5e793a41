"""Measured talks for tests of the report and its page."""

import numpy as np

from riskmodel.evaluation import Measured

__all__ = ["HOLD", "measured", "talk"]

HOLD = 2


def talk(number: int, label: str, *actions: int, **rest: object) -> Measured:
    """A talk that went through these actions, with a risk that follows them."""
    risks = np.array([0.05 + 0.3 * action for action in actions])
    given = {"patterns": (), "cluster": f"c{number}", "risks": risks, "actions": np.array(actions), **rest}
    return Measured(label=label, **given)  # type: ignore[arg-type]  # keywords of a test


def measured() -> list[Measured]:
    """Ten bait talks (five at hold), three sales at escalate, twenty calm ones, two complaints (one at hold)."""
    baits = [
        talk(
            i,
            "abusive",
            0,
            HOLD if i < 5 else 1,
            0,
            patterns=("promise_bait",),
            family=f"bait.{i % 2}",
            commitment=1 + i % 2,
        )
        for i in range(10)
    ]
    sales = [talk(i, "abusive", 3, patterns=("review_extortion",), family="sale") for i in range(10, 13)]
    calm = [talk(i, "benign", 0, 0, family="calm") for i in range(13, 33)]
    angry = [talk(33, "legit_complaint", 0, HOLD, family="angry"), talk(34, "legit_complaint", 0, family="angry")]
    return [*baits, *sales, *calm, *angry]
