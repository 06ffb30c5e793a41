"""The chats that benchmarks run on: generated, of about thirteen messages, the same each time."""

from __future__ import annotations

from typing import Any

from riskmodel.synthesis import LabelledChat, generate

SEED = 99  # not the one that models are trained with by default
LENGTH = 13


def training_chats(count: int = 600) -> list[LabelledChat]:
    """Chats of another seed, to fit the plain pipeline on."""
    return list(generate(count, SEED + 1))


def chats(count: int = 100) -> list[dict[str, Any]]:
    """Chats cut to their first thirteen messages; shorter ones are left out."""
    found = []
    for chat in generate(20 * count, SEED):
        if len(chat.conversation["messages"]) >= LENGTH:
            found.append(chat.conversation | {"messages": chat.conversation["messages"][:LENGTH]})
        if len(found) == count:
            break
    return found
