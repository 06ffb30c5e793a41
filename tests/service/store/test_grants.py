"""Grants: whatever is done behind the program's back to keys and users lets nobody in, and the audit names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from people import CHEAP, PASSWORD
from record_case import Case
from service_time import NOW
from sqlalchemy import delete, insert, select, update

from service.store import grants, users
from service.store.access import create_key, find_or_make_shop, key_digest, list_keys, note_use, recognise, revoke_key
from service.store.errors import ConflictError
from service.store.keyring import KeyFile, Keyring
from service.store.rotation import rotate
from service.store.schema import api_keys, entries
from service.store.schema import users as user_rows


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    users._nobodys.cache_clear()
    yield
    users._nobodys.cache_clear()


class Granted:
    """A shop with a good key, a revoked one, a user in use and one that is disabled; and another shop."""

    def __init__(self, case: Case) -> None:
        self.case = case
        with case.store.writing() as connection:
            self.other, _ = find_or_make_shop(connection, "乙店", NOW)
            self.key, self.revoked = (
                create_key(connection, case.keyring, case.shop, ["score"], now=NOW) for _ in range(2)
            )
            self.numbers = [key.id for key in list_keys(connection, case.keyring)]
            for name in ("小雨", "阿信"):
                given = {"role": "agent", "password": f"{name} {PASSWORD}", "now": NOW}
                users.create_user(connection, case.keyring, case.shop, name, **given)
        self.before = self.rows()
        with case.store.writing() as connection:
            revoke_key(connection, case.keyring, self.numbers[1], NOW)
            users.set_disabled(connection, case.keyring, "甲店", "阿信", NOW, out=True)

    def rows(self) -> tuple[list[Any], list[Any]]:
        return self.case.rows(api_keys), self.case.rows(user_rows)

    def good(self, key: str) -> bool:
        with self.case.store.reading() as connection:
            return recognise(connection, lambda: self.case.keyring, key_digest(key)) is not None

    def signs_in(self, name: str, password: str | None = None) -> bool:
        given = password or f"{name} {PASSWORD}"
        return users.authenticate(self.case.store, self.case.keyring, "甲店", name, given, now=NOW) is not None

    def findings(self) -> list[tuple[str, int]]:
        with self.case.store.reading() as connection:
            found = list(grants.wrong_grants(connection, self.case.keyring, self.case.shop))
        assert [wrong for wrong in self.case.findings() if wrong.table in ("api_keys", "users")] == [
            (wrong.what, wrong.table, wrong.row, None, None) for wrong in found
        ]
        return [(wrong.table, wrong.row) for wrong in found]


@pytest.fixture
def granted(case: Case) -> Granted:
    return Granted(case)


def test_what_was_made_here_is_good(granted: Granted) -> None:
    """And what was revoked or disabled is not; the audit has nothing to say, before and after a head is signed."""
    assert (granted.good(granted.key), granted.good(granted.revoked)) == (True, False)
    assert (granted.signs_in("小雨"), granted.signs_in("阿信")) == (True, False)
    assert granted.case.findings() == []
    granted.case.seal()
    assert granted.case.findings() == []


# what is altered in the row of a good key, or of a user in use
ALTERED_KEY: dict[str, Callable[[Granted], dict[str, Any]]] = {
    "another shop": lambda granted: {"shop_id": granted.other},
    "a scope more": lambda _: {"scopes": "admin score"},
    "another label": lambda _: {"label": "till"},
    "another time": lambda _: {"made_at": NOW + timedelta(days=1)},
    "another digest": lambda _: {"digest": key_digest("bw_mine")},
    "no mark": lambda _: {"mark": b""},
    "the mark of the other key": lambda granted: {"mark": granted.rows()[0][1].mark},
}
ALTERED_USER: dict[str, Callable[[Granted], dict[str, Any]]] = {
    "another shop": lambda granted: {"shop_id": granted.other},
    "another role": lambda _: {"role": "admin"},
    "another name": lambda _: {"name": "小云"},
    "the password of another": lambda granted: {"password": granted.rows()[1][1].password},
    "a password of one's own": lambda _: {"password": CHEAP.hash("bottles of my own")},
    "another time": lambda _: {"made_at": NOW + timedelta(days=1)},
    "the mark of the other": lambda granted: {"mark": granted.rows()[1][1].mark},
}


@pytest.mark.parametrize("what", ALTERED_KEY)
def test_an_altered_key_is_unknown_and_named(granted: Granted, what: str) -> None:
    """In the audit by its row, and in the list; the key beside it is not touched. Once revoked it is nobody's."""
    number = granted.numbers[0]
    granted.case.run(update(api_keys).where(api_keys.c.id == number).values(ALTERED_KEY[what](granted)))
    assert not granted.good(granted.key)
    assert not granted.good("bw_mine")
    assert granted.findings() == [("api_keys", number)]
    with granted.case.store.writing() as connection:
        assert [key.genuine for key in list_keys(connection, granted.case.keyring)] == [False, True]
        revoke_key(connection, granted.case.keyring, number, NOW)
        assert [key.id for key in list_keys(connection, granted.case.keyring)] == granted.numbers[1:]
    if what != "another shop":
        assert granted.findings() == []


@pytest.mark.parametrize("what", ALTERED_USER)
def test_an_altered_user_cannot_sign_in_and_is_named(granted: Granted, what: str) -> None:
    """Nor is it given another password, role or life by a command, which would mark it anew; it can be taken out."""
    case, number = granted.case, granted.rows()[1][0].id
    values = ALTERED_USER[what](granted)
    case.run(update(user_rows).where(user_rows.c.id == number).values(values))
    name = values.get("name", "小雨")
    for password in (None, f"小雨 {PASSWORD}", f"阿信 {PASSWORD}", "bottles of my own"):
        assert not granted.signs_in(name, password)
    assert granted.findings() == [("users", number)]
    with case.store.writing() as connection:
        assert [user.genuine for user in users.list_users(connection, case.keyring)] == [False, True]
        assert users.user_of_number(connection, case.keyring, number) is None
        with pytest.raises(ConflictError, match="baitwatch audit"):
            grants.change(connection, case.keyring, user_rows, number, {"disabled_at": None}, now=NOW)
        if "shop_id" not in values:
            assert users.find_user(connection, case.keyring, "甲店", name) is None
            users.remove_user(connection, case.keyring, "甲店", name, NOW)
    if "shop_id" not in values:
        assert granted.findings() == []


def test_a_grant_of_ones_own_is_worth_nothing(granted: Granted) -> None:
    """A key or user that was put in lets nobody in, with the mark of another or none, and is named."""
    keys, people = granted.rows()
    granted.case.run(
        insert(api_keys).values({**keys[0]._asdict(), "id": 100, "digest": key_digest("bw_mine")}),
        insert(user_rows).values(
            {**people[0]._asdict(), "id": 100, "name": "我", "password": CHEAP.hash("bottles of my own")}
        ),
    )
    assert not granted.good("bw_mine")
    assert not granted.signs_in("我", "bottles of my own")
    assert granted.findings() == [("api_keys", 100), ("users", 100)]


def test_to_clear_a_time_brings_nobody_back(granted: Granted) -> None:
    """A revoked key and a disabled user are under the mark of what they are."""
    granted.case.run(update(api_keys).values(revoked_at=None), update(user_rows).values(disabled_at=None))
    assert not granted.good(granted.revoked)
    assert not granted.signs_in("阿信")
    assert granted.findings() == [("api_keys", granted.numbers[1]), ("users", granted.rows()[1][1].id)]


def test_a_row_that_was_set_back_is_named(granted: Granted) -> None:
    """It fits the mark of then, which is not the latest in the log; revoked or disabled again, all is well."""
    case = granted.case
    for table, rows in zip((api_keys, user_rows), granted.before, strict=True):
        case.run(*(update(table).where(table.c.id == row.id).values(row._asdict()) for row in rows))
    assert granted.good(granted.revoked), "a limit that SECURITY.md states"
    assert granted.findings() == [("api_keys", granted.numbers[1]), ("users", granted.rows()[1][1].id)]
    with case.store.writing() as connection:
        revoke_key(connection, case.keyring, granted.numbers[1], NOW)
        users.set_disabled(connection, case.keyring, "甲店", "阿信", NOW, out=True)
    assert case.findings() == []


def test_its_entry_in_the_log_cannot_be_taken_along(granted: Granted) -> None:
    """Whoever sets a row back and cuts its last entry off leaves a gap under the signed head."""
    case = granted.case
    case.seal()
    row, name = granted.before[0][1], grants.log_name(case.keyring, case.shop)
    mine = select(entries.c.id).where(entries.c.talk == name, entries.c.kind == f"key {row.id}")
    last = case.rows(mine.subquery())[-1].id
    case.run(
        delete(entries).where(entries.c.id == last),
        update(api_keys).where(api_keys.c.id == row.id).values(row._asdict()),
    )
    assert {wrong.table for wrong in case.findings()} == {"entries"}


def test_an_entry_of_the_log_cannot_be_made(granted: Granted) -> None:
    """One with the mark of then, put in after the last, does not fit the chain."""
    case, name = granted.case, grants.log_name(granted.case.keyring, granted.case.shop)
    row = granted.before[0][1]
    last = max((entry for entry in case.rows(entries) if entry.talk == name), key=lambda entry: entry.position)
    forged = {**last._asdict(), "id": last.id + 100, "position": last.position + 1, "kind": f"key {row.id}"}
    case.run(
        insert(entries).values({**forged, "commitment": row.mark}),
        update(api_keys).where(api_keys.c.id == row.id).values(row._asdict()),
    )
    first, *_ = case.findings()
    assert (first.table, first.row) == ("entries", last.id + 100)


def test_a_row_that_was_taken_out_is_missed(granted: Granted) -> None:
    """Only what this program removed is not; a number is not given twice."""
    case, people = granted.case, granted.rows()[1]
    case.run(delete(api_keys).where(api_keys.c.id == granted.numbers[0]))
    assert granted.findings() == [("api_keys", granted.numbers[0])]
    with case.store.writing() as connection:
        users.remove_user(connection, case.keyring, "甲店", "阿信", NOW)
        given = {"role": "admin", "password": PASSWORD, "now": NOW}
        made = users.create_user(connection, case.keyring, case.shop, "阿信", **given)
    assert granted.findings() == [("api_keys", granted.numbers[0])]
    assert made > people[1].id


def test_use_is_not_marked(granted: Granted) -> None:
    """When a key was used last changes all the time, without an entry."""
    before = len(granted.case.rows(entries))
    with granted.case.store.writing() as connection:
        note_use(connection, granted.numbers[0], NOW + timedelta(hours=1))
    assert granted.good(granted.key)
    assert granted.case.findings() == []
    assert len(granted.case.rows(entries)) == before


def test_a_fresh_data_key_leaves_grants_as_they_are(
    granted: Granted, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks are made with the index key, which stays."""
    monkeypatch.setattr("service.store.rotation.REREAD_SECONDS", 0.01)
    rotate(granted.case.store, keys)
    granted.case.keyring = keys.current()
    assert granted.good(granted.key)
    assert granted.signs_in("小雨")
    assert granted.case.findings() == []


def test_another_keyring_knows_nobody(granted: Granted) -> None:
    """All are named, and nobody is let in."""
    granted.case.keyring = Keyring.new()
    assert not granted.good(granted.key)
    assert not granted.signs_in("小雨")


def test_a_stranger_makes_nobody_look_for_the_keyring(granted: Granted) -> None:
    """It is asked for where there is such a key, and not else."""

    def none() -> Keyring:
        raise AssertionError

    with granted.case.store.reading() as connection:
        assert recognise(connection, none, key_digest("bw_unknown")) is None
        assert recognise(connection, none, key_digest(granted.revoked)) is None
