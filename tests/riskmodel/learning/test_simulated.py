"""Invented labels of a simulated shop."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from riskmodel.learning.simulated import Habits, began, look_at
from riskmodel.synthesis import generate

CHATS = list(generate(300, seed=3))
HELD = np.arange(len(CHATS)) % 5 == 0


def test_all_held_talks_are_looked_at_and_some_others_by_chance() -> None:
    """Held ones without a probability, the others with that of the sample, which is about their share."""
    looked = look_at(CHATS, HELD, Habits(sample=0.2), seed=1)
    by_place = dict(zip(looked.places.tolist(), looked.talks, strict=True))
    for place in np.flatnonzero(HELD).tolist():
        assert by_place[place].given[0].probability is None
    picked = [place for place in by_place if not HELD[place]]
    assert all(by_place[place].given[0].probability == 0.2 for place in picked)
    assert 0.1 < len(picked) / (~HELD).sum() < 0.3


def test_labels_come_after_their_talks_and_are_seldom_wrong() -> None:
    """No label before its talk's last message; so many as stated say the opposite."""
    looked = look_at(CHATS, np.ones(len(CHATS), dtype=bool), Habits(mistaken=0.1))
    wrong = 0
    for place, talk, start in zip(looked.places.tolist(), looked.talks, looked.began, strict=True):
        chat, (given,) = CHATS[place], talk.given
        assert start == began(chat)
        assert given.at >= datetime.fromisoformat(chat.conversation["messages"][-1]["sent_at"])
        assert given.by in Habits().people
        wrong += (given.label == "abusive") != (chat.label == "abusive")
        if (given.label == "abusive") == (chat.label == "abusive"):
            assert given.label == chat.label
    assert 10 <= wrong <= 50


def test_without_mistakes_labels_are_true() -> None:
    """And the delay is drawn about its mean."""
    looked = look_at(CHATS, np.ones(len(CHATS), dtype=bool), Habits(mistaken=0.0, delay=timedelta(days=4)))
    assert [talk.given[0].label for talk in looked.talks] == [chat.label for chat in CHATS]
    last = [datetime.fromisoformat(chat.conversation["messages"][-1]["sent_at"]) for chat in CHATS]
    days = [(talk.given[0].at - at).total_seconds() / 86400 for talk, at in zip(looked.talks, last, strict=True)]
    assert 3 < np.mean(days) < 5


def test_one_talk_does_not_hang_on_the_others() -> None:
    """Half of the talks are labelled as they are among all of them; another seed picks others."""
    whole, half = look_at(CHATS, HELD), look_at(CHATS[:150], HELD[:150])
    assert whole.talks[: len(half.talks)] == half.talks
    assert look_at(CHATS, HELD, seed=9).places.tolist() != whole.places.tolist()
