"""The queue of what waits for somebody to decide: what is in it, why, since when, and in what order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from record_case import Case
from service_time import NOW
from sqlalchemy import insert

from service.store import reviews as module
from service.store.drafts import Draft, write
from service.store.reviews import ReviewStore
from service.store.schema import assessments
from service.store.talks import Talk, TalkStore
from service.store.waiting import waiting_talks


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


def add(case: Case, name: str, band: str, *actions: str) -> Talk:
    """A talk whose advice was each of these in turn, an hour apart."""
    with case.store.writing() as connection:
        blank = TalkStore(connection, case.keyring, case.shop).find_or_begin(name)
        write(connection, case.keyring, Draft(blank, [], {"risk": 0.5, "band": band, "action": actions[-1]}), NOW)
        found = TalkStore(connection, case.keyring, case.shop).find(name)
        assert found is not None
        for position, action in enumerate(actions):
            row = {"talk_id": found.id, "position": position, "risk": 0.5, "band": band, "action": action}
            more = {"model": "m", "content": {}, "made_at": hours(position)}
            connection.execute(insert(assessments), row | more)
    return found


def waiting(case: Case) -> list[tuple[str, str]]:
    with case.store.reading() as connection:
        return [(each.talk.conversation_id, each.why) for each in waiting_talks(connection, case.shop, limit=9)]


def decide(case: Case, name: str, outcome: str, by: str) -> None:
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        stored.decide(name, outcome, by=by, now=hours(9), reason="读过原话")


def test_held_talks_wait_the_most_urgent_first(case: Case) -> None:
    """By band, escalated before held, in each who has waited longest; what was decided or may go on does not wait."""
    add(case, "late", "high", "proceed", "hold")
    add(case, "early", "high", "hold", "hold")
    add(case, "handed", "high", "proceed", "escalate")
    add(case, "critical", "critical", "proceed", "proceed", "hold")
    add(case, "free", "critical", "hold", "proceed")
    add(case, "done", "critical", "escalate")
    decide(case, "done", "legit_complaint", "user 1")
    assert waiting(case) == [(name, "held") for name in ("critical", "handed", "early", "late")]


def test_a_talk_waits_since_it_was_held_without_a_break(case: Case) -> None:
    """Facts alone can hold a talk: then since it changed."""
    add(case, "t", "high", "hold", "proceed", "hold", "escalate")
    add(case, "facts", "high", "proceed", "proceed")
    with case.store.writing() as connection:
        talk = TalkStore(connection, case.keyring, case.shop).find("facts")
        assert talk is not None
        write(connection, case.keyring, Draft(talk, [], {"risk": 0.5, "band": "high", "action": "hold"}), hours(5))
    with case.store.reading() as connection:
        found = {each.talk.conversation_id: each.since for each in waiting_talks(connection, case.shop, limit=9)}
    assert found == {"t": hours(2), "facts": hours(5)}


def test_what_was_asked_for_waits_whatever_the_advice(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each talk; what chance drew comes last, and what came to two decisions stays until it is settled."""
    monkeypatch.setattr(module, "all_with_right", lambda *_: {"user 1", "user 2"})
    monkeypatch.setattr(module, "SHARE", 0.0)
    asked, held = add(case, "asked", "low", "proceed"), add(case, "held", "critical", "hold")
    add(case, "drawn", "high", "hold")
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        for talk in (asked, held):
            assert stored.ask(talk, by="user 3", now=hours(9))
    monkeypatch.setattr(module, "SHARE", 1.0)
    decide(case, "drawn", "abusive", "user 1")
    assert waiting(case) == [("held", "asked"), ("asked", "asked"), ("drawn", "drawn")]
    decide(case, "drawn", "legit_complaint", "user 2")
    assert waiting(case) == [("held", "asked"), ("drawn", "differs"), ("asked", "asked")]
    decide(case, "drawn", "legit_complaint", "user 1")
    assert waiting(case) == [("held", "asked"), ("asked", "asked")]


def test_labels_that_contradict_one_another_wait_for_one_more(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of programs and files; until most people say the same, and not because somebody came last."""
    monkeypatch.setattr(module, "SHARE", 0.0)
    add(case, "t", "low", "proceed")

    def label(name: str, by: str) -> None:
        with case.store.writing() as connection:
            stored = ReviewStore(connection, case.keyring, case.shop)
            stored.add_label("t", name, by=by, now=hours(9))

    for name, by, waits in (
        ("legit_complaint", "key 1", False),
        ("benign", "key 2", False),
        ("abusive", "file 小陈", False),  # two against one
        ("abusive", "file 小李", True),
        ("unclear", "key 3", True),
        ("abusive", "key 3", False),
    ):
        label(name, by)
        assert waiting(case) == ([("t", "differs")] if waits else [])


def test_two_who_contradict_each_other_wait_until_a_third_decides(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """To say the same again settles nothing."""
    monkeypatch.setattr(module, "SHARE", 0.0)
    add(case, "t", "critical", "proceed")
    for outcome, by, waits in (
        ("abusive", "user 1", False),
        ("legit_complaint", "user 2", True),
        ("abusive", "user 1", True),
        ("legit_complaint", "user 3", False),
    ):
        decide(case, "t", outcome, by)
        assert waiting(case) == ([("t", "differs")] if waits else [])
