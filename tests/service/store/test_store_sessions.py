"""Sessions in the store: what holds, for how long, and that a copy holds no longer."""

from __future__ import annotations

import pytest
from people import CHEAP, PASSWORD
from service_time import NOW
from sqlalchemy import select

from service.store import sessions, users
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import sessions as table
from service.store.sessions import LONGEST


@pytest.fixture
def user(store: Store, keys: KeyFile, shop: int, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    with store.writing() as connection:
        given = {"role": "agent", "password": PASSWORD, "now": NOW}
        return users.create_user(connection, keys.current(), shop, "小雨", **given)


def test_a_session_holds_until_it_is_ended(store: Store, user: int) -> None:
    """For its user and by its token alone, which is not kept; others go on."""
    with store.writing() as connection:
        one, two = (sessions.begin(connection, user, NOW) for _ in range(2))
        assert one != two
        assert all(sessions.holds(connection, user, token, NOW) for token in (one, two))
        assert not sessions.holds(connection, user + 1, one, NOW)
        assert not sessions.holds(connection, user, one + "x", NOW)
        assert not any(
            token.encode() in row.digest for token in (one, two) for row in connection.execute(select(table))
        )
        sessions.end(connection, one)
        assert [sessions.holds(connection, user, token, NOW) for token in (one, two)] == [False, True]
        sessions.end_all(connection, user)
        assert not sessions.holds(connection, user, two, NOW)


def test_no_session_holds_for_more_than_half_a_day(store: Store, user: int) -> None:
    """And what is past its time is not kept when another begins."""
    with store.writing() as connection:
        token = sessions.begin(connection, user, NOW)
        assert sessions.holds(connection, user, token, NOW + LONGEST)
        assert not sessions.holds(connection, user, token, NOW + 1.01 * LONGEST)
        later = sessions.begin(connection, user, NOW + 1.01 * LONGEST)
        assert connection.execute(select(table.c.digest)).scalars().all() == [sessions._digest(later)]
