"""What comes in a simulated year, and what is known of it when."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from riskmodel.gate import load_limits
from riskmodel.learning.simulated import Habits
from riskmodel.learning.year import Labels, World

WORLD = World(60, habits=Habits(sample=0.2))


def test_the_new_pattern_comes_in_its_month_and_no_sooner() -> None:
    """None is in the months before, nor in what a first model or a frozen set is made of; then it is no rarity."""
    assert not any(map(WORLD.is_new, WORLD.before(200, load_limits().generated.seed)))
    assert not any(map(WORLD.is_new, WORLD.month(6)))
    new = sum(map(WORLD.is_new, WORLD.month(7)))
    abusive = sum(chat.label == "abusive" for chat in WORLD.month(7))
    assert 0.1 < new / abusive < 0.5


def test_months_differ_and_come_again_the_same() -> None:
    """By a seed, and no talk is in two months."""
    first, second = WORLD.month(1), WORLD.month(2)
    assert WORLD.month(1) == first
    ids = {chat.conversation["conversation_id"] for chat in [*first, *second]}
    assert len(ids) == len(first) + len(second) == 120


def test_labels_are_known_late() -> None:
    """At the end of a month not those of its last week; a month later nearly all."""
    labels, chats = Labels(WORLD), WORLD.month(1)
    looked = labels.look(1, chats, np.ones(60, dtype=bool))
    assert looked == 60
    then = {talk.conversation["conversation_id"] for talk in labels.known(1)}
    late = {chat.conversation["conversation_id"] for chat in chats[-13:]}
    assert 0 < len(then) < 60
    assert not then & late
    assert len(labels.known(3)) > 55


def test_what_nobody_gets_round_to_is_weighed_for() -> None:
    """Of more held talks than people manage chance picks, and says with which probability."""
    world = WORLD._replace(most=15)
    labels = Labels(world)
    assert labels.look(1, world.month(1), np.ones(60, dtype=bool)) == 15
    assert {talk.given[0].probability for talk in labels.talks} == {0.25}


def test_a_held_talk_that_all_are_looked_at_has_no_probability() -> None:
    """And a talk of the sample that of the sample."""
    labels, held = Labels(WORLD), np.arange(60) < 10
    labels.look(1, WORLD.month(1), held)
    found = [talk.given[0].probability for talk in labels.talks]
    assert found.count(None) == 10
    assert set(found) == {None, 0.2}


def test_no_label_is_given_before_the_week_is_over() -> None:
    """Goods can be returned for seven days."""
    labels = Labels(WORLD)
    labels.look(1, WORLD.month(1), np.ones(60, dtype=bool))
    first = min(talk.given[0].at for talk in labels.talks)
    assert first.timestamp() >= (labels.begin + timedelta(days=7)).timestamp()
