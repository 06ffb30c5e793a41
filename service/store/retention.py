"""Deletes what need not be kept: talks past their time, and all of a buyer's where the buyer asks for it.

A talk's time is the limit that its shop has set for itself, else the general one; without either it is kept.

Contents go, the record of arrival stays: it holds nothing personal, and a last entry says that the talk was erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select

from riskmodel.errors import BaitwatchError
from service.store.access import log_access
from service.store.audit import ERASED
from service.store.engine import Store
from service.store.keyring import Keyring
from service.store.record import Entry, next_link
from service.store.schema import access_log, conversations, entries, shops
from service.store.talks import Talk, TalkStore

__all__ = [
    "MOST_DAYS",
    "count_past",
    "erase",
    "erase_due",
    "erasures",
    "forget_accesses",
    "limits",
    "of_buyer",
    "own_limit",
    "past_retention",
    "see_days",
]

MOST_DAYS = 36_500
_AT_ONCE = 200  # talks of a shop: a service that begins to look after an old store shall do other things too
_COMMITMENT = hashlib.sha256(ERASED.encode()).digest()  # there is nothing to keep secret in it


def see_days(days: int) -> None:
    """Raise `BaitwatchError` where this is no limit."""
    if not 0 < days <= MOST_DAYS:
        raise BaitwatchError(f"a retention limit is 1 to {MOST_DAYS} days; give another")


def limits(connection: Connection, general: int | None) -> dict[int, int | None]:
    """By shop, after how many days without a change its talks are erased; None where they are kept."""
    found = connection.execute(select(shops.c.id, shops.c.retention_days).order_by(shops.c.id))
    return {row.id: row.retention_days or general for row in found}


def own_limit(connection: Connection, shop_id: int) -> int | None:
    """The limit that a shop has set for itself."""
    found: int | None = connection.execute(select(shops.c.retention_days).where(shops.c.id == shop_id)).scalar()
    return found


def erase_due(store: Store, keyring: Callable[[], Keyring], general: int | None, actor: str, now: datetime) -> int:
    """Erase talks that are past their shop's limit, some of each shop, and what the access log says of before it.

    Gives how many talks. Each goes in a transaction of its own, so that no writer waits long.
    """
    with store.reading() as connection:
        days = {shop: limit for shop, limit in limits(connection, general).items() if limit is not None}
        found = [talk for shop in days for talk in past_retention(connection, shop, days[shop], now, most=_AT_ONCE)]
        noted = [shop for shop in days if connection.scalar(select(exists().where(*_before(shop, days[shop], now))))]
    erased = 0
    for talk in found:
        with store.writing() as connection:
            # one that has gone on since it was found is not past its time any more
            erased += erase(connection, keyring(), talk, actor, now, unless_changed=True)
    for shop in noted:
        with store.writing() as connection:
            forget_accesses(connection, shop, days[shop], now)
    return erased


def past_retention(
    connection: Connection, shop_id: int, days: int, now: datetime, *, most: int | None = None
) -> list[Talk]:
    """The talks of a shop in which nothing has happened for so many days, the oldest first."""
    query = select(conversations).where(*_past(shop_id, days, now)).order_by(conversations.c.changed_at).limit(most)
    return [Talk(*row) for row in connection.execute(query)]


def count_past(connection: Connection, shop_id: int, days: int, now: datetime) -> int:
    """How many talks `past_retention` would give."""
    return connection.execute(select(func.count()).where(*_past(shop_id, days, now))).scalar_one()


def _past(shop_id: int, days: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    see_days(days)
    return conversations.c.shop_id == shop_id, conversations.c.changed_at < now - timedelta(days=days)


def of_buyer(connection: Connection, keyring: Keyring, shop_id: int, buyer_id: str) -> list[Talk]:
    """The talks of a shop with this buyer, as far as they were told whose they are."""
    mark = TalkStore(connection, keyring, shop_id).buyer_mark(buyer_id)
    query = select(conversations).where(conversations.c.shop_id == shop_id, conversations.c.buyer == mark)
    return [Talk(*row) for row in connection.execute(query.order_by(conversations.c.id))]


def erase(
    connection: Connection, keyring: Keyring, talk: Talk, actor: str, now: datetime, *, unless_changed: bool = False
) -> bool:
    """Delete all that a talk holds, its assessments and labels too, and say so in the record.

    Gives whether that was done: not where another was quicker, nor, with `unless_changed`, where the talk has gone on.
    """
    query = select(conversations).where(conversations.c.id == talk.id, conversations.c.talk == talk.talk)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        return False
    locked = Talk(*row)
    if unless_changed and locked.changed_at != talk.changed_at:
        return False
    entry = Entry(locked.talk, locked.entries, ERASED, now, _COMMITMENT)
    link = next_link(keyring, locked.link, entry)
    connection.execute(insert(entries), {**entry._asdict(), "shop_id": locked.shop_id, "link": link})
    connection.execute(delete(conversations).where(conversations.c.id == locked.id))
    log_access(connection, locked.shop_id, actor, ERASED, at=now, talk=locked.talk)
    return True


def forget_accesses(connection: Connection, shop_id: int, days: int, now: datetime) -> int:
    """Delete what the access log says of more than so many days ago; gives how many rows."""
    done = connection.execute(delete(access_log).where(*_before(shop_id, days, now)))
    return done.rowcount


def _before(shop_id: int, days: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return access_log.c.shop_id == shop_id, access_log.c.at < now - timedelta(days=days)


def erasures(connection: Connection) -> tuple[int, int]:
    """What changes with every erasure: who holds talks in memory forgets them when it does.

    How many the access log has and which came last: of two at once the lower number may be seen after the higher one.
    """
    query = select(func.count(), func.max(access_log.c.id)).where(access_log.c.action == ERASED)
    count, last = connection.execute(query).one()
    return count, last or 0
