"""Whoever guesses waits longer and longer, whichever process counts; whoever knows does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from service_time import NOW
from sqlalchemy import func, select

from service.store import tries
from service.store.engine import Store
from service.store.keyring import Keyring
from service.store.schema import sign_in_tries
from service.store.tries import FIRST_WAIT, FORGOTTEN_AFTER, LONGEST_WAIT, Counted

KEYRING = Keyring.new()
NONE = timedelta(0)


def counted(name: str, free: int = 1, kind: str = "name") -> Counted:
    return Counted.of(KEYRING, kind, name, free)


def attempt(store: Store, *who: Counted, at: datetime = NOW) -> timedelta:
    with store.writing() as connection:
        return tries.attempt(connection, who, at)


def rows(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(sign_in_tries)).scalar_one()


def test_some_failures_are_free_and_then_waits_double(store: Store) -> None:
    """Five, then 2, 4, 8 … seconds, up to five minutes; a try while waiting counts for nothing."""
    who, now = counted("a", 5), NOW
    assert [attempt(store, who) for _ in range(5)] == [NONE] * 5
    waits = []
    for _ in range(10):
        wait = attempt(store, who, at=now)
        assert attempt(store, who, at=now) == wait
        waits.append(wait)
        now += wait
        assert attempt(store, who, at=now) == NONE
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_others_do_not_wait(store: Store) -> None:
    """Each name is counted for itself, and is not taken for an address."""
    attempt(store, counted("a"))
    assert attempt(store, counted("a")) > NONE
    assert attempt(store, counted("b")) == NONE
    assert attempt(store, counted("a", kind="address")) == NONE


def test_a_try_that_has_to_wait_counts_nowhere(store: Store) -> None:
    """Neither for who waits nor for the other who would be counted with it; nothing is written for it."""
    attempt(store, counted("address"), counted("a"))
    for name in "bcd":
        assert attempt(store, counted("address"), counted(name)) > NONE
        assert attempt(store, counted(f"address of {name}"), counted("a")) > NONE
    assert rows(store) == 2
    assert attempt(store, counted("b")) == NONE


def test_success_begins_anew(store: Store) -> None:
    """Whoever knows the password has all free tries again; one that was forgiven was never counted."""
    one, two = counted("a", 2), counted("b", 2)
    for _ in range(2):
        attempt(store, one)
    with store.writing() as connection:
        tries.forget(connection, one)
    assert [attempt(store, one) for _ in range(2)] == [NONE] * 2
    for _ in range(9):
        assert attempt(store, two) == NONE
        with store.writing() as connection:
            tries.forgive(connection, two)
            tries.forgive(connection, two)
    assert [attempt(store, two) for _ in range(2)] == [NONE] * 2
    assert attempt(store, two) > NONE


def test_old_failures_are_forgotten(store: Store) -> None:
    """After an hour without a try, and their rows go when somebody else tries."""
    who, now = counted("a"), NOW
    for _ in range(4):
        now += attempt(store, who, at=now)
    assert attempt(store, who, at=now + FORGOTTEN_AFTER) == NONE
    assert attempt(store, who, at=now + FORGOTTEN_AFTER) == FIRST_WAIT, "counted from the beginning"
    attempt(store, counted("b"), at=now + 3 * FORGOTTEN_AFTER)
    assert rows(store) == 1


def test_a_clock_that_is_set_back_makes_nobody_wait_for_longer(store: Store) -> None:
    """Than the wait that is due."""
    attempt(store, counted("a"))
    assert attempt(store, counted("a"), at=NOW - timedelta(days=1)) == FIRST_WAIT


def test_tries_at_once_are_all_counted(store: Store) -> None:
    """Of twenty at the same moment, five are let through, the first time and later."""
    store.check()
    for name in ("a", "b"):
        who = [counted("address", 100), counted(name, 5)]
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda _, who=who: attempt(store, *who), range(20)))
        assert waits.count(NONE) == 5


def test_nothing_that_was_typed_is_kept(store: Store) -> None:
    """Names and addresses are keyed hashes: the same for the same, and of another keyring others."""
    attempt(store, counted("('甲店', '小雨')"))
    with store.reading() as connection:
        (row,) = connection.execute(select(sign_in_tries))
    assert bytes(row.who) == counted("('甲店', '小雨')").who
    assert bytes(row.who) != Counted.of(Keyring.new(), "name", "('甲店', '小雨')", 1).who
    assert len(row.who) == 32
