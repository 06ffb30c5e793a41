"""What the store has for learning, as of a moment."""

from __future__ import annotations

from datetime import timedelta

from record_case import Case, message, order
from service_time import NOW

from service.learning import labelled_talks
from service.store.reviews import ReviewStore


def label(case: Case, name: str, said: str, hours: int, **more: object) -> None:
    with case.store.writing() as connection:
        stored = ReviewStore(connection, case.keyring, case.shop)
        stored.add_label(name, said, by="user 1", now=NOW + timedelta(hours=hours), **more)


def known(case: Case, hours: int) -> list[tuple[str, int, list[str], list[str]]]:
    """Talk, how many messages, how its orders stand, and its labels, as of so many hours."""
    with case.store.reading() as connection:
        found = labelled_talks(connection, case.keyring, case.shop, NOW + timedelta(hours=hours))
    return [
        (
            talk.conversation["conversation_id"],
            len(talk.conversation["messages"]),
            [each["status"] for each in talk.conversation.get("orders", [])],
            [each.label for each in talk.given],
        )
        for talk in found
    ]


def test_what_came_later_is_not_known(case: Case) -> None:
    """Messages, forms of orders and labels that arrived after the moment; asked again later, the answer is the same."""
    case.add("t", [message(1), order()])
    case.add("other", [message(1)])
    label(case, "t", "abusive", 1)
    before = known(case, 1)
    case.add("t", [message(2), order("shipped")], now=NOW + timedelta(hours=2))
    label(case, "t", "legit_complaint", 3)
    assert known(case, 0) == []
    assert before == known(case, 1) == [("t", 1, ["paid"], ["abusive"])]
    assert known(case, 3) == [("t", 2, ["shipped"], ["abusive", "legit_complaint"])]


def test_a_label_is_of_when_it_was_given_and_known_since_it_was_stored(case: Case) -> None:
    """A file of old labels does not change what was known before it came."""
    case.add("t", [message(1)])
    given = NOW - timedelta(days=30)
    label(case, "t", "benign", 5, decided_at=given)
    assert known(case, 4) == []
    with case.store.reading() as connection:
        (talk,) = labelled_talks(connection, case.keyring, case.shop, NOW + timedelta(hours=5))
    assert [each.at for each in talk.given] == [given]


def test_only_talks_of_the_shop(case: Case) -> None:
    """Another one has none."""
    case.add("t", [message(1)])
    label(case, "t", "benign", 1)
    with case.store.reading() as connection:
        assert labelled_talks(connection, case.keyring, case.shop + 1, NOW + timedelta(hours=9)) == []
