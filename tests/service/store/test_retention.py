"""What need not be kept is deleted, and the record stays whole: its chain, its heads and the proofs of other talks."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from record_case import Case, leaf_of, message, order
from service_time import NOW
from sqlalchemy import func, select

from riskmodel.errors import BaitwatchError
from service.store.access import find_or_make_shop, log_access
from service.store.audit import ERASED
from service.store.merkle import is_included
from service.store.retention import count_past, erase, erasures, forget_accesses, of_buyer, past_retention
from service.store.schema import access_log, assessments, conversations, entries, labels, messages, orders
from service.store.seal import prove
from service.store.talks import Talk


def erased(case: Case, talk: Talk, *, minutes: int = 10, unless_changed: bool = False) -> bool:
    with case.store.writing() as connection:
        return erase(
            connection, case.keyring, talk, "tests", NOW + timedelta(minutes=minutes), unless_changed=unless_changed
        )


def of(case: Case, buyer: str) -> list[str]:
    with case.store.reading() as connection:
        return [talk.conversation_id for talk in of_buyer(connection, case.keyring, case.shop, buyer)]


def test_all_contents_go_and_the_record_stays(case: Case) -> None:
    """Words, orders, facts, assessments and labels are gone; entries are there, and one says that it was erased."""
    talk = case.add("t", [message(1), order()], buyer="张三")
    other = case.add("u", [message(1)], buyer="李四")
    case.label(talk, "理由")
    assert erased(case, talk)
    assert [row.id for row in case.rows(conversations)] == [other.id]
    counts = {table.name: len(case.rows(table)) for table in (messages, orders, assessments, labels)}
    assert counts == {"messages": 1, "orders": 0, "assessments": 1, "labels": 0}
    assert [row.kind for row in case.rows(entries) if row.talk == talk.talk] == ["message", "order", ERASED]
    (noted,) = case.rows(access_log)
    assert (noted.actor, noted.action, noted.talk) == ("tests", ERASED, talk.talk)
    assert case.findings() == []
    case.seal()
    assert case.findings() == []


def test_proofs_of_before_still_hold(case: Case) -> None:
    """A head that was signed before an erasure, and one after it, vouch for the entries of every talk."""
    mine, theirs = case.add("t", [message(1), message(2)]), case.add("u", [message(1)])
    first = case.seal()
    assert erased(case, mine)
    second = case.seal(1)
    assert (first.size, second.size) == (3, 4)
    rows = {(row.talk, row.position): row for row in case.rows(entries)}
    with case.store.reading() as connection:
        for head in (first, second):
            for talk in (mine, theirs):
                for position, (place, proof) in prove(connection, case.shop, talk.talk, head.size).items():
                    assert is_included(leaf_of(rows[talk.talk, position]), place, head.size, proof, head.root)
    assert case.findings() == []


def test_what_was_erased_cannot_be_put_in_doubt(case: Case) -> None:
    """Without the entry that says so, contents that are missing are a finding."""
    talk = case.add("t", [message(1)])
    case.seal()
    assert erased(case, talk)
    case.run(entries.delete().where(entries.c.kind == ERASED))
    (found,) = case.findings()
    assert found.what == "the conversation of this entry is missing"


def test_talks_past_their_time_are_found_by_their_last_change(case: Case) -> None:
    """The oldest first; a talk that went on is young again."""
    for days, name in ((40, "b"), (50, "a"), (10, "c"), (60, "d")):
        case.add(name, [message(1)], now=NOW - timedelta(days=days))
    case.add("d", [message(2)], now=NOW)
    with case.store.reading() as connection:
        found = [talk.conversation_id for talk in past_retention(connection, case.shop, 30, NOW)]
        assert found == ["a", "b"]
        assert count_past(connection, case.shop, 30, NOW) == 2
        assert past_retention(connection, case.shop, 50, NOW) == [], "exactly at its limit a talk is kept"
        for wrong in (0, -1, 36_501):
            with pytest.raises(BaitwatchError, match="1 to 36500 days"):
                past_retention(connection, case.shop, wrong, NOW)


def test_a_talk_that_has_gone_on_is_not_past_its_time(case: Case) -> None:
    """A message that came after the talk was found keeps it; on a buyer's request it goes all the same."""
    found = case.add("t", [message(1)], now=NOW - timedelta(days=40))
    case.add("t", [message(2)])
    assert not erased(case, found, unless_changed=True)
    assert len(case.rows(messages)) == 2
    assert erased(case, found)
    assert case.rows(messages) == []
    assert case.findings() == []


def test_a_buyers_talks_are_found_in_one_shop(case: Case) -> None:
    """By the id that they were sent with, and no others."""
    case.add("t", [message(1)], buyer="张三")
    case.add("u", [message(1)], buyer="李四")
    case.add("v", [message(1)])
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    case.shop, mine = other, case.shop
    case.add("w", [message(1)], buyer="张三")
    assert of(case, "张三") == ["w"]
    case.shop = mine
    assert [of(case, name) for name in ("张三", "李四", "王五", "")] == [["t"], ["u"], [], []]


def test_a_late_message_begins_a_new_talk(case: Case) -> None:
    """After an erasure the same conversation_id is another talk, which knows nothing of the first."""
    before = case.add("t", [message(1), message(2)], buyer="张三")
    assert erased(case, before)
    after = case.add("t", [message(1)])
    assert after.talk != before.talk
    assert (after.entries, after.messages, after.buyer, after.facts) == (1, 1, None, None)
    assert case.findings() == []
    assert not erased(case, before), "the row may have the number of the one before"
    assert len(case.rows(messages)) == 1


def test_erasing_twice_is_erasing_once(case: Case) -> None:
    """Also at once: one entry says so."""
    talk = case.add("t", [message(1)])
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(erased(case, talk))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert not erased(case, talk)
    assert [row.kind for row in case.rows(entries)] == ["message", ERASED]
    assert case.findings() == []


def test_an_erasure_waits_for_a_message_that_is_being_added(case: Case) -> None:
    """Either the message is erased too, or it begins a new talk; the chain is whole in any case."""
    errors: list[Exception] = []

    def write() -> None:
        try:
            for number in range(20):
                case.add("t", [message(number)], buyer="张三")
        except Exception as error:
            errors.append(error)

    case.add("t", [message(99)], buyer="张三")
    writer = threading.Thread(target=write)
    writer.start()
    done = 0
    while writer.is_alive():
        with case.store.reading() as connection:
            found = of_buyer(connection, case.keyring, case.shop, "张三")
        done += sum(erased(case, talk) for talk in found)
    writer.join()
    assert errors == []
    assert case.findings() == []
    kinds = [row.kind for row in case.rows(entries)]
    assert (kinds.count("message"), kinds.count(ERASED)) == (21, done)
    with case.store.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(messages)).scalar_one()
    assert kept == sum(row.messages for row in case.rows(conversations))


def test_erasures_are_noticed_by_a_number(case: Case) -> None:
    """It grows with each, so that other processes forget what they hold."""
    numbers = []
    for name in ("t", "u"):
        with case.store.reading() as connection:
            numbers.append(erasures(connection))
        assert erased(case, case.add(name, [message(1)]))
    with case.store.reading() as connection:
        numbers.append(erasures(connection))
    assert numbers == sorted(set(numbers))


def test_the_access_log_is_kept_as_long(case: Case) -> None:
    """What it says of longer ago goes; another shop's stays."""
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
        for shop, days in ((case.shop, 40), (case.shop, 20), (other, 40)):
            log_access(connection, shop, "key 1", "read", at=NOW - timedelta(days=days))
        assert forget_accesses(connection, case.shop, 30, NOW) == 1
    assert len(case.rows(access_log)) == 2
