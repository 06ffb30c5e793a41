"""A stored talk as it arrived: its messages and orders, each with its entry in the shop's log."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from riskmodel.conversation import Conversation, Message, Order
from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.keyring import Keyring
from service.store.record import Entry
from service.store.seal import Head, Inclusion, entries_of, prove
from service.store.talks import KeptFacts, Talk, TalkStore

__all__ = [
    "Arrived",
    "Kept",
    "conversation_of",
    "find_talk",
    "kept_items",
    "name_of",
    "read_arrived",
    "stored_conversation",
]


class Kept(NamedTuple):
    """A message or order as it is kept, with the salt of its entry in the log."""

    item: Message | Order
    salt: bytes


class Arrived(NamedTuple):
    """A message or order as it arrived, its entry in the log, and that it stands there."""

    item: Message | Order
    salt: bytes
    entry: Entry
    inclusion: Inclusion


def find_talk(stored: TalkStore, conversation_id: str) -> Talk:
    """The talk of this id; raises `NotFoundError`."""
    talk = stored.find(conversation_id)
    if talk is None:
        raise NotFoundError(NO_SUCH_TALK)
    return talk


def kept_items(stored: TalkStore, talk: Talk) -> dict[int, Kept]:
    """Messages and all forms of orders by their position, in the order of their arrival."""
    found: dict[int, Kept] = {}
    for position, content in stored.contents(talk, "message"):
        found[position] = Kept(Message.model_validate_json(content.plain), content.salt)
    for position, content in stored.contents(talk, "order"):
        found[position] = Kept(Order.model_validate_json(content.plain), content.salt)
    return dict(sorted(found.items()))


def read_arrived(connection: Connection, stored: TalkStore, talk: Talk, head: Head | None) -> dict[int, Arrived]:
    """By position, in order, what the head covers: what arrived since is left out.

    Raises
    ------
    NotFoundError
        Where the talk has been erased since the head was signed.
    """
    if head is None:
        return {}
    proofs = prove(connection, talk.shop_id, talk.talk, head.size)
    kept = kept_items(stored, talk)
    if not set(proofs) <= set(kept):
        raise NotFoundError("there is no such conversation in this shop any more; it has just been erased")
    return {
        entry.position: Arrived(*kept[entry.position], entry, proofs[entry.position])
        for entry in entries_of(connection, talk.shop_id, talk.talk)
        if entry.position in proofs
    }


def conversation_of(talk: Talk, facts: KeptFacts, items: Collection[Message | Order]) -> Conversation:
    """The talk as these items tell it: of an order the last of its forms, at the place of the first."""
    orders = {item.order_id: item for item in items if isinstance(item, Order)}  # a key keeps its first place
    return Conversation(
        conversation_id=talk.conversation_id,
        messages=[item for item in items if isinstance(item, Message)],
        orders=list(orders.values()),
        platform=facts.platform,
        buyer=facts.buyer,
        shop=facts.policy,
    )


def stored_conversation(connection: Connection, keyring: Keyring, shop_id: int, conversation_id: str) -> Conversation:
    """A talk as it is now; raises `NotFoundError`."""
    stored = TalkStore(connection, keyring, shop_id)
    talk = find_talk(stored, conversation_id)
    return conversation_of(talk, stored.facts(talk), [kept.item for kept in kept_items(stored, talk).values()])


def name_of(item: Message | Order) -> tuple[str, str]:
    """Kind and id."""
    return ("message", item.message_id) if isinstance(item, Message) else ("order", item.order_id)
