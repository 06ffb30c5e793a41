"""Whole conversations, taken at once: what each of them tells, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.growth import WITH_NUL, Grown, Told
from service.store.errors import ConflictError
from service.store.keyring import Keyring
from service.store.talks import KeptFacts

__all__ = ["Taken", "naming", "taken", "tell_whole"]


class Taken(NamedTuple):
    """A whole conversation that was taken: how much of it was new, and what is said of it now."""

    conversation_id: str
    messages: int
    new_messages: int
    new_orders: int
    risk: float | None
    band: str | None
    action: str | None


def tell_whole(keyring: Keyring, whole: Conversation) -> Told:
    """A conversation as what it tells: of the facts only those that it has."""
    if "\0" in whole.conversation_id:
        raise InputError([FieldProblem("conversation_id", WITH_NUL)])
    has = {"platform": whole.platform, "buyer": whole.buyer, "shop": whole.shop}

    def merged(known: KeptFacts) -> KeptFacts | None:
        facts = known.model_copy(update={name: value for name, value in has.items() if value is not None})
        return facts if facts != known else None

    return Told.of(keyring, orders=whole.orders, messages=whole.messages)._replace(facts=merged, answered=False)


def taken(whole: Conversation, grown: Grown) -> Taken:
    """What became of a conversation."""
    return Taken(
        whole.conversation_id,
        len(whole.messages),
        len(grown.new("message")),
        len(grown.new("order")),
        grown.talk.risk,
        grown.talk.band,
        grown.talk.action,
    )


@contextmanager
def naming(index: int) -> Iterator[None]:
    """Say which conversation of several it is that does not fit."""
    try:
        yield
    except ConflictError as error:
        raise ConflictError(f"conversation {index}: {error}") from None
