"""The record of arrival: entries, contents, links and the names of talks."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta, timezone
from typing import Any

import pytest
from service_time import NOW

from service.store.keyring import Keyring
from service.store.merkle import leaf_hash
from service.store.record import SALT, Content, Entry, begin_chain, is_named, name_talk, next_link

KEYRING = Keyring.new()
ENTRY = Entry("ab" * 16, 3, "message", NOW, bytes(32))
OTHERS: list[dict[str, Any]] = [
    {"talk": "cd" * 16},
    {"position": 4},
    {"kind": "order"},
    {"received_at": NOW + timedelta(microseconds=1)},
    {"commitment": bytes([1] * 32)},
]


def test_an_entry_is_hashed_as_plain_json() -> None:
    """A stranger can put the bytes together: sorted keys, no spaces, the time in UTC to the microsecond."""
    assert json.loads(ENTRY.data) == {
        "commitment": "00" * 32,
        "kind": "message",
        "position": 3,
        "received_at": "2026-03-04T02:00:00.000000+00:00",
        "talk": "ab" * 16,
        "version": 1,
    }
    assert ENTRY.data == json.dumps(json.loads(ENTRY.data), sort_keys=True, separators=(",", ":")).encode()
    assert ENTRY.leaf == leaf_hash(ENTRY.data)
    beijing = ENTRY._replace(received_at=NOW.astimezone(timezone(timedelta(hours=8))))
    assert beijing.data == ENTRY.data


@pytest.mark.parametrize("change", OTHERS)
def test_every_field_counts(change: dict[str, Any]) -> None:
    """With any field changed, leaf and link are others."""
    other, before = ENTRY._replace(**change), begin_chain(KEYRING, ENTRY.talk)
    assert other.leaf != ENTRY.leaf
    assert next_link(KEYRING, before, other) != next_link(KEYRING, before, ENTRY)


def test_a_link_needs_the_keyring_and_what_came_before() -> None:
    """Without the keyring, or after another entry, or in another talk, the link is another."""
    before = begin_chain(KEYRING, ENTRY.talk)
    link = next_link(KEYRING, before, ENTRY)
    assert link == next_link(KEYRING.rotated(), before, ENTRY), "another data key changes no link"
    assert link != next_link(Keyring.new(), before, ENTRY)
    assert link != next_link(KEYRING, link, ENTRY)
    assert before != begin_chain(KEYRING, "cd" * 16)
    assert before != begin_chain(Keyring.new(), ENTRY.talk)


def test_a_commitment_says_nothing_of_short_words() -> None:
    """The same words have another commitment each time, which a stranger can check with the salt."""
    one, two = Content.new("好".encode()), Content.new("好".encode())
    assert one.plain == two.plain == "好".encode()
    assert one.commitment != two.commitment
    assert one.commitment == hashlib.sha256(one.salted[:SALT] + "好".encode()).digest()


def test_a_talk_is_named_for_its_shop_and_id() -> None:
    """The name is new each time and fits one id in one shop, under one index key."""
    names = {name_talk(KEYRING, 1, "t") for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert len(name) == 32
        assert is_named(KEYRING, 1, "t", name)
        assert not is_named(KEYRING, 2, "t", name)
        assert not is_named(KEYRING, 1, "u", name)
        assert not is_named(Keyring.new(), 1, "t", name)
    assert not is_named(KEYRING, 1, "t", "no name at all")
