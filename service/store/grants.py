"""Grants: the rows that let somebody in, API keys and users, each under a mark that only the keyring makes.

The mark is a keyed hash of all that the row says. Whoever can write to the database but has no keyring can neither add
a grant nor change one: a row that does not fit its mark lets nobody in. A whole row could still be set back to what it
was, with the mark of then; therefore each mark is also an entry of the shop's log, and the audit sees which is latest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select, update

from service.store.errors import ConflictError
from service.store.keyring import Keyring
from service.store.record import Entry, begin_chain, next_link, written
from service.store.schema import api_keys, entries, shops, users

__all__ = [
    "GRANTS",
    "WrongGrant",
    "add",
    "change",
    "enter",
    "is_genuine",
    "log_name",
    "remove",
    "wrong_grants",
]

GRANTS: Final[Mapping[str, Table]] = {"key": api_keys, "user": users}
"""The tables, by what the log calls one of their rows."""
_NOT_MARKED = frozenset({"mark", "last_used_at"})  # the latter changes all the time, and lets nobody in
_MEND = {"key": "make it useless with `baitwatch keys revoke`", "user": "take it out with `baitwatch users remove`"}
_REMOVED = hashlib.sha256(b"removed").digest()


class WrongGrant(NamedTuple):
    """A grant that is not as it was made or changed last: what is wrong, the table, and the number of the row."""

    what: str
    table: str
    row: int


def add(connection: Connection, keyring: Keyring, table: Table, values: Mapping[str, Any], *, now: datetime) -> int:
    """Put in a grant; gives its number."""
    query = insert(table).values({**values, "mark": b""}).returning(table.c.id)
    number: int = connection.execute(query).scalar_one()
    _mark(connection, keyring, table, number, now=now)
    return number


def change(
    connection: Connection, keyring: Keyring, table: Table, number: int, values: Mapping[str, Any], *, now: datetime
) -> bytes:
    """Change a grant; gives its new mark.

    Raises
    ------
    ConflictError
        Where it is not genuine: marked anew it would be.
    """
    row = connection.execute(select(table).where(table.c.id == number).with_for_update()).first()
    if row is None or not is_genuine(keyring, table, row._mapping):
        raise ConflictError("it was altered meanwhile, or removed; see `baitwatch audit`")
    connection.execute(update(table).where(table.c.id == number).values(values))
    return _mark(connection, keyring, table, number, now=now)


def remove(connection: Connection, keyring: Keyring, table: Table, number: int, *, now: datetime) -> None:
    """Take a grant out, genuine or not."""
    shop_id = connection.execute(delete(table).where(table.c.id == number).returning(table.c.shop_id)).scalar_one()
    _note(connection, keyring, shop_id, _kind(table, number), _REMOVED, now=now)


def is_genuine(keyring: Keyring, table: Table, row: Mapping[Any, Any]) -> bool:
    """Whether a row, of which more may be known than its table holds, fits its mark."""
    return hmac.compare_digest(bytes(row["mark"]), _mark_of(keyring, table, row))


def log_name(keyring: Keyring, shop_id: int) -> str:
    """What the record of arrival calls the changes of a shop's grants, as if they were a talk."""
    return keyring.mark(str(shop_id).encode(), "log of grants")[:16].hex()


def wrong_grants(connection: Connection, keyring: Keyring, shop_id: int) -> Iterator[WrongGrant]:
    """What is wrong with a shop's grants, by table and number; the log itself is taken as it is."""
    query = select(entries.c.kind, entries.c.commitment).where(entries.c.talk == log_name(keyring, shop_id))
    latest = {row.kind: row.commitment for row in connection.execute(query.order_by(entries.c.position))}
    for name, table in GRANTS.items():
        for row in connection.execute(select(table).where(table.c.shop_id == shop_id).order_by(table.c.id)):
            noted = latest.pop(_kind(table, row.id), None)
            if not is_genuine(keyring, table, row._mapping):
                yield WrongGrant(
                    f"altered, or made without the keyring: it lets nobody in; {_MEND[name]}", table.name, row.id
                )
            elif noted != row.mark:
                yield WrongGrant(f"set back to what it was before its last change; {_MEND[name]}", table.name, row.id)
    for kind, noted in latest.items():
        if noted != _REMOVED:
            name, _, number = kind.partition(" ")
            yield WrongGrant("missing, and not removed by this program", GRANTS[name].name, int(number))


def _mark(connection: Connection, keyring: Keyring, table: Table, number: int, *, now: datetime) -> bytes:
    row = connection.execute(select(table).where(table.c.id == number)).one()
    mark = _mark_of(keyring, table, row._mapping)
    connection.execute(update(table).where(table.c.id == number).values(mark=mark))
    _note(connection, keyring, row.shop_id, _kind(table, number), mark, now=now)
    return mark


def _mark_of(keyring: Keyring, table: Table, row: Mapping[Any, Any]) -> bytes:
    # all columns, so that none is forgotten that comes later
    said = {column.name: _spelled(row[column.name]) for column in table.columns if column.name not in _NOT_MARKED}
    return keyring.mark(json.dumps(said, sort_keys=True).encode(), f"row of {table.name}")


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return written(value)
    return value.hex() if isinstance(value, bytes | memoryview) else value


def _kind(table: Table, number: int) -> str:
    (name,) = (name for name, other in GRANTS.items() if other is table)
    return f"{name} {number}"


def _note(
    connection: Connection, keyring: Keyring, shop_id: int, kind: str, commitment: bytes, *, now: datetime
) -> None:
    enter(connection, keyring, shop_id, Entry(log_name(keyring, shop_id), 0, kind, now, commitment))


def enter(connection: Connection, keyring: Keyring, shop_id: int, entry: Entry) -> None:
    """Enter a change in the shop's log, chained to the one before under the same name; its position is found here."""
    # who changes grants of a shop at once takes turns; writers of messages do not wait for it
    connection.execute(select(shops.c.id).where(shops.c.id == shop_id).with_for_update(key_share=True))
    query = select(entries.c.position, entries.c.link).where(entries.c.talk == entry.talk)
    last = connection.execute(query.order_by(entries.c.position.desc()).limit(1)).first()
    position, link = (last.position + 1, last.link) if last is not None else (0, begin_chain(keyring, entry.talk))
    entry = entry._replace(position=position)
    row = {**entry._asdict(), "shop_id": shop_id, "link": next_link(keyring, link, entry)}
    connection.execute(insert(entries), row)
