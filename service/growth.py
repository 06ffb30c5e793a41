"""How a talk grows: what a request tells that is new, and the assessment after each thing. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from riskmodel.conversation import Message, Order
from riskmodel.errors import FieldProblem, InputError
from riskmodel.regions import order_province
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState
from service.store.drafts import Addition, Draft
from service.store.errors import ConflictError
from service.store.keyring import Keyring
from service.store.talks import KeptFacts, Talk, mark_of

__all__ = ["MOST_MESSAGES", "WITH_NUL", "Background", "Grown", "Item", "Name", "Told", "grow", "tell"]

MOST_MESSAGES = 5_000
"""Of one talk, as in the contract."""
WITH_NUL = "holds a NUL character, which cannot be stored; leave it out"
_MOST_ORDERS = 1_000
_FROZEN_EVERY = 4  # entries: to freeze a state takes longer than to catch up with a few messages

Name = tuple[str, str]  # a kind and an id of it


class Item(NamedTuple):
    """A message or order of a request: its kind, its place among those, its id and the mark of its content."""

    kind: str
    place: int
    name: str
    mark: bytes
    content: Message | Order

    @property
    def at(self) -> Name:
        """Its kind and id."""
        return self.kind, self.name


class Told(NamedTuple):
    """What a request tells of a talk.

    Parameters
    ----------
    items
        Orders and messages, in order.
    facts
        What is known besides, given what was known; None where that does not change.
    answered
        Whether each item gets an answer, also what is there already.
    """

    items: Sequence[Item]
    facts: Callable[[KeptFacts], KeptFacts | None] = lambda _known: None
    answered: bool = True

    @classmethod
    def of(cls, keyring: Keyring, *, orders: Sequence[Order] = (), messages: Sequence[Message] = ()) -> Told:
        """Mark what is told; raises `InputError` where an id cannot be stored."""
        several: tuple[tuple[str, Sequence[Message | Order]], ...] = (("order", orders), ("message", messages))
        items = [
            Item(kind, place, _name(content), mark_of(keyring, content), content)
            for kind, contents in several
            for place, content in enumerate(contents)
        ]
        # PostgreSQL keeps no NUL, and both databases take the same
        wrong = [item for item in items if "\0" in item.name]
        if wrong:
            raise InputError([FieldProblem(f"{item.kind}s.{item.place}.{item.kind}_id", WITH_NUL) for item in wrong])
        return cls(items)

    def names(self, kind: str) -> set[str]:
        """The ids of the messages or orders."""
        return {item.name for item in self.items if item.kind == kind}


class Background(NamedTuple):
    """What a request finds.

    Parameters
    ----------
    talk, state
        The row of the talk, and its state after the last entry; no state where nothing is new.
    known
        What is there already under ids of the request.
    given
        The assessments that were given after those.
    orders
        All orders, where one of them changes.
    facts
        What is known from now on, where that changes.
    unsought
        The id of a message that is taken for new without a look.
    """

    talk: Talk
    state: ConversationState | None
    known: Mapping[Name, bytes]
    given: Mapping[Name, dict[str, Any]]
    orders: Sequence[Order] = ()
    facts: KeptFacts | None = None
    unsought: str | None = None


class Grown(NamedTuple):
    """A talk with what was told: what of it is to be written, its state then, and the answer to each item."""

    talk: Talk
    draft: Draft | None
    state: ConversationState | None
    answers: list[dict[str, Any]]

    @property
    def made(self) -> list[dict[str, Any]]:
        """The assessments that were made: one after each thing that is new, or one where only the facts are."""
        if self.draft is None:
            return []
        return [each.assessment for each in self.draft.additions] or [self.draft.assessment]

    def new(self, kind: str) -> list[Addition]:
        """The messages or orders that are new."""
        return [each for each in self.draft.additions if each.kind == kind] if self.draft is not None else []


def grow(found: Background, told: Told, scorer: Scorer) -> Grown:
    """Add what is new, each with the assessment after it.

    Raises
    ------
    ConflictError
        Where a message has the id of another message, or there is no room.
    """
    talk, state, answers = found.talk, found.state, dict(found.given)
    if state is None:
        return Grown(talk, None, None, [answers[item.at] for item in told.items if told.answered])
    if found.facts is not None:
        tell(state, found.facts)
    marks, additions, given = dict(found.known), list[Addition](), list[dict[str, Any]]()
    for item in told.items:
        if marks.get(item.at) != item.mark:
            if item.at in marks and item.kind == "message":
                raise ConflictError(
                    f"message {item.place} of the request has the message_id of another message; "
                    "send it under an id of its own, nothing of this request was kept"
                )
            _feed(state, item.content, found.orders if item.at in marks else None, additions)
            marks[item.at], answers[item.at] = item.mark, scorer.assess_state(state, talk.conversation_id)
            plain = item.content.model_dump_json(exclude_none=True).encode()
            additions.append(Addition(item.kind, item.name, plain, item.mark, answers[item.at]))
        if told.answered:
            given.append(answers[item.at])
    _see_room(talk, additions)
    last = additions[-1].assessment if additions else scorer.assess_state(state, talk.conversation_id)
    snapshot = _frozen(talk, talk.entries + len(additions), state, scorer)
    province = _province(told.items)
    draft = Draft(talk, additions, last, snapshot, scorer.info["sha256"], found.facts, found.unsought, province)
    return Grown(talk, draft, state, given)


def tell(state: ConversationState, facts: KeptFacts) -> None:
    """Let a state know what is known of the buyer and what the shop can keep."""
    state.buyer, state.shop = facts.buyer, facts.policy
    state.looked_up = {}


def _name(item: Message | Order) -> str:
    return item.message_id if isinstance(item, Message) else item.order_id


def _feed(
    state: ConversationState, item: Message | Order, orders: Sequence[Order] | None, additions: Sequence[Addition]
) -> None:
    """Feed the state; `orders` are those before, where one of them has changed."""
    if isinstance(item, Message):
        state.add_message(item)
    elif orders is None:
        state.add_order(item)
    else:
        latest = {order.order_id: order for order in orders}
        latest |= {
            addition.name: Order.model_validate_json(addition.plain)
            for addition in additions
            if addition.kind == "order"
        }
        state.replace_orders((latest | {item.order_id: item}).values())


def _frozen(talk: Talk, entries: int, state: ConversationState, scorer: Scorer) -> bytes | None:
    """The state to be stored, where it is time to."""
    due = talk.model != scorer.info["sha256"] or talk.entries // _FROZEN_EVERY != entries // _FROZEN_EVERY
    return scorer.freeze(state) if due else None


def _province(items: Sequence[Item]) -> str | None:
    """That the last of the orders ships to which says so."""
    found = (order_province(item.content) for item in reversed(items) if isinstance(item.content, Order))
    return next(filter(None, found), None)


def _see_room(talk: Talk, additions: Sequence[Addition]) -> None:
    for kind, there, most in (
        ("message", talk.messages, MOST_MESSAGES),
        ("order", talk.entries - talk.messages, _MOST_ORDERS),
    ):
        more = sum(addition.kind == kind for addition in additions)
        if more and there + more > most:
            raise ConflictError(
                f"a conversation has room for {most} {kind}s; "
                "begin another conversation, nothing of this request was kept"
            )
