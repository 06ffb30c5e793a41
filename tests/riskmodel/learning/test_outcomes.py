"""What labels come to, and what a talk then counts for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.learning.outcomes import Given, effective, outcome, weights

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def labels(*told: tuple[str, str], first: float | None = None) -> list[Given]:
    """Labels of these people, an hour apart; the first may have been picked by chance."""
    return [
        Given(label, by, NOW + timedelta(hours=place), first if place == 0 else None)
        for place, (label, by) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("told", "label", "contradicted"),
    [
        ([("abusive", "a")], "abusive", False),
        ([("abusive", "a"), ("legit_complaint", "a")], "legit_complaint", False),
        ([("abusive", "a"), ("legit_complaint", "b")], None, True),
        ([("abusive", "a"), ("legit_complaint", "b"), ("abusive", "a")], None, True),
        ([("abusive", "a"), ("legit_complaint", "b"), ("abusive", "c")], "abusive", False),
        ([("abusive", "a"), ("legit_complaint", "b"), ("benign", "c")], "benign", False),
        ([("benign", "a"), ("legit_complaint", "b")], "legit_complaint", False),
        ([("unclear", "a")], None, False),
        ([("abusive", "a"), ("unclear", "b")], "abusive", False),
        ([("abusive", "a"), ("unclear", "a")], None, False),
    ],
)
def test_most_people_decide_and_never_whoever_came_last(
    told: list[tuple[str, str]], label: str | None, contradicted: bool
) -> None:
    """Of each the latest label; as many against as many is no outcome, and unclear is no vote."""
    found = outcome(labels(*told))
    assert (found.label, found.contradicted) == (label, contradicted)


def test_a_second_look_does_not_say_why_the_talk_was_looked_at() -> None:
    """The first label does; the time is that of the label that counts."""
    picked = outcome(labels(("benign", "a"), ("benign", "b"), first=0.005))
    assert (picked.probability, picked.by, picked.at) == (0.005, "b", NOW + timedelta(hours=1))
    second = [Given("abusive", "a", NOW), Given("abusive", "b", NOW, 0.1)]
    assert outcome(second).probability is None


def test_what_the_platform_decided_last_is_known() -> None:
    """Also where a later label says nothing of it."""
    told = [Given("abusive", "a", NOW, platform_decision="upheld"), Given("abusive", "b", NOW)]
    assert outcome(told).platform_decision == "upheld"


def test_weights_bring_back_what_sampling_left_out() -> None:
    """Abuse that is seldom held and seldom sampled is estimated without bias, where no weight is clipped."""
    rng = np.random.default_rng(5)
    abusive = rng.random(200_000) < 0.02
    held = rng.random(len(abusive)) < np.where(abusive, 0.4, 0.01)
    picked = ~held & (rng.random(len(abusive)) < 0.1)
    looked = held | picked
    weight = weights([None if each else 0.1 for each in held[looked]])
    estimate = (weight * abusive[looked]).sum() / weight.sum()
    assert abs(estimate - abusive.mean()) < 0.002
    assert abusive[held].mean() > 0.4, "what held talks alone would say"


@given(st.lists(st.none() | st.floats(1e-6, 1), min_size=1))
def test_weights_are_bounded(probabilities: list[float | None]) -> None:
    """By 1 and by where they are clipped; they never say as much as more talks than there are."""
    found = weights(probabilities, 30.0)
    assert ((found >= 1) & (found <= 30)).all()
    assert 0 < effective(found) <= len(found) * (1 + 1e-9)
