"""Checks the whole store: every chain, every content against its commitment, every head, API key, user and case.

What is wrong first is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic_core import from_json
from sqlalchemy import Connection, Row, select

from riskmodel.conversation import Message, Order
from service.evidence.signature import fingerprint
from service.store.cases import CaseStore
from service.store.errors import NotFoundError
from service.store.grants import log_name, wrong_grants
from service.store.keyring import Keyring, KeyringError
from service.store.merkle import Peaks
from service.store.model_changes import changes_name
from service.store.record import Content, Entry, begin_chain, is_named, next_link
from service.store.schema import conversations, entries, heads, messages, orders, shops
from service.store.seal import head_data
from service.store.talks import Talk, TalkStore, context_of, mark_of, open_policy

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
    """What is wrong in a shop's record, talk by talk and head by head, and in its keys, users, policy and cases.

    Nothing where all is as it was.

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
    with connection.execute(query) as found:
        for talk, rows in groupby(found, key=lambda row: row.talk):
            known.add(talk)
            yield from _audit_talk(connection, shop_id, keyring, talk, list(rows))
    for row in connection.execute(
        select(conversations).where(conversations.c.shop_id == shop_id).order_by(conversations.c.id)
    ):
        if row.talk in known:
            continue
        if row.entries:
            yield Finding("its entries are missing from the record", "conversations", row.id)
        else:
            yield from _audit_conversation(connection, shop_id, keyring, Talk(*row))
    yield from _audit_heads(connection, shop_id, key)
    yield from (Finding(*wrong) for wrong in wrong_grants(connection, keyring, shop_id))
    try:
        open_policy(keyring, shop_id, connection.execute(select(shops.c.policy).where(shops.c.id == shop_id)).scalar())
    except KeyringError:
        yield Finding("altered: the shop's policy does not open; set it again", "shops", shop_id)
    yield from _audit_cases(connection, shop_id, keyring)


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
    stored = connection.execute(
        select(conversations).where(conversations.c.talk == talk, conversations.c.shop_id == shop_id)
    ).first()
    if stored is None:
        if last.kind != ERASED and talk not in (log_name(keyring, shop_id), changes_name(keyring, shop_id)):
            yield Finding("the conversation of this entry is missing", *_at(last))
        return
    talk_row = Talk(*stored)
    if talk_row.entries > len(rows):
        yield Finding(f"the entry at position {len(rows)} is missing after this one", *_at(last))
    elif (talk_row.entries, talk_row.link) != (len(rows), last.link):
        yield Finding("more entries than its conversation has: altered, or inserted later", *_at(last))
    elif talk_row.messages != sum(row.kind == "message" for row in rows):
        yield Finding("altered: it counts other messages than it has", "conversations", talk_row.id)
    yield from _audit_conversation(connection, shop_id, keyring, talk_row)
    yield from _audit_contents(connection, keyring, talk_row.id, talk, rows)


def _audit_conversation(connection: Connection, shop_id: int, keyring: Keyring, talk: Talk) -> Iterator[Finding]:
    """Whether the row of a talk is the one that was made for it, and holds what belongs to it."""
    if not is_named(keyring, shop_id, talk.conversation_id, talk.talk):
        yield Finding("altered: it was made for another conversation_id or shop", "conversations", talk.id)
        return
    if talk.snapshot_at > talk.entries:
        yield Finding("altered: its state is of more entries than it has", "conversations", talk.id)
        return
    stored = TalkStore(connection, keyring, shop_id)
    try:
        buyer = stored.facts(talk).buyer
        stored.snapshot(talk)
    except KeyringError:
        yield Finding("altered: what is known of the talk does not open", "conversations", talk.id)
        return
    known = buyer.buyer_id if buyer is not None else None
    if talk.buyer != (None if known is None else stored.buyer_mark(known)):
        yield Finding("altered: it is linked to another buyer", "conversations", talk.id)


def _audit_contents(
    connection: Connection, keyring: Keyring, number: int, talk: str, rows: list[Row[Any]]
) -> Iterator[Finding]:
    stored: dict[tuple[str, int], Row[Any]] = {}
    for kind, table in (("message", messages), ("order", orders)):
        query = select(table).where(table.c.talk_id == number).order_by(table.c.position)
        stored |= {(kind, row.position): row for row in connection.execute(query)}
    latest = {row.order_id: row.position for (kind, _), row in stored.items() if kind == "order"}
    for entry in rows:
        row = stored.pop((entry.kind, entry.position), None)
        if row is None:
            yield Finding("its content is missing", *_at(entry))
            return
        wrong = _wrong_content(keyring, entry, row)
        if wrong is None and entry.kind == "order" and row.latest != (latest[row.order_id] == row.position):
            wrong = "altered: which form of the order is the latest"
        if wrong is not None:
            yield Finding(wrong, f"{entry.kind}s", row.id, talk, entry.position)
            return
    for (kind, position), row in sorted(stored.items(), key=itemgetter(0)):
        yield Finding("inserted: no entry speaks of it", f"{kind}s", row.id, talk, position)
        return


def _wrong_content(keyring: Keyring, entry: Row[Any], row: Row[Any]) -> str | None:
    try:
        content = Content(keyring.open(row.content, context_of(entry.kind, entry.talk, entry.position)))
    except KeyringError:
        return "altered: it does not open"
    if content.commitment != entry.commitment:
        return "altered: it is not what arrived"
    # what it is found by and told from others by was taken from it
    item: Message | Order
    if entry.kind == "message":
        item = Message.model_validate_json(content.plain)
        name, stored = item.message_id, row.message_id
    else:
        item = Order.model_validate_json(content.plain)
        name, stored = item.order_id, row.order_id
    if (stored, row.mark) != (name, mark_of(keyring, item)):
        return "altered: its id or its mark is not that of what arrived"
    return None


def _audit_cases(connection: Connection, shop_id: int, keyring: Keyring) -> Iterator[Finding]:
    stored = CaseStore(connection, keyring, shop_id)
    for number, case_id in stored.numbers():
        try:
            case = stored.get(case_id)
            for exhibit in case.exhibits:
                content = stored.content(case, exhibit.position) if exhibit.filed else None
                if content is not None and hashlib.sha256(content).hexdigest() != from_json(exhibit.plain)["sha256"]:
                    yield Finding("altered: a file of it is not what was filed", "cases", number)
        except (KeyringError, NotFoundError):
            yield Finding("altered: the case, an event or an exhibit of it is not as it was told", "cases", number)


def _audit_heads(connection: Connection, shop_id: int, key: Ed25519PublicKey | None) -> Iterator[Finding]:
    shop = connection.execute(select(shops.c.name).where(shops.c.id == shop_id)).scalar_one()
    signed = connection.execute(select(heads).where(heads.c.shop_id == shop_id).order_by(heads.c.size)).all()
    query = (
        select(entries)
        .where(entries.c.shop_id == shop_id, entries.c.place.is_not(None))
        .order_by(entries.c.place)
        .execution_options(yield_per=1000)
    )
    with connection.execute(query) as placed:
        yield from _audit_log(shop, iter(signed), placed, key)


def _audit_log(
    shop: str, signed: Iterator[Row[Any]], placed: Iterable[Row[Any]], key: Ed25519PublicKey | None
) -> Iterator[Finding]:
    head, peaks, before = next(signed, None), Peaks(), 0
    for row in placed:
        if row.place != peaks.size:
            yield Finding(f"the entry at place {peaks.size} of the log is missing before this one", *_at(row))
            return
        if head is None:
            yield Finding("has a place in the log that no head covers", *_at(row))
            return
        if row.id < before:
            yield Finding("its place in the log was changed", *_at(row))
            return
        before = row.id
        peaks.append(Entry.of(row).leaf)
        if head.size == peaks.size:
            if (head.root, head.peaks) != (peaks.root(), peaks.stored()):
                yield Finding("the entries up to here are not those that were sealed", "heads", head.id)
                return
            if key is not None and not _is_signed(shop, head, key):
                yield Finding("not signed by the signing key of this home", "heads", head.id)
                return
            # a writer that was slow comes under a later head, although its entries have lower numbers
            head, before = next(signed, None), 0
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
