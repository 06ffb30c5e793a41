"""Tries to sign in, counted for all processes: some failures are free, then each doubles the time until the next try.

Who tries and who is tried is kept as a keyed hash, and for an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.keyring import Keyring
from service.store.schema import sign_in_tries as table

__all__ = ["Counted", "attempt", "forget", "forgive"]

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=5)
FORGOTTEN_AFTER: Final = timedelta(hours=1)


class Counted(NamedTuple):
    """Whose tries are counted together, and how many may fail before there is a wait."""

    who: bytes
    free: int

    @classmethod
    def of(cls, keyring: Keyring, kind: str, name: str, free: int) -> Counted:
        """Something of a kind, by its name."""
        return cls(keyring.mark(repr(name).encode(), f"tries by {kind}"), free)


def attempt(connection: Connection, counted: Sequence[Counted], now: datetime) -> timedelta:
    """Count a try, as a failure until `forgive` or `forget` says otherwise; or give how long to wait.

    A try that has to wait is not counted, and nothing must be checked for it. All who count the same two name them in
    the same order.
    """
    # looked at first, so that whoever has to wait writes nothing
    for lock in (False, True):
        for one in counted:
            if lock:
                _see_to_row(connection, one, now)
            wait = _wait(connection, one, now, lock=lock)
            if wait:
                return wait
    for one in counted:
        old = table.c.last_at <= now - FORGOTTEN_AFTER
        count = case((old, 1), else_=table.c.tries + 1)
        connection.execute(update(table).where(table.c.who == one.who).values(tries=count, last_at=now))
    # others may be at the same: whoever is second leaves those rows alone instead of waiting
    past = select(table.c.id).where(table.c.last_at <= now - FORGOTTEN_AFTER).with_for_update(skip_locked=True)
    connection.execute(delete(table).where(table.c.id.in_(past)))
    return timedelta(0)


def forgive(connection: Connection, counted: Counted) -> None:
    """The last try was none to be counted."""
    query = update(table).where(table.c.who == counted.who, table.c.tries > 0)
    connection.execute(query.values(tries=table.c.tries - 1))


def forget(connection: Connection, counted: Counted) -> None:
    """Begin anew: whoever tried knows the password."""
    connection.execute(update(table).where(table.c.who == counted.who).values(tries=0))


def _see_to_row(connection: Connection, counted: Counted, now: datetime) -> None:
    if connection.execute(select(table.c.id).where(table.c.who == counted.who)).first() is not None:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(table), {"who": counted.who, "tries": 0, "last_at": now})
    except IntegrityError:
        pass  # another was quicker


def _wait(connection: Connection, counted: Counted, now: datetime, *, lock: bool) -> timedelta:
    query = select(table.c.tries, table.c.last_at).where(table.c.who == counted.who)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None or row.tries < counted.free or now - row.last_at >= FORGOTTEN_AFTER:
        return timedelta(0)
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.tries - counted.free, 30))
    passed: timedelta = max(timedelta(0), now - row.last_at)  # a clock that was set back makes nobody wait for longer
    return max(timedelta(0), wait - passed)
