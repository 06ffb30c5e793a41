"""The shop's log: entries in the order of their arrival under one root, which is signed at intervals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, bindparam, func, insert, select, update

from service.evidence.signature import fingerprint
from service.store import signed
from service.store.merkle import Peaks, inclusion_proofs
from service.store.record import Entry, written
from service.store.schema import entries, heads, shops

__all__ = [
    "Head",
    "Inclusion",
    "count_unsealed",
    "entries_of",
    "head_data",
    "latest_head",
    "leaves",
    "prove",
    "seal_log",
    "sign_again",
    "unsealed_shops",
]

_UNSEALED = (entries.c.shop_id == shops.c.id, entries.c.place.is_(None))  # correlated to a row of shops


class Head(NamedTuple):
    """A signed root: of how many entries, when, and by which key."""

    size: int
    root: bytes
    peaks: bytes
    signed_at: datetime
    key: str
    signature: bytes

    def as_dict(self, shop: str) -> dict[str, object]:
        """What is given out: all that a stranger needs to check it, the shop by the name that was signed."""
        return {
            "shop": shop,
            "size": self.size,
            "root": self.root.hex(),
            "signed_at": written(self.signed_at),
            "key": self.key,
            "signature": self.signature.hex(),
        }


class Inclusion(NamedTuple):
    """That an entry stands in the log: its place, and the hashes that lead from it to the root of a head."""

    place: int
    proof: list[bytes]


def head_data(shop: str, size: int, root: bytes, signed_at: datetime) -> bytes:
    """What is signed of a head."""
    return signed.head_data(shop=shop, size=size, root=root.hex(), signed_at=written(signed_at))


def latest_head(connection: Connection, shop_id: int) -> Head | None:
    """The head that covers the most; None where nothing is sealed yet."""
    table = heads
    query = (
        select(table.c.size, table.c.root, table.c.peaks, table.c.signed_at, table.c.key, table.c.signature)
        .where(table.c.shop_id == shop_id)
        .order_by(table.c.size.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Head(*row)


def seal_log(connection: Connection, shop_id: int, key: Ed25519PrivateKey, now: datetime) -> Head | None:
    """Bring the entries that no head covers into the log, in the order of their arrival, and sign a new head.

    Gives the latest head; None where the shop has no entries at all. Costs in proportion to what is new.
    """
    # two who seal at once wait for one another, but not for writers, who hold the key of the shop's row
    locked = select(shops.c.name).where(shops.c.id == shop_id).with_for_update(key_share=True)
    shop = connection.execute(locked).scalar_one()
    before = latest_head(connection, shop_id)
    fresh = connection.execute(
        select(entries).where(entries.c.shop_id == shop_id, entries.c.place.is_(None)).order_by(entries.c.id)
    ).all()
    if not fresh:
        return before
    peaks = Peaks(before.size, before.peaks) if before is not None else Peaks()
    places = []
    for row in fresh:
        places.append({"number": row.id, "at": peaks.size})
        peaks.append(Entry.of(row).leaf)
    statement = update(entries).where(entries.c.id == bindparam("number")).values(place=bindparam("at"))
    connection.execute(statement, places)
    data = head_data(shop, peaks.size, peaks.root(), now)
    head = Head(peaks.size, peaks.root(), peaks.stored(), now, fingerprint(key.public_key()), key.sign(data))
    connection.execute(insert(heads), {**head._asdict(), "shop_id": shop_id})
    return head


def sign_again(head: Head, shop: str, key: Ed25519PrivateKey, now: datetime) -> Head:
    """The head as this key signs it, where another key did: the one that the shop had before."""
    name = fingerprint(key.public_key())
    if head.key == name:
        return head
    signature = key.sign(head_data(shop, head.size, head.root, now))
    return head._replace(signed_at=now, key=name, signature=signature)


def unsealed_shops(connection: Connection, before: datetime) -> list[int]:
    """Shops with entries that came before a moment and that no head covers."""
    # shop by shop, so that the index on (shop, place) finds them among millions
    first = select(func.min(entries.c.received_at)).where(*_UNSEALED).scalar_subquery()
    # who seals several locks them in this order, so that none waits in a ring
    query = select(shops.c.id).where(first <= before).order_by(shops.c.id)
    return [number for (number,) in connection.execute(query)]


def count_unsealed(connection: Connection) -> tuple[int, datetime | None]:
    """How many entries no head covers, and when the oldest of them came."""
    count = select(func.count()).select_from(entries).where(*_UNSEALED).scalar_subquery()
    first = select(func.min(entries.c.received_at)).where(*_UNSEALED).scalar_subquery()
    found = connection.execute(select(count, first).select_from(shops)).all()
    return sum(row[0] for row in found), min((row[1] for row in found if row[1] is not None), default=None)


def leaves(connection: Connection, shop_id: int, size: int) -> Iterator[bytes]:
    """The leaves of the first `size` entries of a shop's log."""
    query = (
        select(entries)
        .where(entries.c.shop_id == shop_id, entries.c.place < size)
        .order_by(entries.c.place)
        .execution_options(yield_per=1000)
    )
    with connection.execute(query) as rows:
        for row in rows:
            yield Entry.of(row).leaf


def entries_of(connection: Connection, shop_id: int, talk: str) -> list[Entry]:
    """The entries of a talk, in order."""
    query = select(entries).where(entries.c.shop_id == shop_id, entries.c.talk == talk)
    return [Entry.of(row) for row in connection.execute(query.order_by(entries.c.position))]


def prove(connection: Connection, shop_id: int, talk: str, size: int) -> dict[int, Inclusion]:
    """By position, that the entries of a talk stand under the head of this size; those that came later are left out."""
    query = select(entries.c.position, entries.c.place).where(
        entries.c.shop_id == shop_id, entries.c.talk == talk, entries.c.place < size
    )
    places = {row.position: row.place for row in connection.execute(query)}
    proofs = inclusion_proofs(leaves(connection, shop_id, size), size, list(places.values())) if places else {}
    return {position: Inclusion(place, proofs[place]) for position, place in places.items()}
