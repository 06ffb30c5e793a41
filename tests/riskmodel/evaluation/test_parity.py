"""False alarms by group."""

from __future__ import annotations

import numpy as np

from riskmodel.evaluation.parity import SMALL, groups_of, parity
from riskmodel.evaluation.talks import Measured


def talk(label: str, action: int, **groups: str) -> Measured:
    return Measured(label, (), "c", np.array([0.5]), np.array([action]), groups=groups)


def test_groups_are_read_from_the_conversation() -> None:
    """Remote by any order's province however it is written; unknown facts make no group."""
    remote = {"orders": [{"ship_to": {"province": "新疆维吾尔自治区"}, "payment_method": "cash_on_delivery"}]}
    assert groups_of(remote) == {"platform": "unknown", "region": "remote", "payment": "cash_on_delivery"}
    assert groups_of({"platform": "tmall", "orders": [{"ship_to": None}]}) == {"platform": "tmall"}


def test_only_talks_without_abuse_count() -> None:
    """Abusive talks are no false alarms; each group has its own share, and few talks are marked."""
    talks = [talk("abusive", 3, region="remote"), *[talk("benign", 0, region="remote")] * 3]
    talks += [talk("legit_complaint", 2, region="other"), *[talk("benign", 0, region="other")] * SMALL]
    other, remote = parity(talks)
    assert (other.group, other.n, other.small) == ("other", SMALL + 1, False)
    assert other.hold.value == other.clarify.value == 1 / (SMALL + 1)
    assert (remote.n, remote.hold.value, remote.small) == (3, 0.0, True)
