"""The talks that go on in a shop: which, in what order, and one by its random name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from service_time import NOW

from service.store.access import find_or_make_shop
from service.store.drafts import Draft, write
from service.store.engine import Store
from service.store.errors import NotFoundError
from service.store.keyring import KeyFile
from service.store.open_talks import find_talk, last_talk, open_talks
from service.store.talks import TalkStore


def add(store: Store, keys: KeyFile, shop: int, *, name: str, band: str | None, at: datetime) -> str:
    with store.writing() as connection:
        blank = TalkStore(connection, keys.current(), shop).find_or_begin(name)
        write(connection, keys.current(), Draft(blank, [], {"risk": None, "band": band, "action": None}), at)
        return blank.talk


def test_the_most_urgent_come_first(store: Store, keys: KeyFile, shop: int) -> None:
    """By band, in a band the latest first, what has no band with the low ones; old talks are left out."""
    for hours, (name, band) in enumerate(
        [("a", "low"), ("b", "critical"), ("c", "watch"), ("d", "critical"), ("e", "high"), ("f", None)]
    ):
        add(store, keys, shop, name=name, band=band, at=NOW + timedelta(hours=hours))
    add(store, keys, shop, name="old", band="critical", at=NOW - timedelta(days=9))
    with store.reading() as connection:
        found = open_talks(connection, shop, since=NOW, limit=10)
        assert [talk.conversation_id for talk in found] == ["d", "b", "e", "c", "f", "a"]
        assert open_talks(connection, shop, since=NOW, limit=2) == found[:2]


def test_shops_do_not_see_one_another(store: Store, keys: KeyFile, shop: int) -> None:
    """Neither in the list nor by name."""
    name = add(store, keys, shop, name="a", band="low", at=NOW)
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    with store.reading() as connection:
        assert find_talk(connection, shop, name).conversation_id == "a"
        assert open_talks(connection, other, since=NOW, limit=10) == []
        with pytest.raises(NotFoundError):
            find_talk(connection, other, name)


def test_the_last_talk_is_the_one_that_changed_last(store: Store, keys: KeyFile, shop: int) -> None:
    """Of this shop; None where it has no talk."""
    with store.reading() as connection:
        assert last_talk(connection, shop) is None
    add(store, keys, shop, name="a", band="low", at=NOW)
    latest = add(store, keys, shop, name="b", band="low", at=NOW + timedelta(hours=1))
    add(store, keys, shop, name="c", band="critical", at=NOW - timedelta(hours=1))
    with store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    add(store, keys, other, name="d", band="low", at=NOW + timedelta(hours=2))
    with store.reading() as connection:
        assert last_talk(connection, shop) == latest
