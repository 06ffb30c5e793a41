"""A fresh data key: everything is sealed anew, a few rows at a time, while the service goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, String, Table, cast, func, literal, select, text, update

from service.store.engine import Store
from service.store.errors import StoreError
from service.store.keyring import REREAD_SECONDS, KeyFile, Keyring
from service.store.schema import case_events, cases, conversations, exhibits, labels, messages, orders, shops
from service.store.talks import context_of

__all__ = ["count_sealed", "rotate"]

_ROWS = 500  # in one transaction: writers wait for no longer than these take
_FILES = 4  # of these as many, for they are held in memory

_PAUSE, _PATIENCE = 0.1, 600  # seconds between two looks whether writers are done, and how many looks


class _Sealed(NamedTuple):
    """What is sealed: the table, the column, what its context is called, and the column of the position in it."""

    table: Table
    column: str
    kind: str
    position: str | None = None
    rows: int = _ROWS


_SEALED = (
    _Sealed(messages, "content", "message", "position"),
    _Sealed(orders, "content", "order", "position"),
    _Sealed(conversations, "facts", "facts"),
    _Sealed(conversations, "snapshot", "snapshot", "snapshot_at"),
    _Sealed(labels, "reason", "label"),
    _Sealed(shops, "policy", "policy"),
    _Sealed(cases, "facts", "case"),
    _Sealed(case_events, "content", "case event", "position"),
    _Sealed(exhibits, "facts", "exhibit", "position"),
    _Sealed(exhibits, "content", "exhibit file", "position", _FILES),
)


def rotate(store: Store, keys: KeyFile, *, progress: Callable[[int], None] | None = None) -> int:
    """Put a fresh data key in front, seal all that other keys have sealed with it, and drop those; gives how many.

    Broken off, it is taken up where it stopped by the next call, which begins with another fresh key. Where the keyring
    comes from the environment, nothing is made or dropped: what its first key has not sealed is sealed anew.
    """
    with keys.changing() as before:
        keyring = before if keys.fixed else before.rotated()
        if not keys.fixed:
            keys.replace(keyring)
            time.sleep(2 * REREAD_SECONDS)  # until every process begins with the new one
            _await_writers(store)
        total = 0
        for sealed in _SEALED:
            last: int | None = 0
            while last is not None:
                done, last = _some(store, keyring, sealed, last)
                total += done
                if progress is not None:
                    progress(total)
        if not keys.fixed:
            keys.replace(keyring.only_first())
        return total


def count_sealed(store: Store) -> int:
    """How many sealed values there are."""
    with store.reading() as connection:
        return sum(
            connection.execute(select(func.count(sealed.table.c[sealed.column]))).scalar_one() for sealed in _SEALED
        )


def _some(store: Store, keyring: Keyring, sealed: _Sealed, last: int) -> tuple[int, int | None]:
    """Seal some rows after this one anew; gives how many, and the last of them, None where there are no more."""
    with store.writing() as connection:
        rows = list(_old(connection, keyring, sealed, last))
        for number, owner, position, value in rows:
            context = context_of(sealed.kind, owner, position)
            fresh = keyring.seal(keyring.open(value, context), context)
            statement = update(sealed.table).where(sealed.table.c.id == number).values({sealed.column: fresh})
            connection.execute(statement)
    return len(rows), rows[-1][0] if rows else None


def _old(connection: Connection, keyring: Keyring, sealed: _Sealed, last: int) -> Iterator[tuple[int, str, int, bytes]]:
    """Rows that another key has sealed: number; talk, case or shop; position, value."""
    table, column = sealed.table, sealed.table.c[sealed.column]
    position = table.c[sealed.position] if sealed.position else literal(0)
    owner: ColumnElement[str] = conversations.c.talk
    if table is shops:
        owner = cast(shops.c.id, String)
    elif table in (cases, case_events, exhibits):
        owner = cases.c.name
    query = select(table.c.id, owner, position, column)
    if table in (case_events, exhibits):
        query = query.join(cases, cases.c.id == table.c.case_id)
    elif table not in (conversations, shops, cases):
        query = query.join(conversations, conversations.c.id == table.c.talk_id)
    query = query.where(
        table.c.id > last, column.is_not(None), func.substr(column, 1, len(keyring.first)) != keyring.first
    )
    # its own rows only: who erases a talk locks that first and its contents after, and would wait in a ring; and not
    # their keys, which who writes to a shop's talks holds
    for row in connection.execute(
        query.order_by(table.c.id).limit(sealed.rows).with_for_update(of=table, key_share=True)
    ):
        yield row[0], row[1], row[2], row[3]


def _await_writers(store: Store) -> None:
    """Wait until all transactions that may still seal with the key before have ended.

    SQLite has one writer at a time, whose end the next transaction awaits.
    """
    if store.engine.dialect.name != "postgresql":
        return
    with store.reading() as connection:
        begun = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start < :begun"
    )
    for _ in range(_PATIENCE):
        with store.reading() as connection:
            if not connection.execute(query, {"begun": begun}).scalar_one():
                return
        time.sleep(_PAUSE)
    raise StoreError("a transaction on the database does not end; see that it does, then rotate again")
