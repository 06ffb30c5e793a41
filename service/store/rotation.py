"""A fresh data key: everything is sealed anew, a few rows at a time, while the service goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from sqlalchemy import Column, Connection, Table, func, literal, select, update

from service.store.engine import Store
from service.store.keyring import REREAD_SECONDS, KeyFile, Keyring
from service.store.schema import conversations, labels, messages, orders
from service.store.talks import context_of

__all__ = ["count_sealed", "rotate"]

_ROWS = 500  # in one transaction: writers wait for no longer than these take

# what is sealed: the table, the column, and what its context is called
_SEALED: tuple[tuple[Table, str, str], ...] = (
    (messages, "content", "message"),
    (orders, "content", "order"),
    (conversations, "facts", "facts"),
    (conversations, "snapshot", "snapshot"),
    (labels, "reason", "label"),
)


def rotate(store: Store, keys: KeyFile, *, progress: Callable[[int], None] | None = None) -> int:
    """Put a fresh data key in front, seal all that other keys have sealed with it, and drop those; gives how many.

    Broken off, it is taken up where it stopped by the next call, which begins with another fresh key. Where the keyring
    comes from the environment, nothing is made or dropped: what its first key has not sealed is sealed anew.
    """
    if not keys.fixed:
        keys.replace(keys.current().rotated())
        time.sleep(2 * REREAD_SECONDS)  # until every process seals with the new one
    keyring, total = keys.current(), 0
    for table, column, kind in _SEALED:
        while done := _some(store, keyring, table, column, kind):
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
            connection.execute(select(func.count(table.c[column])).select_from(table)).scalar_one()
            for table, column, _ in _SEALED
        )


def _some(store: Store, keyring: Keyring, table: Table, column: str, kind: str) -> int:
    with store.writing() as connection:
        rows = list(_old(connection, keyring, table, table.c[column]))
        for number, talk, position, sealed in rows:
            context = context_of(kind, talk, position)
            fresh = keyring.seal(keyring.open(sealed, context), context)
            connection.execute(update(table).where(table.c.id == number).values({column: fresh}))
        return len(rows)


def _old(
    connection: Connection, keyring: Keyring, table: Table, column: Column[bytes]
) -> Iterator[tuple[int, str, int, bytes]]:
    """Rows that another key has sealed: number, talk, position, value."""
    position = table.c.position if "position" in table.c else literal(0)
    query = select(table.c.id, conversations.c.talk, position, column)
    if table is not conversations:
        query = query.join(conversations, conversations.c.id == table.c.talk_id)
    query = query.where(column.is_not(None), func.substr(column, 1, len(keyring.first)) != keyring.first)
    for row in connection.execute(query.order_by(table.c.id).limit(_ROWS).with_for_update()):
        yield row[0], row[1], row[2], row[3]
