"""Decisions of people, and second looks at them: who may see what, what chance draws, and what becomes of both."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from people import CHEAP, populate
from record_case import Case, message
from service_time import NOW
from sqlalchemy import select

from service.store import reviews as module
from service.store import users
from service.store.errors import NotFoundError
from service.store.labels import Label
from service.store.retention import erase
from service.store.reviews import Review, ReviewStore
from service.store.schema import access_log, conversations, labels, reviews
from service.store.talks import Talk
from service.store.users import all_with_right, list_users

LATER = NOW + timedelta(hours=1)


class Crew(NamedTuple):
    """Two supervisors and an agent, as the access log names them."""

    first: str
    second: str
    agent: str


@pytest.fixture
def crew(case: Case, monkeypatch: pytest.MonkeyPatch) -> Crew:
    """The people of a shop in which chance draws nothing unless a test says so."""
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    monkeypatch.setattr("people.keyring_of", lambda: case.keyring)
    monkeypatch.setattr(module, "SHARE", 0.0)
    populate(case.store, [("甲店", "一", "supervisor"), ("甲店", "二", "supervisor"), ("甲店", "三", "agent")])
    with case.store.reading() as connection:
        return Crew(*(each.actor for each in list_users(connection, case.keyring, "甲店")))


@pytest.fixture
def talk(case: Case, crew: Crew) -> Talk:
    return case.add("t", [message(1)])


def decide(case: Case, outcome: str, by: str, reason: str = "读过原话") -> Label:
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        return stored.decide("t", outcome, by=by, now=LATER, reason=reason)


def ask(case: Case, talk: Talk, by: str) -> bool:
    with case.store.writing() as connection:
        return ReviewStore(connection, case.keyring, case.shop).ask(talk, by=by, now=LATER)


def looks(case: Case, talk: Talk) -> list[Review]:
    with case.store.reading() as connection:
        return ReviewStore(connection, case.keyring, case.shop).reviews(talk)


def blind(case: Case, talk: Talk, *who: str) -> list[bool]:
    with case.store.reading() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        return [stored.is_blind(talk, each) for each in who]


def test_a_correction_is_kept_beside_what_it_corrects(case: Case, talk: Talk, crew: Crew) -> None:
    """The latest counts; each has who and when, its reason sealed, and is noted as an access."""
    decide(case, "abusive", crew.first, "第一次的理由")
    decide(case, "legit_complaint", crew.first, "更正的理由")
    with case.store.reading() as connection:
        found = ReviewStore(connection, case.keyring, case.shop).decisions(talk)
        noted = connection.execute(select(access_log.c.actor, access_log.c.action, access_log.c.talk)).all()
    told = [(each.label, each.reason, each.made_by, each.made_at) for each in found]
    by = crew.first, LATER
    assert told == [("legit_complaint", "更正的理由", *by), ("abusive", "第一次的理由", *by)]
    assert noted == [(crew.first, "decide", talk.talk)] * 2
    assert all("理由".encode() not in row.reason for row in case.rows(labels))


def test_a_decision_is_seen_by_open_pages(case: Case, talk: Talk, crew: Crew) -> None:
    """The talk has gone on."""
    decide(case, "unclear", crew.first)
    assert [row.changed_at for row in case.rows(conversations)] == [LATER]


def test_a_second_look_waits_until_somebody_else_decides(case: Case, talk: Talk, crew: Crew) -> None:
    """It is asked for once; neither who asked nor who decided before is done with it; it says whether both agree."""
    decide(case, "abusive", crew.first)
    assert (ask(case, talk, crew.agent), ask(case, talk, crew.first)) == (True, False)
    assert blind(case, talk, crew.first, crew.second, crew.agent) == [False, True, False]
    decide(case, "unclear", crew.first)
    assert [look.label_id for look in looks(case, talk)] == [None]
    label = decide(case, "unclear", crew.second)
    assert [(look.label_id, look.agrees) for look in looks(case, talk)] == [(label.id, True)]
    assert blind(case, talk, crew.second) == [False]
    assert ask(case, talk, crew.agent)


def test_a_first_look_that_was_asked_for_hides_nothing(case: Case, talk: Talk, crew: Crew) -> None:
    """There is nothing to agree with."""
    ask(case, talk, crew.agent)
    assert blind(case, talk, crew.second) == [False]
    decide(case, "abusive", crew.second)
    assert [look.agrees for look in looks(case, talk)] == [None]


def test_chance_draws_a_review_once(case: Case, talk: Talk, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first decision of a person; the second label carries its probability, later ones none."""
    monkeypatch.setattr(module, "SHARE", 1.0)
    decide(case, "abusive", crew.first)
    decide(case, "abusive", crew.first)
    assert [(look.kind, look.probability, look.asked_by) for look in looks(case, talk)] == [("drawn", 1.0, crew.first)]
    assert blind(case, talk, crew.second) == [True]
    assert decide(case, "legit_complaint", crew.second).probability == 1.0
    assert [look.agrees for look in looks(case, talk)] == [False]
    assert decide(case, "unclear", crew.second).probability is None


def test_the_share_that_is_drawn_is_the_one_that_is_stored(
    case: Case, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many talks; which ones they are hangs on the keyring alone."""
    share = 0.1
    monkeypatch.setattr(module, "SHARE", share)
    with case.store.reading() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        names = [f"{number:032x}" for number in range(600)]
        drawn, again = ([stored._is_drawn(Talk(0, 0, "", name), crew.first) for name in names] for _ in range(2))
    assert drawn == again
    assert abs(sum(drawn) / len(drawn) - share) < 0.05  # four standard deviations


def test_nothing_is_drawn_that_nobody_could_review(
    case: Case, talk: Talk, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program's decision is none of a person, and a shop with one supervisor has no second one."""
    monkeypatch.setattr(module, "SHARE", 1.0)
    decide(case, "abusive", "key 1")
    assert looks(case, talk) == []
    with case.store.writing() as connection:
        users.set_disabled(connection, case.keyring, "甲店", "二", NOW, out=True)
        assert all_with_right(connection, case.shop, "decisions") == {crew.first}
        assert len(list_users(connection, case.keyring, "甲店")) == 3
    case.add("other", [message(1)])
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        stored.decide("other", "abusive", by=crew.first, now=LATER, reason="读过")
    assert case.rows(reviews) == []


def test_reviews_go_with_their_talk(case: Case, talk: Talk, crew: Crew) -> None:
    """Erased, nothing of them is left; and there is nothing to decide any more."""
    decide(case, "abusive", crew.first)
    ask(case, talk, crew.agent)
    decide(case, "unclear", crew.second)
    with case.store.writing() as connection:
        assert erase(connection, case.keyring, talk, "test", LATER)
    assert (case.rows(reviews), case.rows(labels)) == ([], [])
    with pytest.raises(NotFoundError):
        decide(case, "unclear", crew.second)
