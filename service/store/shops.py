"""What a shop has set for itself: the policy that its talks are judged by, and for how long they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from riskmodel.conversation import ShopPolicy
from service.store.access import log_access
from service.store.keyring import Keyring
from service.store.retention import see_days
from service.store.schema import shops
from service.store.talks import context_of, open_policy

__all__ = ["Shop", "list_shops", "policy_of", "set_policy", "set_retention"]


class Shop(NamedTuple):
    """A shop as it is listed; its policy is sealed."""

    id: int
    name: str
    has_policy: bool
    retention_days: int | None
    made_at: datetime


def list_shops(connection: Connection) -> list[Shop]:
    """All shops, oldest first."""
    columns = shops.c.id, shops.c.name, shops.c.policy.is_not(None), shops.c.retention_days, shops.c.made_at
    return [Shop(*row) for row in connection.execute(select(*columns).order_by(shops.c.id))]


def policy_of(connection: Connection, keyring: Keyring, shop_id: int) -> ShopPolicy | None:
    """What the shop says it can keep; None where it has not said."""
    return open_policy(
        keyring, shop_id, connection.execute(select(shops.c.policy).where(shops.c.id == shop_id)).scalar()
    )


def set_policy(
    connection: Connection, keyring: Keyring, shop_id: int, policy: ShopPolicy | None, *, actor: str, now: datetime
) -> None:
    """Say what the shop can keep, in place of what it said before; who did is noted.

    It counts for what comes into a talk from now on. One that says nothing is none.
    """
    said = "{}" if policy is None else policy.model_dump_json(exclude_defaults=True)
    sealed = None if said == "{}" else keyring.seal(said.encode(), context_of("policy", str(shop_id), 0))
    connection.execute(update(shops).where(shops.c.id == shop_id).values(policy=sealed))
    log_access(connection, shop_id, actor, "policy", at=now)


def set_retention(connection: Connection, shop_id: int, days: int | None, *, actor: str, now: datetime) -> None:
    """Say after how many days without a change the shop's talks are erased, None for the general setting."""
    if days is not None:
        see_days(days)
    connection.execute(update(shops).where(shops.c.id == shop_id).values(retention_days=days))
    log_access(connection, shop_id, actor, "retention", at=now)
