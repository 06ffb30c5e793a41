"""The people of a shop: their names, passwords and roles, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from argon2 import PasswordHasher, Type
from people import CHEAP, PASSWORD
from service_time import NOW
from sqlalchemy import select

from riskmodel.errors import BaitwatchError
from service.store import sessions, users
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import Keyring
from service.store.schema import users as table

REAL = users._HASHER
KEYRING = Keyring.new()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    users._nobodys.cache_clear()
    yield
    users._nobodys.cache_clear()


def make(store: Store, shop: int, name: str = "小雨", role: str = "agent", password: str = PASSWORD) -> int:
    with store.writing() as connection:
        return users.create_user(connection, KEYRING, shop, name, role=role, password=password, now=NOW)


def found(store: Store, name: str = "小雨", shop: str = "甲店") -> users.User | None:
    with store.reading() as connection:
        return users.find_user(connection, KEYRING, shop, name)


def test_a_password_is_costly_to_guess() -> None:
    """Real passwords are kept as argon2id with what RFC 9106 advises at the least."""
    assert (REAL.type, REAL.time_cost, REAL.memory_cost) == (Type.ID, 3, 65_536)


def test_a_user_is_known_by_the_password(store: Store, shop: int) -> None:
    """The right one in the right shop, and no other; the password itself is not kept."""
    number = make(store, shop)
    user = users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW)
    assert user is not None
    assert (user.id, user.shop_id, user.shop, user.role, user.actor) == (
        number,
        shop,
        "甲店",
        "agent",
        f"user {number}",
    )
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD.upper(), now=NOW) is None
    assert users.authenticate(store, KEYRING, "乙店", "小雨", PASSWORD, now=NOW) is None
    with store.reading() as connection:
        kept = connection.execute(select(table.c.password)).scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_keyboard_does_not_matter(store: Store, shop: int) -> None:
    """A password typed in full-width letters is the same one."""
    make(store, shop, password="ｗｉｄｅ bottles sail")
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is not None


def test_an_unknown_name_costs_a_verification_too(store: Store, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known, unknown and disabled names, and names that no database would take, are each verified once."""
    make(store, shop)
    make(store, shop, "阿信")
    with store.writing() as connection:
        users.set_disabled(connection, KEYRING, "甲店", "阿信", NOW, out=True)
    calls: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002  # the name of the base
            calls.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(users, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("小雨", "没有", "阿信", "a\0b", "x" * 1000, ""):
        calls.clear()
        assert users.authenticate(store, KEYRING, "甲店", name, "wrong password here", now=NOW) is None
        assert len(calls) == 1, name
        assert calls[0].split("$")[:4] == CHEAP.hash("x").split("$")[:4]
    assert users.authenticate(store, KEYRING, "a\0b", "小雨", PASSWORD, now=NOW) is None


def test_a_stronger_hash_replaces_a_weak_one(store: Store, shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever signs in after the cost was raised gets a hash of the new cost, from the same password."""
    make(store, shop)
    before = found(store)
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    user = users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW)
    assert user == found(store) != before
    assert "m=16,t=2" in user.password
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) == user


def test_a_password_that_was_changed_meanwhile_is_not_set_back(
    store: Store, shop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in with the old one while it is changed is refused, also where its hash is to be a stronger one."""
    make(store, shop)
    user = found(store)
    assert user is not None

    class Changing(PasswordHasher):
        def hash(self, *given: Any, **how: Any) -> str:
            monkeypatch.setattr(users, "_HASHER", CHEAP)
            users.set_password(store, KEYRING, user, "narrow bottles sink", NOW)
            return super().hash(*given, **how)

    monkeypatch.setattr(users, "_HASHER", Changing(time_cost=2, memory_cost=16, parallelism=1))
    monkeypatch.setattr(users, "_AT_ONCE", nullcontext())
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is None
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is None
    assert users.authenticate(store, KEYRING, "甲店", "小雨", "narrow bottles sink", now=NOW) is not None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "short"),
        ("", "short"),
        ("The-Long-Name", "name"),
        ("QwertyUiop123", "common"),
        ("１２３４５６７８９０１２", "common"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(store: Store, shop: int, password: str, code: str) -> None:
    """It is too short, the name, or one of the most common; nothing is made, and the text does not repeat it."""
    with pytest.raises(users.PasswordRefusedError) as caught:
        make(store, shop, "the-long-name", password=password)
    assert caught.value.code == code
    assert not password or password not in str(caught.value)
    assert found(store, "the-long-name") is None


def test_common_passwords_are_ones_that_would_pass_otherwise() -> None:
    """Each of the list is long enough to matter and in small letters."""
    for password in users._common():
        assert len(password) >= users.LEAST_CHARACTERS
        assert password == password.casefold()


def test_a_name_is_one_user_in_a_shop_and_another_in_the_next(store: Store, shop: int) -> None:
    """Names are unique in a shop only; after a refusal the transaction still holds."""
    make(store, shop)
    with store.writing() as connection:
        with pytest.raises(ConflictError, match="choose another"):
            users.create_user(connection, KEYRING, shop, "小雨", role="admin", password=PASSWORD, now=NOW)
        other, _ = find_or_make_shop(connection, "乙店", NOW)
        users.create_user(connection, KEYRING, other, "小雨", role="admin", password=PASSWORD, now=NOW)
    with store.reading() as connection:
        assert [(user.shop, user.role) for user in users.list_users(connection, KEYRING)] == [
            ("甲店", "agent"),
            ("乙店", "admin"),
        ]
        assert [user.shop for user in users.list_users(connection, KEYRING, "乙店")] == ["乙店"]


@pytest.mark.parametrize("name", ["", " 小雨", "小雨\n", "a\0b", "x" * 65, "\u202e小雨"])
def test_a_name_can_be_seen_as_a_whole(store: Store, shop: int, name: str) -> None:
    """No empty or endless name, and none with characters that hide."""
    with pytest.raises(BaitwatchError, match="name"):
        make(store, shop, name)


def test_a_role_is_one_of_five(store: Store, shop: int) -> None:
    """An unknown role is refused with those there are."""
    with pytest.raises(BaitwatchError, match="agent, supervisor, analyst, admin, owner"):
        make(store, shop, role="boss")


def test_roles_have_the_rights_that_they_are_for() -> None:
    """A supervisor may what an agent may; who looks at figures or sets up looks at no talk; the owner may all."""
    assert users.RIGHTS["owner"] == frozenset().union(*users.RIGHTS.values())
    assert users.RIGHTS["agent"] < users.RIGHTS["supervisor"]
    for role in ("analyst", "admin"):
        assert not users.RIGHTS[role] & users.RIGHTS["supervisor"]


def test_another_password_replaces_the_one_before(store: Store, shop: int) -> None:
    """From then on only the new one is good; a refused one changes nothing."""
    make(store, shop)
    user = found(store)
    assert user is not None
    with pytest.raises(users.PasswordRefusedError):
        users.set_password(store, KEYRING, user, "short", NOW)
    assert found(store) == user
    changed = users.set_password(store, KEYRING, user, "narrow bottles sink", NOW)
    assert found(store) == changed
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is None
    assert users.authenticate(store, KEYRING, "甲店", "小雨", "narrow bottles sink", now=NOW) == changed


def test_a_disabled_user_is_out_until_let_in_again(store: Store, shop: int) -> None:
    """The right password does not help; a name that is not there is said."""
    make(store, shop)
    with store.writing() as connection:
        users.set_disabled(connection, KEYRING, "甲店", "小雨", NOW, out=True)
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is None
    with store.writing() as connection:
        users.set_disabled(connection, KEYRING, "甲店", "小雨", NOW, out=False)
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is not None
    with store.writing() as connection, pytest.raises(NotFoundError, match="users list"):
        users.set_disabled(connection, KEYRING, "乙店", "小雨", NOW, out=True)


def test_another_role_is_given(store: Store, shop: int) -> None:
    """To a user that is there, and one of the four."""
    make(store, shop)
    with store.writing() as connection:
        users.set_role(connection, KEYRING, "甲店", "小雨", role="supervisor", now=NOW)
        with pytest.raises(NotFoundError, match="users list"):
            users.set_role(connection, KEYRING, "甲店", "阿信", role="agent", now=NOW)
        with pytest.raises(BaitwatchError, match="agent, supervisor"):
            users.set_role(connection, KEYRING, "甲店", "小雨", role="boss", now=NOW)
    user = users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW)
    assert user is not None
    assert user.role == "supervisor"


def test_a_user_that_was_removed_is_gone(store: Store, shop: int) -> None:
    """With its sessions; the name can be given anew."""
    number = make(store, shop)
    with store.writing() as connection:
        token = sessions.begin(connection, number, NOW)
        users.remove_user(connection, KEYRING, "甲店", "小雨", NOW)
        assert not sessions.holds(connection, number, token, NOW)
        with pytest.raises(NotFoundError, match="users list"):
            users.remove_user(connection, KEYRING, "甲店", "小雨", NOW)
    assert users.authenticate(store, KEYRING, "甲店", "小雨", PASSWORD, now=NOW) is None
    assert make(store, shop) > number


def test_whatever_changes_ends_all_sessions(store: Store, shop: int) -> None:
    """Another password or role, and to be disabled; to be let in again brings none of them back."""
    number = make(store, shop)

    def begun() -> str:
        with store.writing() as connection:
            return sessions.begin(connection, number, NOW)

    def held(token: str) -> bool:
        with store.reading() as connection:
            return sessions.holds(connection, number, token, NOW)

    user = found(store)
    assert user is not None
    token = begun()
    users.set_password(store, KEYRING, user, "narrow bottles sink", NOW)
    assert not held(token)
    token = begun()
    with store.writing() as connection:
        users.set_role(connection, KEYRING, "甲店", "小雨", role="analyst", now=NOW)
    assert not held(token)
    token = begun()
    for out in (True, False):
        with store.writing() as connection:
            users.set_disabled(connection, KEYRING, "甲店", "小雨", NOW, out=out)
        assert not held(token)
