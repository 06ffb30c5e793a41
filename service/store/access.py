"""Who may what: shops, and API keys that are each of one shop and good for some things only.

A key is shown once, when it is made; what is kept is its hash. It is long and random, so that the hash needs no salt.
Its row is a grant: see `service.store.grants`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import BaitwatchError
from service.store import grants
from service.store.errors import NotFoundError
from service.store.keyring import Keyring
from service.store.schema import access_log, api_keys, shops

__all__ = [
    "SCOPES",
    "Access",
    "ApiKey",
    "Caller",
    "accesses",
    "all_shops",
    "create_key",
    "find_or_make_shop",
    "find_shop",
    "is_stale",
    "key_digest",
    "list_keys",
    "log_access",
    "looked_since",
    "note_use",
    "recognise",
    "revoke_key",
]

SCOPES: Final = ("score", "read", "label", "evidence", "admin")
"""What a key can be good for: to send talks and have them scored; to read them back; and so on."""
_PREFIX = "bw_"
_RANDOM = 32  # bytes
# how exactly the last use is known: a write at every request would cost more than the request
_USED_EVERY = timedelta(minutes=1)


class Caller(NamedTuple):
    """Who asks: a key of a shop."""

    key_id: int
    shop_id: int
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """As the access log names it."""
        return f"key {self.key_id}"


class ApiKey(NamedTuple):
    """A key as it is listed; the key itself is not known any more. One that is not genuine is good for nothing."""

    id: int
    shop: str
    label: str
    scopes: str
    made_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    genuine: bool


class Access(NamedTuple):
    """That somebody looked at or did something with a talk."""

    at: datetime
    actor: str
    action: str


def key_digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def find_shop(connection: Connection, name: str) -> int:
    """The number of the shop of this name; raises `NotFoundError`."""
    number: int | None = connection.execute(select(shops.c.id).where(shops.c.name == name)).scalar()
    if number is None:
        raise NotFoundError("there is no shop of this name; `baitwatch keys create` makes one")
    return number


def all_shops(connection: Connection) -> dict[int, str]:
    """Names by number, oldest first."""
    return {row.id: row.name for row in connection.execute(select(shops.c.id, shops.c.name).order_by(shops.c.id))}


def find_or_make_shop(connection: Connection, name: str, now: datetime) -> tuple[int, bool]:
    """The number of the shop of this name, and whether it was just made."""
    if not name.strip() or len(name) > 128 or not name.isprintable():
        raise BaitwatchError("a shop's name has 1 to 128 characters that can be seen; choose another")
    query = select(shops.c.id).where(shops.c.name == name)
    number = connection.execute(query).scalar()
    if number is not None:
        return number, False
    try:
        with connection.begin_nested():
            made = connection.execute(insert(shops).values(name=name, made_at=now).returning(shops.c.id))
            return made.scalar_one(), True
    except IntegrityError:  # another was quicker
        return connection.execute(query).scalar_one(), False


def create_key(
    connection: Connection, keyring: Keyring, shop_id: int, scopes: Collection[str], *, label: str = "", now: datetime
) -> str:
    """Make a key of a shop; it is given once and cannot be read again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise BaitwatchError(f"a key needs scopes of {', '.join(SCOPES)}; give one or more with --scope")
    key = _PREFIX + secrets.token_urlsafe(_RANDOM)
    row = {
        "shop_id": shop_id,
        "label": label[:128],
        "digest": key_digest(key),
        "scopes": " ".join(sorted(set(scopes))),
        "made_at": now,
    }
    grants.add(connection, keyring, api_keys, row, now=now)
    return key


def recognise(
    connection: Connection, keyring: Callable[[], Keyring], digest: bytes
) -> tuple[Caller, datetime | None] | None:
    """Whose key this is and when it was last noted as used; None where it is unknown, revoked or not genuine.

    The keyring is asked for only where there is such a key, so that a stranger makes nobody look for one.
    """
    row = connection.execute(select(api_keys).where(api_keys.c.digest == digest)).first()
    if row is None or row.revoked_at is not None or not grants.is_genuine(keyring(), api_keys, row._mapping):
        return None
    return Caller(row.id, row.shop_id, frozenset(row.scopes.split())), row.last_used_at


def is_stale(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether the use of a key is to be noted anew."""
    return last_used_at is None or now - last_used_at >= _USED_EVERY


def note_use(connection: Connection, key_id: int, now: datetime) -> None:
    """Note that a key was used."""
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=now))


def list_keys(connection: Connection, keyring: Keyring, shop: str | None = None) -> list[ApiKey]:
    """The keys of a shop, or of all, oldest first."""
    table = api_keys
    query = select(table, shops.c.name.label("shop")).join(shops).order_by(table.c.id)
    if shop is not None:
        query = query.where(shops.c.name == shop)
    found = []
    for row in connection.execute(query):
        genuine = grants.is_genuine(keyring, table, row._mapping)
        times = (row.made_at, row.last_used_at, row.revoked_at)
        found.append(ApiKey(row.id, row.shop, row.label, row.scopes, *times, genuine))
    return found


def revoke_key(connection: Connection, keyring: Keyring, number: int, now: datetime) -> None:
    """Make a key useless, for good; one that is not genuine is taken out. Raises `NotFoundError`."""
    row = connection.execute(select(api_keys).where(api_keys.c.id == number).with_for_update()).first()
    if row is not None and not grants.is_genuine(keyring, api_keys, row._mapping):
        grants.remove(connection, keyring, api_keys, number, now=now)
    elif row is not None and row.revoked_at is None:
        grants.change(connection, keyring, api_keys, number, {"revoked_at": now}, now=now)
    else:
        raise NotFoundError("there is no such key in use; `baitwatch keys list` shows them")


def log_access(
    connection: Connection, shop_id: int, actor: str, action: str, *, at: datetime, talk: str | None = None
) -> None:
    """Note who looked at or did what; the talk by its random name."""
    row = {"shop_id": shop_id, "at": at, "actor": actor, "action": action, "talk": talk}
    connection.execute(insert(access_log), row)


def accesses(connection: Connection, shop_id: int, talk: str, limit: int) -> list[Access]:
    """What is noted of a talk, the latest first."""
    columns = access_log.c
    query = select(columns.at, columns.actor, columns.action).where(columns.shop_id == shop_id, columns.talk == talk)
    return [Access(*row) for row in connection.execute(query.order_by(columns.id.desc()).limit(limit))]


def looked_since(connection: Connection, shop_id: int, actor: str, talk: str, since: datetime) -> bool:
    """Whether it is noted that somebody read a talk since then."""
    columns = access_log.c
    query = select(columns.id).where(
        columns.shop_id == shop_id,
        columns.at >= since,
        columns.actor == actor,
        columns.action == "read",
        columns.talk == talk,
    )
    return connection.execute(query.limit(1)).first() is not None
