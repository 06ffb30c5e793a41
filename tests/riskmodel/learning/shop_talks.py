"""Invented talks that stand for a shop's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from riskmodel.learning.outcomes import Given
from riskmodel.learning.retrain import ShopTalk
from riskmodel.synthesis import LabelledChat, generate

__all__ = ["NOW", "labelled", "said"]

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def said(text: str, number: int, *, buyer: str | None = None, label: str = "benign") -> LabelledChat:
    """A shop's talk of one message."""
    message = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-01T10:00:00+08:00", "text": text}
    conversation = {"conversation_id": f"own-{number}", "messages": [message]}
    if buyer is not None:
        conversation["buyer"] = {"buyer_id": buyer}
    return LabelledChat(conversation, label, (), "shop", f"shop {number}", None, None, ("",), (), private=True)


def labelled(
    count: int, seed: int, by: Sequence[str] = ("a", "b", "c"), *, every: timedelta = timedelta(0)
) -> list[ShopTalk]:
    """Talks like the synthetic ones, each labelled as what it is by one of several people, a day after it began."""
    return [
        ShopTalk(
            {**chat.conversation, "conversation_id": f"own-{seed}-{number}"},
            [Given(chat.label, by[number % len(by)], NOW + number * every + timedelta(days=1))],
        )
        for number, chat in enumerate(generate(count, seed))
    ]
