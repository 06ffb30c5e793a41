"""The record of arrival: each message or order of a talk as an entry, chained to the one before.

An entry commits to its content by a salted hash, so that the content can be erased and the record stays whole. Links
are keyed: who can write to the database but has no keyring cannot put in, take out or change an entry unseen.
"""

from __future__ import annotations

import hmac
import os
import secrets
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from service.store.keyring import Keyring
from service.store.merkle import leaf_hash
from service.store.signed import commitment, entry_data

__all__ = ["SALT", "Content", "Entry", "begin_chain", "is_named", "name_talk", "next_link", "written"]

SALT = 16  # bytes in front of a content, so that short words cannot be guessed from their hash
_HALF = 8  # bytes of a talk's name


class Entry(NamedTuple):
    """One arrival: the talk by its random name, the position in it, what arrived and when, and a commitment to it."""

    talk: str
    position: int
    kind: str
    received_at: datetime
    commitment: bytes

    @classmethod
    def of(cls, row: Row[Any]) -> Entry:
        """The entry of a stored row."""
        return cls(row.talk, row.position, row.kind, row.received_at, row.commitment)

    @property
    def data(self) -> bytes:
        """The entry as it is hashed."""
        return entry_data(
            talk=self.talk,
            position=self.position,
            kind=self.kind,
            received_at=written(self.received_at),
            committed=self.commitment.hex(),
        )

    @property
    def leaf(self) -> bytes:
        """Its leaf in the shop's log."""
        return leaf_hash(self.data)


class Content(NamedTuple):
    """What arrived, with the salt of its commitment in front: what is sealed and stored."""

    salted: bytes

    @classmethod
    def new(cls, plain: bytes) -> Content:
        """With a fresh salt."""
        return cls(os.urandom(SALT) + plain)

    @property
    def salt(self) -> bytes:
        """Without which nobody can tell from the commitment what arrived."""
        return self.salted[:SALT]

    @property
    def plain(self) -> bytes:
        """As it arrived."""
        return self.salted[SALT:]

    @property
    def commitment(self) -> bytes:
        """The hash that stands for it in the record."""
        return commitment(self.salted)


def written(moment: datetime) -> str:
    """A moment as the record writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def name_talk(keyring: Keyring, shop_id: int, conversation_id: str) -> str:
    """A new name for a talk: half of it random, half a keyed hash of whose talk it is."""
    return _named(keyring, shop_id, conversation_id, secrets.token_bytes(_HALF))


def is_named(keyring: Keyring, shop_id: int, conversation_id: str, talk: str) -> bool:
    """Whether a talk was given this name under this id and in this shop."""
    try:
        nonce = bytes.fromhex(talk)[:_HALF]
    except ValueError:
        return False
    return hmac.compare_digest(_named(keyring, shop_id, conversation_id, nonce).encode(), talk.encode())


def _named(keyring: Keyring, shop_id: int, conversation_id: str, nonce: bytes) -> str:
    return (nonce + keyring.mark(nonce + conversation_id.encode(), f"talk of {shop_id}")[:_HALF]).hex()


def begin_chain(keyring: Keyring, talk: str) -> bytes:
    """What the first entry of a talk is linked to."""
    return keyring.mark(talk.encode(), "chain begins")


def next_link(keyring: Keyring, before: bytes, entry: Entry) -> bytes:
    """The link of an entry, which vouches for it and for all before it in the talk."""
    return keyring.mark(before + entry.leaf, "chain")
