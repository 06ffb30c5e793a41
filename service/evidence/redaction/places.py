"""A conversation covered: which of its fields are personal as a whole, and which are texts to look into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from riskmodel.conversation import Attachment, Conversation, Message, Order, OrderItem
from service.evidence.redaction.detect import Found
from service.evidence.redaction.known import COVER, ORDER_FIELDS, PersonalValues

__all__ = ["MASK", "Masked", "Redacted", "redact", "value_at"]

MASK = "［已隐去 masked］"


class Masked(NamedTuple):
    """One value that was masked.

    Attributes
    ----------
    number
        ``M1``, ``M2`` … as the shop and the platform call it.
    where
        The path of the field, ``messages.3.text``.
    what
        Its kind, one of `KINDS`.
    start, end
        Its place in the field, in code points; None where the field was masked as a whole.
    """

    number: str
    where: str
    what: str
    start: int | None
    end: int | None

    @property
    def place(self) -> dict[str, Any]:
        """Where it stands, as ``masking.json`` and openings write it."""
        return {"where": self.where, "kind": self.what, "start": self.start, "end": self.end}


class Redacted(NamedTuple):
    """A conversation without personal data, what was masked in it, and what finds the same in other texts."""

    conversation: Conversation
    masked: list[Masked]
    personal: PersonalValues


def redact(conversation: Conversation) -> Redacted:
    """Cover the personal data of a conversation; orders first, then the buyer, then what was said."""
    personal = PersonalValues(conversation)
    walk = _Walk(personal)
    orders = [walk.order(f"orders.{index}", order) for index, order in enumerate(conversation.orders)]
    buyer = conversation.buyer
    if buyer is not None and buyer.buyer_id:
        buyer = buyer.model_copy(update={"buyer_id": walk.whole("buyer.buyer_id", "buyer_account")})
    changes = {
        "orders": orders,
        "buyer": buyer,
        "conversation_id": walk.known("conversation_id", conversation.conversation_id),
        "shop_id": walk.known("shop_id", conversation.shop_id),
        "messages": [walk.message(f"messages.{n}", message) for n, message in enumerate(conversation.messages)],
    }
    return Redacted(conversation.model_copy(update=changes), walk.masked, personal)


def value_at(conversation: Conversation, where: str, start: int | None, end: int | None) -> str | None:
    """The value that stands at a place of an untouched conversation; None where it has no such place."""
    value: Any = conversation
    try:
        for step in where.split("."):
            value = value[int(step)] if isinstance(value, list) else getattr(value, step)
    except (AttributeError, IndexError, ValueError):
        return None
    return value[start:end] if isinstance(value, str) else None


class _Walk:
    def __init__(self, personal: PersonalValues) -> None:
        self.masked: list[Masked] = []
        self._personal = personal

    def order(self, where: str, order: Order) -> Order:
        place = order.ship_to
        if place is not None:
            named = {name: kind for name, kind in ORDER_FIELDS.items() if getattr(place, name)}
            masks = {name: self.whole(f"{where}.ship_to.{name}", kind) for name, kind in named.items()}
            place = place.model_copy(update=masks)
        items = [self._item(f"{where}.items.{number}", item) for number, item in enumerate(order.items)]
        return order.model_copy(update={"ship_to": place, "items": items})

    def _item(self, where: str, item: OrderItem) -> OrderItem:
        changes = {"title": self.text(f"{where}.title", item.title), "sku": self.known(f"{where}.sku", item.sku)}
        return item.model_copy(update=changes)

    def message(self, where: str, message: Message) -> Message:
        files = [
            self._attachment(f"{where}.attachments.{number}", file) for number, file in enumerate(message.attachments)
        ]
        return message.model_copy(update={"text": self.text(f"{where}.text", message.text), "attachments": files})

    def _attachment(self, where: str, file: Attachment) -> Attachment:
        return file.model_copy(update={"name": self.text(f"{where}.name", file.name)})

    def text(self, where: str, text: str) -> str:
        return self._covered(where, text, self._personal.find)

    def known(self, where: str, text: str | None) -> str | None:
        return None if text is None else self._covered(where, text, self._personal.find_known)

    def whole(self, where: str, kind: str) -> str:
        self._note(where, kind, None, None)
        return MASK

    def _covered(self, where: str, text: str, find: Callable[[str], Sequence[Found]]) -> str:
        found = find(text)
        if not found:
            return text
        characters = list(text)
        for start, end, kind in found:
            characters[start:end] = COVER * (end - start)
            self._note(where, kind, start, end)
        return "".join(characters)

    def _note(self, where: str, kind: str, start: int | None, end: int | None) -> None:
        self.masked.append(Masked(f"M{len(self.masked) + 1}", where, kind, start, end))
