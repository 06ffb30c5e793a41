"""The talks that go on in a shop, the most urgent first; and one of them by its random name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, select

from riskmodel.model.bands import Band
from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.schema import conversations
from service.store.talks import Talk

__all__ = ["find_talk", "last_talk", "open_talks"]

URGENCY: Final[Mapping[Band, int]] = {"critical": 3, "high": 2, "watch": 1, "low": 0}


def open_talks(connection: Connection, shop_id: int, *, since: datetime, limit: int) -> list[Talk]:
    """The talks in which something has happened since then, by band and in each band the latest first."""
    band, changed_at = conversations.c.band, conversations.c.changed_at
    query = (
        select(conversations)
        .where(conversations.c.shop_id == shop_id, changed_at >= since)
        .order_by(case(dict(URGENCY), value=band, else_=0).desc(), changed_at.desc(), conversations.c.id.desc())
        .limit(limit)
    )
    return [Talk(*row) for row in connection.execute(query)]


def last_talk(connection: Connection, shop_id: int) -> str | None:
    """The random name of the talk in which something happened last, where the shop has any."""
    query = select(conversations.c.talk).where(conversations.c.shop_id == shop_id)
    found: str | None = connection.execute(query.order_by(conversations.c.changed_at.desc()).limit(1)).scalar()
    return found


def find_talk(connection: Connection, shop_id: int, name: str) -> Talk:
    """The talk of this random name, which an address may hold; raises `NotFoundError`."""
    query = select(conversations).where(conversations.c.shop_id == shop_id, conversations.c.talk == name)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(NO_SUCH_TALK)
    return Talk(*row)
