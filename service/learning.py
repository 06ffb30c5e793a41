"""What a shop's store has for learning: its labelled talks, with all that was stored by a moment and nothing later.

What is known of the buyer and the shop's policy is kept as it is now alone; whoever needs the same again compares the
digest of the talks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, func, select

from riskmodel.conversation import Conversation, Message, Order
from riskmodel.learning.retrain import ShopTalk
from service.store.keyring import Keyring
from service.store.labels import LabelStore
from service.store.schema import conversations, entries
from service.store.talks import Talk, TalkStore

__all__ = ["conversation_as_of", "labelled_talks"]


def labelled_talks(
    connection: Connection,
    keyring: Keyring,
    shop_id: int,
    as_of: datetime,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[ShopTalk]:
    """The talks that had a label by a moment, with their labels as they were then, in the order of their making."""
    given = LabelStore(connection, keyring, shop_id).given(until=as_of)
    stored = TalkStore(connection, keyring, shop_id)
    found = []
    for done, number in enumerate(sorted(given), start=1):
        row = connection.execute(select(conversations).where(conversations.c.id == number)).first()
        talk = None if row is None else conversation_as_of(connection, stored, Talk(*row), as_of)
        if talk is not None:
            found.append(ShopTalk(talk.model_dump(mode="json", exclude_none=True), given[number]))
        if progress is not None:
            progress("reading talks", done, len(given))
    return found


def conversation_as_of(connection: Connection, stored: TalkStore, talk: Talk, moment: datetime) -> Conversation | None:
    """A talk with the messages and orders that had arrived by a moment; None where it had no message."""
    arrived = select(func.count()).where(entries.c.talk == talk.talk, entries.c.received_at <= moment)
    until = connection.execute(arrived).scalar_one()
    messages = [
        Message.model_validate_json(content.plain) for at, content in stored.contents(talk, "message") if at < until
    ]
    if not messages:
        return None
    orders: dict[str, Order] = {}
    for at, content in stored.contents(talk, "order"):
        if at < until:
            order = Order.model_validate_json(content.plain)
            orders[order.order_id] = order  # a key keeps the place that it got first
    facts = stored.facts(talk)
    return Conversation(
        conversation_id=talk.conversation_id,
        messages=messages,
        orders=list(orders.values()),
        platform=facts.platform,
        buyer=facts.buyer,
        shop=facts.policy,
    )
