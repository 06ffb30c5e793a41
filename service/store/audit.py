"""Checks the whole store: every chain, every content against its commitment, every head; names what is wrong first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, select

from service.evidence.signature import fingerprint
from service.store.keyring import Keyring, KeyringError
from service.store.merkle import Peaks
from service.store.record import Content, Entry, begin_chain, next_link
from service.store.schema import conversations, entries, heads, messages, orders, shops
from service.store.seal import head_data
from service.store.talks import context_of

__all__ = ["ERASED", "Finding", "audit_shop"]

ERASED = "erased"
"""The kind of an entry that says that a talk's contents were deleted on purpose."""


class Finding(NamedTuple):
    """What is wrong, and where: the table, the number of the row, and for an entry its talk and position."""

    what: str
    table: str
    row: int | None
    talk: str | None = None
    position: int | None = None

    def __str__(self) -> str:
        where = f"{self.table} row {self.row}" if self.row is not None else self.table
        if self.talk is not None:
            where += f" (talk {self.talk}, position {self.position})"
        return f"{where}: {self.what}"


def audit_shop(
    connection: Connection, shop_id: int, keyring: Keyring, key: Ed25519PublicKey | None = None
) -> Iterator[Finding]:
    """What is wrong in a shop's record, talk by talk and then head by head; nothing where all is as it arrived.

    Parameters
    ----------
    connection
        Within a transaction, so that nothing changes meanwhile.
    keyring
        That the record was made with.
    key
        That heads were signed with; heads of other keys are reported. Without one, signatures are not checked.
    """
    query = (
        select(entries)
        .where(entries.c.shop_id == shop_id)
        .order_by(entries.c.talk, entries.c.position)
        .execution_options(yield_per=1000)
    )
    known: set[str] = set()
    for talk, rows in groupby(connection.execute(query), key=lambda row: row.talk):
        known.add(talk)
        yield from _audit_talk(connection, shop_id, keyring, talk, list(rows))
    for row in connection.execute(
        select(conversations.c.id, conversations.c.talk, conversations.c.entries).where(
            conversations.c.shop_id == shop_id
        )
    ):
        if row.talk not in known and row.entries:
            yield Finding("its entries are missing from the record", "conversations", row.id)
    yield from _audit_heads(connection, shop_id, key)


def _audit_talk(
    connection: Connection, shop_id: int, keyring: Keyring, talk: str, rows: list[Row[Any]]
) -> Iterator[Finding]:
    link = begin_chain(keyring, talk)
    for expected, row in enumerate(rows):
        if row.position != expected:
            yield Finding(f"the entry at position {expected} is missing before this one", *_at(row))
            return
        link = next_link(keyring, link, Entry.of(row))
        if link != row.link:
            yield Finding("altered, or inserted later: its link does not fit what came before", *_at(row))
            return
    last = rows[-1]
    talk_row = connection.execute(
        select(conversations.c.id, conversations.c.entries, conversations.c.link).where(
            conversations.c.talk == talk, conversations.c.shop_id == shop_id
        )
    ).first()
    if talk_row is None:
        if last.kind != ERASED:
            yield Finding("the conversation of this entry is missing", *_at(last))
        return
    if talk_row.entries > len(rows):
        yield Finding(f"the entry at position {len(rows)} is missing after this one", *_at(last))
    elif (talk_row.entries, talk_row.link) != (len(rows), last.link):
        yield Finding("more entries than its conversation has: altered, or inserted later", *_at(last))
    yield from _audit_contents(connection, keyring, talk_row.id, talk, rows)


def _audit_contents(
    connection: Connection, keyring: Keyring, number: int, talk: str, rows: list[Row[Any]]
) -> Iterator[Finding]:
    stored: dict[tuple[str, int], tuple[int, bytes]] = {}
    for kind, table in (("message", messages), ("order", orders)):
        query = select(table.c.id, table.c.position, table.c.content).where(table.c.talk_id == number)
        stored |= {(kind, position): (row, content) for row, position, content in connection.execute(query)}
    for entry in rows:
        found = stored.pop((entry.kind, entry.position), None)
        if found is None:
            yield Finding("its content is missing", *_at(entry))
            return
        row, sealed = found
        try:
            content = Content(keyring.open(sealed, context_of(entry.kind, talk, entry.position)))
        except KeyringError:
            yield Finding("altered: it does not open", f"{entry.kind}s", row, talk, entry.position)
            return
        if content.commitment != entry.commitment:
            yield Finding("altered: it is not what arrived", f"{entry.kind}s", row, talk, entry.position)
            return
    for (kind, position), (row, _) in sorted(stored.items()):
        yield Finding("inserted: no entry speaks of it", f"{kind}s", row, talk, position)
        return


def _audit_heads(connection: Connection, shop_id: int, key: Ed25519PublicKey | None) -> Iterator[Finding]:
    shop = connection.execute(select(shops.c.name).where(shops.c.id == shop_id)).scalar_one()
    signed = iter(connection.execute(select(heads).where(heads.c.shop_id == shop_id).order_by(heads.c.size)).all())
    head = next(signed, None)
    peaks = Peaks()
    query = (
        select(entries)
        .where(entries.c.shop_id == shop_id, entries.c.place.is_not(None))
        .order_by(entries.c.place)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(query):
        if row.place != peaks.size:
            yield Finding(f"the entry at place {peaks.size} of the log is missing before this one", *_at(row))
            return
        if head is None:
            yield Finding("has a place in the log that no head covers", *_at(row))
            return
        peaks.append(Entry.of(row).leaf)
        if head.size == peaks.size:
            if (head.root, head.peaks) != (peaks.root(), peaks.stored()):
                yield Finding("the entries up to here are not those that were sealed", "heads", head.id)
                return
            if key is not None and not _is_signed(shop, head, key):
                yield Finding("not signed by the signing key of this home", "heads", head.id)
                return
            head = next(signed, None)
    if head is not None:
        yield Finding(f"covers {head.size} entries, and there are {peaks.size}", "heads", head.id)


def _is_signed(shop: str, head: Row[Any], key: Ed25519PublicKey) -> bool:
    if head.key != fingerprint(key):
        return False
    try:
        key.verify(head.signature, head_data(shop, head.size, head.root, head.signed_at))
    except InvalidSignature:
        return False
    return True


def _at(row: Row[Any]) -> tuple[str, int, str, int]:
    return "entries", row.id, row.talk, row.position
