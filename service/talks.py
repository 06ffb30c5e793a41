"""Talks as they happen: takes what arrives, scores it, and keeps both before it answers.

The same message again gets the same answer and is kept once; the same id with another content is refused. Within one
talk writers wait for one another. A talk that was written to a moment ago is held in memory with the link of its last
entry: where the database has another link, another process was here, and the stored state is read instead.

A talk that brings no policy is judged by the shop's own, as it is when something comes in. A change of it counts from
the next message, order or fact of each talk (of what is on its way meanwhile either may come first); what was answered
before stays, and until then the talk is shown with the policy that its last answer was given by.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Connection

from riskmodel.conversation import Conversation, Message, Order
from riskmodel.errors import FieldProblem, InputError
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState
from service.metrics import MESSAGES, count_assessments
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import KeyFile
from service.store.talks import Addition, Assessed, Facts, KeptFacts, Talk, TalkStore

__all__ = ["MOST_MESSAGES", "WITH_NUL", "Taken", "Talks"]

MOST_MESSAGES = 5_000
"""Of one talk, as in the contract."""
WITH_NUL = "holds a NUL character, which cannot be stored; leave it out"
_MOST_ORDERS = 1_000
_FROZEN_EVERY = 4  # entries: to freeze a state takes longer than to catch up with a few messages
_HELD = 512  # talks whose state a process keeps in memory: some ten megabytes


class _Held(NamedTuple):
    """A state in memory, and what the talk's row must say for it to be the talk's."""

    link: bytes
    facts: bytes | None
    model: str
    state: ConversationState


class _Growing(NamedTuple):
    """A talk to which things are added: its row, its state where something was new, the time, and the answers.

    An answer is an assessment, or of what was there already its position.
    """

    talk: Talk
    state: ConversationState | None
    now: datetime
    answers: list[int | dict[str, Any]]


class Taken(NamedTuple):
    """A whole conversation that was taken: how much of it was new, and what is said of it now."""

    conversation_id: str
    messages: int
    new_messages: int
    new_orders: int
    risk: float | None
    band: str | None
    action: str | None


class Talks:
    """The talks of all shops.

    Parameters
    ----------
    store, keys
        Where they are kept, and what seals them.
    scorer
        Gives the scorer in use, which may change.
    clock
        The time of arrival, with a zone.
    """

    def __init__(
        self,
        store: Store,
        keys: KeyFile,
        scorer: Callable[[], Scorer],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._keys, self._scorer, self._clock = store, keys, scorer, clock
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._lock = Lock()

    def add_messages(self, shop_id: int, conversation_id: str, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Take messages in the order given; gives the Assessment after each.

        Raises
        ------
        ConflictError
            Where one has the id of another message, or there is no room; then none is kept.
        InputError
            Where an id cannot be stored; then none is kept either.
        """
        return self._add(shop_id, conversation_id, messages)

    def add_orders(self, shop_id: int, conversation_id: str, orders: Sequence[Order]) -> list[dict[str, Any]]:
        """Take orders, new ones and known ones that have changed; gives the Assessment after each."""
        return self._add(shop_id, conversation_id, orders)

    def set_facts(self, shop_id: int, conversation_id: str, facts: Facts) -> dict[str, Any]:
        """Say what is known of the buyer and what the shop can keep; gives the Assessment as it is with that."""
        scorer = self._scorer()
        with self._store.writing() as connection:
            stored, talk, now = self._begin(connection, shop_id, conversation_id)
            state = self._state(stored, talk, scorer)
            kept = KeptFacts(**dict(facts), standing=stored.standing_policy(talk))
            _tell(state, kept)
            assessment = scorer.assess_state(state, conversation_id)
            talk = stored.with_facts(talk, kept)._replace(changed_at=now)
            stored.close(talk, assessment, *_frozen(talk, talk, state, scorer))
        self._hold(talk, scorer, state)
        count_assessments([assessment])
        return assessment

    def add_conversations(self, shop_id: int, conversations: Sequence[Conversation]) -> list[Taken]:
        """Take whole conversations, all of them or none: what is known, then the orders, then the messages of each.

        What is stored of them already is kept once. Facts that a conversation does not have are left as they are.

        Raises
        ------
        ConflictError
            Where a message has the id of another one in its talk, or a talk has no room; then nothing is kept.
        """
        scorer = self._scorer()
        taken: dict[int, Taken] = {}
        with self._store.writing() as connection:
            stored, now = TalkStore(connection, self._keys.current(), shop_id), self._clock()
            # always in the same order, so that of two who take the same talks none waits for the other in a ring
            for index in sorted(range(len(conversations)), key=lambda number: conversations[number].conversation_id):
                try:
                    taken[index] = self._take_whole(stored, conversations[index], scorer, now)
                except ConflictError as error:
                    raise ConflictError(f"conversation {index}: {error}") from None
        MESSAGES.inc(sum(item.new_messages for item in taken.values()))
        return [taken[index] for index in range(len(conversations))]

    def conversation(self, shop_id: int, conversation_id: str) -> Conversation:
        """The talk as the contract writes it; raises `NotFoundError`."""
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), shop_id)
            return _conversation(stored, _there(stored.find(conversation_id)))

    def assessments(self, shop_id: int, conversation_id: str, *, after: int = -1, limit: int = 100) -> list[Assessed]:
        """The assessments of a talk over time; raises `NotFoundError`."""
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), shop_id)
            talk = _there(stored.find(conversation_id))
            return stored.assessments(talk, after=after, limit=limit)

    def _add(self, shop_id: int, conversation_id: str, items: Sequence[Message | Order]) -> list[dict[str, Any]]:
        scorer = self._scorer()
        with self._store.writing() as connection:
            stored, before, now = self._begin(connection, shop_id, conversation_id)
            talk, state, _, answers = self._grow(stored, _Growing(before, None, now, []), items, scorer)
            if state is not None:
                stored.close(talk, _last(answers), *_frozen(before, talk, state, scorer))
            positions = {answer for answer in answers if isinstance(answer, int)}
            given = stored.assessments(talk, positions=positions) if positions else []
        if state is not None:
            self._hold(talk, scorer, state)
        made = [answer for answer in answers if not isinstance(answer, int)]
        MESSAGES.inc(len(made) if isinstance(items[0], Message) else 0)
        count_assessments(made)
        earlier = {item.position: item.assessment for item in given}
        return [earlier[answer] if isinstance(answer, int) else answer for answer in answers]

    def _take_whole(self, stored: TalkStore, whole: Conversation, scorer: Scorer, now: datetime) -> Taken:
        if "\0" in whole.conversation_id:
            raise InputError([FieldProblem("conversation_id", WITH_NUL)])
        before = talk = stored.find_or_make(whole.conversation_id, now)
        told = Facts(platform=whole.platform, buyer=whole.buyer, shop=whole.shop)
        news = {name: value for name, value in told if value is not None}
        state: ConversationState | None = None
        if stored.facts(talk).model_copy(update=news) != stored.facts(talk):
            talk, state = self._go_on(stored, talk, scorer)
            facts = stored.facts(talk).model_copy(update=news)
            _tell(state, facts)
            talk = stored.with_facts(talk, facts)._replace(changed_at=now)
        orders = self._grow(stored, _Growing(talk, state, now, []), whole.orders, scorer)
        messages = self._grow(stored, orders, whole.messages, scorer)
        talk, state, _, _ = messages
        if state is None and talk.risk is None:
            # a talk of which nothing is known has an assessment too
            talk, state = self._go_on(stored, talk, scorer)
        if state is not None:
            assessment = scorer.assess_state(state, talk.conversation_id)
            stored.close(talk, assessment, *_frozen(before, talk, state, scorer))
            talk = talk._replace(**{name: assessment[name] for name in ("risk", "band", "action")})
        return Taken(
            talk.conversation_id,
            len(whole.messages),
            _count_new(messages.answers),
            _count_new(orders.answers),
            talk.risk,
            talk.band,
            talk.action,
        )

    def _grow(self, stored: TalkStore, growing: _Growing, items: Sequence[Message | Order], scorer: Scorer) -> _Growing:
        """Add what is new of these to a talk, each with the assessment after it; `TalkStore.close` is left to do."""
        talk, state, now, _ = growing
        if not items:
            return growing._replace(answers=[])
        kind = "order" if isinstance(items[0], Order) else "message"
        _see_names(kind, items)
        known = stored.known(talk, kind, {_name(item) for item in items})
        marks = {name: stored_before.mark for name, stored_before in known.items()}
        answers: list[int | dict[str, Any]] = []
        additions: list[Addition] = []
        for index, item in enumerate(items):
            name = _name(item)
            mark = stored.mark(item)
            if marks.get(name) == mark:
                place = known.get(name)
                answers.append(place.position if place else talk.entries + _place_of(name, additions))
                continue
            if name in marks and kind == "message":
                raise ConflictError(
                    f"message {index} of the request has the message_id of another message; "
                    "send it under an id of its own, nothing of this request was kept"
                )
            if state is None:
                talk, state = self._go_on(stored, talk, scorer)
            _take(state, item, stored.orders(talk) if name in marks else None, additions)
            assessment = scorer.assess_state(state, talk.conversation_id)
            additions.append(Addition(kind, name, item.model_dump_json(exclude_none=True).encode(), mark, assessment))
            marks[name] = mark
            known.pop(name, None)
            answers.append(assessment)
        if additions:
            _see_room(talk, kind, additions)
            talk = stored.add(talk, additions, now)
        return _Growing(talk, state, now, answers)

    def _begin(self, connection: Connection, shop_id: int, conversation_id: str) -> tuple[TalkStore, Talk, datetime]:
        """The talk, locked, and the time of arrival.

        Keys and time are taken when it is this writer's turn: those from before the wait may be of the past.
        """
        stored = TalkStore(connection, self._keys.current(), shop_id)
        talk = stored.find_or_make(conversation_id, self._clock())
        return stored, talk, self._clock()

    def _go_on(self, stored: TalkStore, talk: Talk, scorer: Scorer) -> tuple[Talk, ConversationState]:
        """The talk as it is about to be added to, judged by the shop's policy of now where it brought none."""
        state, standing = self._state(stored, talk, scorer), stored.standing_policy(talk)
        if state.shop != standing:
            facts = stored.facts(talk)
            if facts.shop is None:
                facts = facts.model_copy(update={"standing": standing})
                _tell(state, facts)
                talk = stored.with_facts(talk, facts)
        return talk, state

    def _state(self, stored: TalkStore, talk: Talk, scorer: Scorer) -> ConversationState:
        """The state after the last entry: held in memory, stored, or fed anew where the model is another.

        What is held is taken out, because it is about to change: where the transaction fails it is not put back.
        """
        digest = scorer.info["sha256"]
        with self._lock:
            held = self._held.pop(talk.id, None)
        if held is not None and held[:3] == (talk.link, talk.facts, digest):
            return held.state
        frozen = stored.snapshot(talk) if talk.model == digest else None
        if frozen is not None:
            try:
                state = scorer.thaw(frozen)
            except InputError:
                pass  # of another version of the program: feed it anew
            else:
                _tell(state, stored.facts(talk))
                return _caught_up(stored, talk, state)
        conversation = _conversation(stored, talk)
        state = scorer.begin(conversation)
        for message in conversation.messages:
            state.add_message(message)
        return state

    def _hold(self, talk: Talk, scorer: Scorer, state: ConversationState) -> None:
        with self._lock:
            self._held[talk.id] = _Held(talk.link, talk.facts, scorer.info["sha256"], state)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)

    def forget(self) -> None:
        """Drop what is held in memory of any talk, and what the readers remember of its words."""
        with self._lock:
            self._held.clear()
        self._scorer().forget()


def _caught_up(stored: TalkStore, talk: Talk, state: ConversationState) -> ConversationState:
    """A state with what came after it was frozen."""
    later = [message for _, message in stored.messages(talk, since=talk.snapshot_at)]
    if len(later) < talk.entries - talk.snapshot_at:
        state.replace_orders(stored.orders(talk))
    for message in later:
        state.add_message(message)
    return state


def _frozen(before: Talk, talk: Talk, state: ConversationState, scorer: Scorer) -> tuple[bytes | None, str]:
    """The state to be stored, where it is time to, and the model that it is of."""
    digest = scorer.info["sha256"]
    due = talk.model != digest or before.entries // _FROZEN_EVERY != talk.entries // _FROZEN_EVERY
    return (scorer.freeze(state) if due else None), digest


def _there(talk: Talk | None) -> Talk:
    if talk is None:
        raise NotFoundError("there is no such conversation in this shop")
    return talk


def _conversation(stored: TalkStore, talk: Talk) -> Conversation:
    facts = stored.facts(talk)
    return Conversation(
        conversation_id=talk.conversation_id,
        messages=[message for _, message in stored.messages(talk)],
        orders=stored.orders(talk),
        platform=facts.platform,
        buyer=facts.buyer,
        shop=facts.policy,
    )


def _tell(state: ConversationState, facts: KeptFacts) -> None:
    state.buyer, state.shop = facts.buyer, facts.policy
    state.looked_up = {}


def _take(
    state: ConversationState, item: Message | Order, orders: list[Order] | None, additions: Sequence[Addition]
) -> None:
    """Feed the state; `orders` are those before, where one of them has changed."""
    if isinstance(item, Message):
        state.add_message(item)
    elif orders is None:
        state.add_order(item)
    else:
        latest = {order.order_id: order for order in orders}
        latest |= {addition.name: Order.model_validate_json(addition.plain) for addition in additions}
        state.replace_orders((latest | {item.order_id: item}).values())


def _last(answers: Sequence[int | dict[str, Any]]) -> dict[str, Any]:
    """The assessment after the last thing that was new."""
    return next(answer for answer in reversed(answers) if not isinstance(answer, int))


def _count_new(answers: Sequence[int | dict[str, Any]]) -> int:
    return sum(not isinstance(answer, int) for answer in answers)


def _name(item: Message | Order) -> str:
    return item.message_id if isinstance(item, Message) else item.order_id


def _place_of(name: str, additions: Sequence[Addition]) -> int:
    return max(place for place, addition in enumerate(additions) if addition.name == name)


def _see_names(kind: str, items: Sequence[Message | Order]) -> None:
    """Refuse ids that PostgreSQL cannot keep, on any database."""
    wrong = [index for index, item in enumerate(items) if "\0" in _name(item)]
    if wrong:
        raise InputError([FieldProblem(f"{kind}s.{index}.{kind}_id", WITH_NUL) for index in wrong])


def _see_room(talk: Talk, kind: str, additions: Sequence[Addition]) -> None:
    most = MOST_MESSAGES if kind == "message" else _MOST_ORDERS
    there = talk.messages if kind == "message" else talk.entries - talk.messages
    if there + len(additions) > most:
        raise ConflictError(
            f"a conversation has room for {most} {kind}s; begin another conversation, nothing of this request was kept"
        )
