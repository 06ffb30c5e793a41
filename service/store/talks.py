"""Talks in the store, found and read; `service.store.drafts` writes them. Every query is of one shop."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Select, Table, and_, bindparam, or_, select

from riskmodel.conversation import Buyer, Message, Order, Platform, ShopPolicy
from service.store.keyring import Keyring, KeyringError
from service.store.record import Content, begin_chain, is_named, name_talk
from service.store.schema import assessments, conversations, messages, orders, shops

__all__ = [
    "CONTENTS",
    "POLICY",
    "Assessed",
    "Cursor",
    "Facts",
    "KeptFacts",
    "Stored",
    "Talk",
    "TalkStore",
    "buyer_mark",
    "context_of",
    "mark_of",
    "open_policy",
]

CONTENTS: Mapping[str, Table] = {"message": messages, "order": orders}

_AT_A_TIME = 20

# what is asked often is put together once
POLICY = select(shops.c.policy).where(shops.c.id == bindparam("shop"))
"""The policy of a shop, sealed."""
_FIND = select(conversations, POLICY.scalar_subquery()).where(
    conversations.c.shop_id == bindparam("shop"), conversations.c.conversation_id == bindparam("name")
)
_FIND_AND_LOCK = _FIND.with_for_update()
_KNOWN = {
    kind: select(table.c[f"{kind}_id"], table.c.position, table.c.mark).where(
        table.c.talk_id == bindparam("number"),
        table.c[f"{kind}_id"].in_(bindparam("names", expanding=True)),
        *([orders.c.latest] if kind == "order" else []),
    )
    for kind, table in CONTENTS.items()
}


class Facts(BaseModel):
    """What is known of a talk besides its messages and orders, in the words of the contract."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    platform: Platform | None = None
    buyer: Buyer | None = None
    shop: ShopPolicy | None = None


class KeptFacts(Facts):
    """The same as it is kept; `standing` is the shop's own policy as it was when the talk was last added to."""

    standing: ShopPolicy | None = None

    @property
    def policy(self) -> ShopPolicy | None:
        """What the talk is judged by: the policy that it brought, else the shop's own."""
        return self.standing if self.shop is None else self.shop


class Talk(NamedTuple):
    """A talk's row: how far it has come, what its next entry is linked to, and the sealed state it goes on from.

    One that is not stored yet has the number 0. With one that is found by its id comes the shop's own policy, sealed,
    which saves a question.
    """

    id: int
    shop_id: int
    conversation_id: str
    talk: str
    buyer: bytes | None = None
    facts: bytes | None = None
    snapshot: bytes | None = None
    snapshot_at: int = 0
    model: str | None = None
    entries: int = 0
    messages: int = 0
    link: bytes = b""
    risk: float | None = None
    band: str | None = None
    action: str | None = None
    made_at: datetime = datetime.min.replace(tzinfo=UTC)
    changed_at: datetime = datetime.min.replace(tzinfo=UTC)
    standing: bytes | None = None


class Stored(NamedTuple):
    """A message or order that is there already: where, and the keyed hash that tells it from another."""

    position: int
    mark: bytes


class Assessed(NamedTuple):
    """An assessment as it was given: after which entry of the talk, and when."""

    position: int
    assessment: dict[str, Any]
    made_at: datetime


class Cursor(NamedTuple):
    """Where a list of talks goes on: after this one, in the order of the last change."""

    changed_at: datetime
    id: int


class TalkStore:
    """Reads talks on a connection of one transaction.

    Parameters
    ----------
    connection
        Within a transaction.
    keyring
        Opens what is personal.
    shop_id
        Whose talks; no other shop's are ever seen.
    """

    def __init__(self, connection: Connection, keyring: Keyring, shop_id: int) -> None:
        self._connection, self._keyring, self._shop_id = connection, keyring, shop_id

    def find(self, conversation_id: str, *, lock: bool = False) -> Talk | None:
        """The talk of this id, locked until the transaction ends where it is to be changed."""
        given = {"shop": self._shop_id, "name": conversation_id}
        row = self._connection.execute(_FIND_AND_LOCK if lock else _FIND, given).first()
        if row is None:
            return None
        talk = Talk(*row)
        self._see_own(talk)
        return talk

    def find_or_begin(self, conversation_id: str, *, lock: bool = False) -> Talk:
        """The talk of this id; where there is none, one without a number that has yet to be written."""
        found = self.find(conversation_id, lock=lock)
        if found is not None:
            return found
        name = name_talk(self._keyring, self._shop_id, conversation_id)
        standing = self._connection.execute(POLICY, {"shop": self._shop_id}).scalar()
        link = begin_chain(self._keyring, name)
        return Talk(0, self._shop_id, conversation_id, name, link=link, standing=standing)

    def page(self, limit: int, *, after: Cursor | None = None, bands: Collection[str] = ()) -> list[Talk]:
        """Talks in the order of their last change, the latest first."""
        query = select(conversations).where(conversations.c.shop_id == self._shop_id)
        if bands:
            query = query.where(conversations.c.band.in_(bands))
        if after is not None:
            changed_at, number = conversations.c.changed_at, conversations.c.id
            query = query.where(
                or_(changed_at < after.changed_at, and_(changed_at == after.changed_at, number < after.id))
            )
        query = query.order_by(conversations.c.changed_at.desc(), conversations.c.id.desc()).limit(limit)
        return [Talk(*row) for row in self._connection.execute(query)]

    def known(self, talk: Talk, kind: str, names: Collection[str]) -> dict[str, Stored]:
        """Those messages, or latest forms of orders, of these names that are there."""
        rows = self._connection.execute(_KNOWN[kind], {"number": talk.id, "names": list(names)})
        return {name: Stored(position, mark) for name, position, mark in rows}

    def snapshot(self, talk: Talk) -> bytes | None:
        """The state after the first `snapshot_at` entries, as it was frozen."""
        if talk.snapshot is None:
            return None
        return self._keyring.open(talk.snapshot, context_of("snapshot", talk.talk, talk.snapshot_at))

    def facts(self, talk: Talk) -> KeptFacts:
        """What is known of the talk besides its messages and orders."""
        if talk.facts is None:
            return KeptFacts()
        return KeptFacts.model_validate_json(self._keyring.open(talk.facts, context_of("facts", talk.talk, 0)))

    def standing_policy(self, talk: Talk) -> ShopPolicy | None:
        """The shop's own policy as it was when the talk was found; None where it has not said."""
        return open_policy(self._keyring, self._shop_id, talk.standing)

    def buyer_mark(self, buyer_id: str) -> bytes:
        """The keyed hash that links a buyer's talks in this shop, and in no other."""
        return buyer_mark(self._keyring, self._shop_id, buyer_id)

    def mark(self, item: Message | Order) -> bytes:
        """The keyed hash that tells a message or order from another of the same id."""
        return mark_of(self._keyring, item)

    def messages(self, talk: Talk, *, since: int = 0) -> Iterator[tuple[int, Message]]:
        """The messages from a position on, in the order of their arrival, each with its position."""
        for position, content in self.contents(talk, "message", since):
            yield position, Message.model_validate_json(content.plain)

    def some_messages(self, talk: Talk, first: int, until: int) -> list[tuple[int, Message]]:
        """The messages from the one of this number to before another, counted from 0 in the order of their arrival."""
        query = self._sealed(talk, "message").offset(first).limit(until - first)
        return [(at, Message.model_validate_json(content.plain)) for at, content in self._open(talk, "message", query)]

    def texts(self, talk: Talk, message_ids: Collection[str]) -> dict[str, str]:
        """What was said in the messages of these ids."""
        query = self._sealed(talk, "message").where(messages.c.message_id.in_(message_ids))
        found = (Message.model_validate_json(content.plain) for _, content in self._open(talk, "message", query))
        return {message.message_id: message.text for message in found}

    def orders(self, talk: Talk, *, until: int | None = None) -> list[Order]:
        """The orders as they were stored last, or last before an entry, in the order in which they came first."""
        latest: dict[str, Order] = {}
        for position, content in self.contents(talk, "order"):
            if until is not None and position >= until:
                break
            order = Order.model_validate_json(content.plain)
            latest[order.order_id] = order  # a key keeps the place that it got first
        return list(latest.values())

    def assessments(
        self, talk: Talk, *, positions: Collection[int] | None = None, after: int = -1, limit: int | None = None
    ) -> list[Assessed]:
        """The assessments of a talk, in order."""
        table = assessments
        query = select(table.c.position, table.c.content, table.c.made_at).where(
            table.c.talk_id == talk.id, table.c.position > after
        )
        if positions is not None:
            query = query.where(table.c.position.in_(positions))
        rows = self._connection.execute(query.order_by(table.c.position).limit(limit))
        return [Assessed(position, content, made_at) for position, content, made_at in rows]

    def risks(self, talk: Talk) -> list[float]:
        """The risk after each entry of a talk, in order."""
        query = select(assessments.c.risk).where(assessments.c.talk_id == talk.id).order_by(assessments.c.position)
        return list(self._connection.execute(query).scalars())

    def each_assessment(self, talk: Talk) -> Iterator[Assessed]:
        """All assessments of a talk, in order, a few in memory at a time: each of a long talk is large."""
        table = assessments
        query = select(table.c.position, table.c.content, table.c.made_at).where(table.c.talk_id == talk.id)
        query = query.order_by(table.c.position).execution_options(yield_per=_AT_A_TIME)
        for position, content, made_at in self._connection.execute(query):
            yield Assessed(position, content, made_at)

    def contents(self, talk: Talk, kind: str, since: int = 0) -> Iterator[tuple[int, Content]]:
        """The messages, or all forms of the orders, as they arrived, in order, each with its position."""
        return self._open(talk, kind, self._sealed(talk, kind).where(CONTENTS[kind].c.position >= since))

    def _sealed(self, talk: Talk, kind: str) -> Select[int, bytes]:
        table = CONTENTS[kind]
        return select(table.c.position, table.c.content).where(table.c.talk_id == talk.id).order_by(table.c.position)

    def _open(self, talk: Talk, kind: str, query: Select[int, bytes]) -> Iterator[tuple[int, Content]]:
        self._see_own(talk)
        for position, sealed in self._connection.execute(query):
            yield position, Content(self._keyring.open(sealed, context_of(kind, talk.talk, position)))

    def _see_own(self, talk: Talk) -> None:
        """Refuse a talk that was put here without the keyring."""
        if not is_named(self._keyring, self._shop_id, talk.conversation_id, talk.talk):
            raise KeyringError("a stored conversation was altered or moved; see `baitwatch audit`")


def mark_of(keyring: Keyring, item: Message | Order) -> bytes:
    """The keyed hash that is the same for the same content: a moment is one in whatever zone it is told."""
    kind, field = ("message", "sent_at") if isinstance(item, Message) else ("order", "placed_at")
    moment: datetime | None = getattr(item, field)
    if moment is not None:
        with suppress(OverflowError):  # at either end of the calendar it has no other zone
            item = item.model_copy(update={field: moment.astimezone(UTC)})
    return keyring.mark(item.model_dump_json(exclude_none=True).encode(), kind)


@lru_cache(maxsize=256)
def open_policy(keyring: Keyring, shop_id: int, sealed: bytes | None) -> ShopPolicy | None:
    """The policy of a shop, where there is one; raises `KeyringError` where it was altered or is another shop's."""
    if sealed is None:
        return None
    return ShopPolicy.model_validate_json(keyring.open(sealed, context_of("policy", str(shop_id), 0)))


def buyer_mark(keyring: Keyring, shop_id: int, buyer_id: str) -> bytes:
    """The keyed hash that links a buyer's talks in this shop, and in no other."""
    return keyring.mark(buyer_id.encode(), f"buyer of {shop_id}")


def context_of(kind: str, talk: str, position: int) -> str:
    """Where a sealed value belongs: it opens nowhere else."""
    return f"{kind} {talk} {position}"
