"""Groups beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.evaluation.disparity import disparities, with_traits
from riskmodel.evaluation.talks import Measured
from riskmodel.synthesis import generate, written_chats


def talk(number: int, group: str | None, action: int, label: str = "benign") -> Measured:
    groups = {} if group is None else {"region": group}
    return Measured(label, (), f"c{number}", np.array([0.5]), np.array([action]), groups=groups)


def test_ratio_and_difference_of_shares() -> None:
    """Half beside a quarter: twice as many, and a quarter more; whose group is unknown counts nowhere."""
    talks = [talk(i, "remote", i % 2) for i in range(40)] + [talk(40 + i, "other", int(i % 4 == 0)) for i in range(40)]
    other, remote = disparities([*talks, talk(99, None, 3)], resamples=200)
    assert (remote.group, remote.n) == ("remote", 40)
    assert remote.ratio.value == pytest.approx(2.0)
    assert remote.difference.value == pytest.approx(0.25)
    assert remote.ratio.low < 2.0 < remote.ratio.high
    assert other.ratio.value == pytest.approx(0.5)
    assert other.difference.value == pytest.approx(-0.25)


def test_kinds_of_talks_are_kept_apart() -> None:
    """Abusive talks are no false alarms, and others are nothing that was found."""
    talks = [talk(i, group, 1, "abusive") for i, group in enumerate(["remote", "other"] * 10)]
    assert disparities(talks, resamples=100) == []
    assert {row.n for row in disparities(talks, abusive=True, resamples=100)} == {10}


def test_no_alarms_among_the_others_make_no_ratio() -> None:
    """Nothing is divided by nothing; the difference still stands."""
    talks = [talk(i, "remote", 1) for i in range(10)] + [talk(10 + i, "other", 0) for i in range(10)]
    remote = disparities(talks, resamples=100)[1]
    assert remote.ratio.value is None
    assert remote.difference.value == 1.0


def test_a_group_without_alarms_has_a_ratio_and_no_interval() -> None:
    """It is 0 in every resample, which would pass for certainty."""
    talks = [talk(i, "remote", 0) for i in range(10)] + [talk(10 + i, "other", i % 2) for i in range(10)]
    ratio = disparities(talks, resamples=200)[1].ratio
    assert (ratio.value, ratio.low, ratio.high) == (0.0, None, None)


def test_talks_of_one_story_make_the_interval_wider() -> None:
    """Eighty talks of eight stories, each alarmed wholly or not at all, say less than eighty of their own."""
    talks = [talk(i, "remote" if i % 2 else "other", int(i % 8 in (1, 3))) for i in range(80)]
    alike = [replace(one, cluster=f"s{i % 8}") for i, one in enumerate(talks)]
    single, few = (disparities(each, resamples=300)[1].difference for each in (talks, alike))
    assert single.value == few.value == 0.5
    assert few.high - few.low > 1.5 * (single.high - single.low)


def test_only_the_advice_asked_for_counts() -> None:
    """A talk that was at most to be clarified is no alarm at hold."""
    talks = [talk(i, "remote" if i % 2 else "other", 1) for i in range(20)]
    assert disparities(talks, "hold", resamples=100)[0].difference.value == 0.0
    assert disparities(talks, "hold", resamples=100)[0].ratio.value is None


def test_traits_are_of_the_account_and_of_the_typing() -> None:
    """Generated talks have a script, a way of typing and a spelling; chats written whole have not."""
    chats = [*generate(60, seed=2), *written_chats()[:2]]
    measured = [talk(i, "other", 0) for i in range(len(chats))]
    found = with_traits(measured, chats)
    for chat, one in zip(chats, found, strict=True):
        assert one.groups["region"] == "other"
        assert ("script" in one.groups) == (not chat.written)
        assert ("traditional" in chat.styles) == (one.groups.get("script") == "traditional")
        age = (chat.conversation.get("buyer") or {}).get("account_age_days")
        assert ("account" in one.groups) == (age is not None)
    assert {one.groups.get("account") for one in found} == {None, "older", "under half a year"}
