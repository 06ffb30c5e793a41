"""Changes of the model in use: only by those who may, and vouched for by the signed log."""

from __future__ import annotations

import hashlib

import pytest
from argon2 import PasswordHasher
from keyring_of import keyring_of
from people import CHEAP, PEOPLE, populate
from service_time import NOW
from sqlalchemy import select, update

from riskmodel.errors import BaitwatchError
from service.store import users
from service.store.audit import audit_shop
from service.store.engine import Store
from service.store.keyring import Keyring
from service.store.model_changes import changes_name, note_change, who_may
from service.store.schema import access_log, entries
from service.store.users import User, set_disabled

LINE = b'{"action":"promote"}'


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    return CHEAP


@pytest.fixture
def keyring() -> Keyring:
    return keyring_of()


@pytest.fixture
def people(store: Store) -> Store:
    populate(store, PEOPLE)
    return store


def may(store: Store, keyring: Keyring, name: str, shop: str | None = None) -> User:
    with store.reading() as connection:
        return who_may(connection, keyring, name, shop)


def test_an_admin_or_owner_may(people: Store, keyring: Keyring) -> None:
    """Where several shops have one of the name, the shop is asked for."""
    assert may(people, keyring, "老板").role == "admin"
    with pytest.raises(BaitwatchError, match="--shop"):
        may(people, keyring, "掌柜")
    assert may(people, keyring, "掌柜", "乙店").shop == "乙店"


@pytest.mark.parametrize("name", ["小雨", "阿信", "小数"])
def test_others_may_not(people: Store, keyring: Keyring, name: str) -> None:
    """Nor somebody who is disabled or not there."""
    with pytest.raises(BaitwatchError, match="may not put a model in use"):
        may(people, keyring, name)
    with people.writing() as connection:
        set_disabled(connection, keyring, "甲店", "老板", NOW, out=True)
    with pytest.raises(BaitwatchError, match="may not"):
        may(people, keyring, "老板")
    with pytest.raises(BaitwatchError, match="no such user"):
        may(people, keyring, "无此人")


def test_a_change_stands_in_the_signed_log(people: Store, keyring: Keyring) -> None:
    """The entry commits to the journal's line; the access log says who did what; an audit finds nothing wrong."""
    user = may(people, keyring, "老板")
    with people.writing() as connection:
        for action in ("promote", "rollback"):
            note_change(connection, keyring, user, action=action, version="a" * 12, line=LINE, now=NOW)
    with people.reading() as connection:
        name = changes_name(keyring, user.shop_id)
        found = connection.execute(select(entries).where(entries.c.talk == name).order_by(entries.c.position)).all()
        noted = connection.execute(select(access_log.c.actor, access_log.c.action)).all()
        assert list(audit_shop(connection, user.shop_id, keyring)) == []
    assert [(row.position, row.commitment) for row in found] == [(at, hashlib.sha256(LINE).digest()) for at in (0, 1)]
    assert [tuple(row) for row in noted] == [
        (user.actor, f"model promote {'a' * 12}"),
        (user.actor, f"model rollback {'a' * 12}"),
    ]


def test_a_change_that_was_altered_is_found(people: Store, keyring: Keyring) -> None:
    """By the audit of the shop."""
    user = may(people, keyring, "老板")
    with people.writing() as connection:
        note_change(connection, keyring, user, action="promote", version="a" * 12, line=LINE, now=NOW)
        name = changes_name(keyring, user.shop_id)
        connection.execute(update(entries).where(entries.c.talk == name).values(commitment=bytes(32)))
    with people.reading() as connection:
        (found,) = audit_shop(connection, user.shop_id, keyring)
    assert "its link does not fit" in found.what
