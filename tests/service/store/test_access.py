"""Shops and API keys: what is kept of a key, what it is good for, and that shops stay apart."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from service_time import NOW
from sqlalchemy import select

from riskmodel.errors import BaitwatchError
from service.store.access import (
    SCOPES,
    all_shops,
    create_key,
    find_or_make_shop,
    find_shop,
    is_stale,
    key_digest,
    list_keys,
    log_access,
    note_use,
    recognise,
    revoke_key,
)
from service.store.engine import Store
from service.store.errors import NotFoundError
from service.store.keyring import Keyring
from service.store.schema import access_log, api_keys

KEYRING = Keyring.new()


def made(store: Store, shop: int, *scopes: str) -> str:
    with store.writing() as connection:
        return create_key(connection, KEYRING, shop, scopes or ("score",), label="till", now=NOW)


def test_a_key_is_known_by_its_hash_alone(store: Store, shop: int) -> None:
    """The key is good for its shop and scopes; it is not kept itself, and each one is another."""
    key = made(store, shop, "score", "read", "score")
    with store.reading() as connection:
        found = recognise(connection, lambda: KEYRING, key_digest(key))
        (row,) = connection.execute(select(api_keys))
        assert recognise(connection, lambda: KEYRING, key_digest(key + "x")) is None
    assert found is not None
    assert (found[0].shop_id, found[0].scopes, found[1]) == (shop, {"read", "score"}, None)
    assert not any(key[3:] in (value.decode("latin-1") if isinstance(value, bytes) else str(value)) for value in row)
    assert row.digest == key_digest(key)
    assert len(key) > 40
    assert key != made(store, shop, "score", "read")


def test_a_revoked_key_is_unknown(store: Store, shop: int) -> None:
    """For good; another key of the shop goes on, and to revoke it twice or a number that is none is said."""
    key, other = made(store, shop), made(store, shop)
    with store.writing() as connection:
        number = list_keys(connection, KEYRING)[0].id
        revoke_key(connection, KEYRING, number, NOW)
    with store.writing() as connection:
        assert recognise(connection, lambda: KEYRING, key_digest(key)) is None
        assert recognise(connection, lambda: KEYRING, key_digest(other)) is not None
        for wrong in (number, 10_000):
            with pytest.raises(NotFoundError, match="keys list"):
                revoke_key(connection, KEYRING, wrong, NOW)
        assert [item.revoked_at for item in list_keys(connection, KEYRING)] == [NOW, None]


def test_scopes_are_those_there_are(store: Store, shop: int) -> None:
    """A key without scopes, or with one that nobody asks for, is not made."""
    for wrong in ([], ["score", "everything"]):
        with store.writing() as connection, pytest.raises(BaitwatchError, match="score, read, label, evidence, admin"):
            create_key(connection, KEYRING, shop, wrong, now=NOW)
    with store.reading() as connection:
        assert list_keys(connection, KEYRING) == []
    made(store, shop, *SCOPES)


def test_the_last_use_is_noted_once_a_minute(store: Store, shop: int) -> None:
    """A use is stale after a minute, and never before."""
    key = made(store, shop)
    with store.writing() as connection:
        found = recognise(connection, lambda: KEYRING, key_digest(key))
        assert found is not None
        assert is_stale(found[1], NOW)
        note_use(connection, found[0].key_id, NOW)
        again = recognise(connection, lambda: KEYRING, key_digest(key))
        assert again is not None
        assert again[1] == NOW
    assert not is_stale(again[1], NOW + timedelta(seconds=59))
    assert is_stale(again[1], NOW + timedelta(seconds=60))


def test_shops_stay_apart(store: Store, shop: int) -> None:
    """A shop has its own name, number and keys."""
    with store.writing() as connection:
        other, fresh = find_or_make_shop(connection, "乙店", NOW)
        assert (fresh, find_or_make_shop(connection, "乙店", NOW)) == (True, (other, False))
        mine, theirs = (create_key(connection, KEYRING, number, ["read"], now=NOW) for number in (shop, other))
    with store.reading() as connection:
        found = [recognise(connection, lambda: KEYRING, key_digest(key)) for key in (mine, theirs)]
        assert [item and item[0].shop_id for item in found] == [shop, other]
        assert [item.shop for item in list_keys(connection, KEYRING, "乙店")] == ["乙店"]
        assert list_keys(connection, KEYRING, "丙店") == []
        assert all_shops(connection) == {shop: "甲店", other: "乙店"}
        assert find_shop(connection, "乙店") == other
        with pytest.raises(NotFoundError, match="keys create"):
            find_shop(connection, "丙店")


@pytest.mark.parametrize("name", ["", "  ", "长" * 129, "a\nb", "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_seen_is_refused(store: Store, name: str) -> None:
    """A shop has a name that can be told from others."""
    with store.writing() as connection, pytest.raises(BaitwatchError, match="1 to 128 characters"):
        find_or_make_shop(connection, name, NOW)


def test_a_shop_made_twice_at_once_is_one(store: Store) -> None:
    """Whoever is slower gets the shop of the quicker one, also where that was not yet to be seen."""
    found: list[tuple[int, bool]] = []

    def make() -> None:
        with store.writing() as connection:
            found.append(find_or_make_shop(connection, "丁店", NOW))

    store.check()
    slower = threading.Thread(target=make)
    with store.writing() as connection:
        first = find_or_make_shop(connection, "丁店", NOW)
        slower.start()
        slower.join(0.3)
    slower.join()
    assert first[1]
    assert found == [(first[0], False)]


def test_the_access_log_says_who_did_what(store: Store, shop: int) -> None:
    """Who, what, when and which talk by its random name."""
    with store.writing() as connection:
        log_access(connection, shop, "key 1", "read", at=NOW, talk="ab" * 16)
        (row,) = connection.execute(select(access_log))
    assert tuple(row[1:]) == (shop, NOW, "key 1", "read", "ab" * 16)
