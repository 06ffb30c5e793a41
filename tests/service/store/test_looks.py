"""Random looks: what chance picks, when it is offered, and what its label carries."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from record_case import ASSESSMENT, Case, message
from service_time import NOW
from sqlalchemy import delete, update

from service.store import reviews as module
from service.store.drafts import Addition, Draft, write
from service.store.looks import QUIET, RANDOM
from service.store.reviews import ReviewStore
from service.store.schema import conversations, labels, reviews
from service.store.talks import Talk, TalkStore
from service.store.waiting import waiting_talks

LATER = NOW + QUIET


@pytest.fixture(autouse=True)
def no_second_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARE", 0.0)


def add(case: Case, name: str, looks: float = 1.0, action: str = "proceed") -> Talk:
    """A new talk that chance picks with a probability."""
    said = message(1)
    with case.store.writing() as connection:
        stored = TalkStore(connection, case.keyring, case.shop)
        assessment = {**ASSESSMENT, "action": action}
        addition = Addition("message", "m1", said.model_dump_json().encode(), stored.mark(said), assessment)
        draft = Draft(stored.find_or_begin(name), [addition], assessment)
        talk = write(connection, case.keyring, draft, NOW, looks=looks)
    assert talk is not None
    return talk


def waiting(case: Case, now: datetime = LATER) -> list[tuple[str, str]]:
    with case.store.reading() as connection:
        found = waiting_talks(connection, case.shop, limit=9, now=now)
    return [(each.talk.conversation_id, each.why) for each in found]


def test_the_share_is_drawn_and_stored(case: Case) -> None:
    """Of many new talks about so many, each with its probability; a talk that goes on is not drawn again."""
    share, count = 0.25, 160
    talks = [add(case, f"t{number}", share) for number in range(count)]
    drawn = case.rows(reviews)
    assert abs(len(drawn) / count - share) < 0.15  # more than four standard deviations
    assert {(row.kind, row.probability, row.label_id) for row in drawn} == {(RANDOM, share, None)}
    case.add("t0", [message(2)])
    assert len(case.rows(reviews)) == len(drawn)
    assert len({row.talk_id for row in drawn} & {talk.id for talk in talks}) == len(drawn)


def test_another_share_from_now_on_bends_nothing_that_was_drawn(case: Case) -> None:
    """The probability stays with the draw."""
    add(case, "a", 1.0)
    add(case, "b", 0.0)
    assert [row.probability for row in case.rows(reviews)] == [1.0]


def test_it_is_offered_once_the_talk_is_quiet(case: Case) -> None:
    """Last, as nobody waits for it; then it is labelled with the probability, and done."""
    talk = add(case, "t")
    add(case, "held", 0.0, "hold")
    assert waiting(case, LATER - timedelta(seconds=1)) == [("held", "held")]
    assert waiting(case) == [("held", "held"), ("t", "random")]
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        assert not stored.is_blind(talk, "user 1")
        label = stored.decide("t", "abusive", by="user 1", now=LATER, reason="读过原话")
    assert label.probability == 1.0
    assert waiting(case, LATER + QUIET) == [("held", "held")]
    assert [(row.label_id, row.agrees) for row in case.rows(reviews)] == [(label.id, None)]


def test_a_talk_that_was_held_is_no_random_look(case: Case) -> None:
    """It waits for being held, also if it is let go on; its label stands for itself alone."""
    talk = add(case, "t", 1.0, "hold")
    case.run(update(conversations).where(conversations.c.id == talk.id).values(action="proceed"))
    assert waiting(case) == []
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        assert stored.decide("t", "abusive", by="user 1", now=LATER, reason="读过原话").probability is None


def test_what_was_labelled_is_not_offered(case: Case) -> None:
    """By whomever; and a talk of facts alone has nothing to look at."""
    talk = add(case, "t")
    with case.store.writing() as connection:
        ReviewStore(connection, case.keyring, case.shop).add_label("t", "benign", by="key 1", now=NOW)
    assert waiting(case) == []
    case.run(delete(labels), update(conversations).where(conversations.c.id == talk.id).values(messages=0))
    assert waiting(case) == []


def test_a_look_of_another_shop_is_not_seen(case: Case) -> None:
    """Each shop has its own queue."""
    add(case, "t")
    with case.store.reading() as connection:
        assert waiting_talks(connection, case.shop + 1, limit=9, now=LATER) == []
