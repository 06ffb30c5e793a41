"""Talks as they happen: takes what arrives, scores it, and keeps both before it answers.

The same message again gets the same answer and is kept once; the same id with another content is refused.

What arrives is scored before the writer's turn, on the talk as it is then, so that nobody waits for it. Where another
was quicker, the database has another link, and it is scored anew within the turn, when nobody else writes to the talk.
A talk that was written to a moment ago is held in memory with its row, and gone on from without asking the database.

A talk that brings no policy is judged by the shop's own, as it is when something comes in. A change of it counts from
the next message, order or fact of each talk (of what is on its way meanwhile either may come first); what was answered
before stays, and until then the talk is shown with the policy that its last answer was given by.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Connection

from riskmodel.conversation import Conversation, Message, Order
from riskmodel.errors import InputError
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState
from service.growth import Background, Grown, Name, Told, grow, tell
from service.metrics import MESSAGES, count_assessments
from service.store.drafts import write
from service.store.engine import Store
from service.store.errors import NO_SUCH_TALK, NotFoundError, StoreError
from service.store.keyring import KeyFile
from service.store.talks import Assessed, Facts, KeptFacts, Talk, TalkStore
from service.whole import Taken, naming, taken, tell_whole

__all__ = ["Talks", "conversation_of"]

_HELD = 512  # talks whose state a process keeps in memory: some ten megabytes
_CHECKED = 64  # talks in which a draft is being typed
_GOES_ON = timedelta(days=1)  # a draft is answered now, where the last message is no older
_TURNS = 5  # within a turn only the making and the erasing of a talk by others can come between


class _Held(NamedTuple):
    """A talk in memory: its row, and its state as this model made it."""

    talk: Talk
    model: str
    state: ConversationState


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
    looks
        Of new talks, the share that chance picks for a random look.
    grown
        Called with each talk that has grown, once that is stored; it must not take long, nor fail.
    """

    def __init__(
        self,
        store: Store,
        keys: KeyFile,
        scorer: Callable[[], Scorer],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        looks: float = 0.0,
        grown: Callable[[Talk, dict[str, Any]], None] = lambda _talk, _assessment: None,
    ) -> None:
        self._looks, self._grown = looks, grown
        self._store, self._keys, self._scorer, self._clock = store, keys, scorer, clock
        self._held: OrderedDict[tuple[int, str], _Held] = OrderedDict()
        self._checked: OrderedDict[str, tuple[tuple[Any, ...], ConversationState]] = OrderedDict()
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
        return self._take(shop_id, conversation_id, Told.of(self._keys.current(), messages=messages)).answers

    def add_orders(self, shop_id: int, conversation_id: str, orders: Sequence[Order]) -> list[dict[str, Any]]:
        """Take orders, new ones and known ones that have changed; gives the Assessment after each."""
        return self._take(shop_id, conversation_id, Told.of(self._keys.current(), orders=orders)).answers

    def set_facts(self, shop_id: int, conversation_id: str, facts: Facts) -> dict[str, Any]:
        """Say what is known of the buyer and what the shop can keep; gives the Assessment as it is with that."""
        told = Told([], lambda known: KeptFacts(**dict(facts), standing=known.standing))
        return self._take(shop_id, conversation_id, told).made[-1]

    def add_conversations(self, shop_id: int, conversations: Sequence[Conversation]) -> list[Taken]:
        """Take whole conversations, all of them or none: what is known, then the orders, then the messages of each.

        What is stored of them already is kept once. Facts that a conversation does not have are left as they are.

        Raises
        ------
        ConflictError
            Where a message has the id of another one in its talk, or a talk has no room; then nothing is kept.
        """
        scorer, keyring = self._scorer(), self._keys.current()
        told = [tell_whole(keyring, conversation) for conversation in conversations]
        grown: dict[int, Grown] = {}
        # always in the same order, so that of two who take the same talks none waits for the other in a ring
        order = sorted(range(len(conversations)), key=lambda number: conversations[number].conversation_id)
        for index in order:
            with naming(index):
                grown[index] = self._foresee(shop_id, conversations[index].conversation_id, told[index], scorer)
        if any(each.draft is not None for each in grown.values()):
            with self._store.writing() as connection:
                for index in order:
                    with naming(index):
                        grown[index] = self._write(connection, grown[index], told[index], scorer)
        MESSAGES.inc(sum(len(each.new("message")) for each in grown.values()))
        return [taken(conversation, grown[index]) for index, conversation in enumerate(conversations)]

    def check_reply(self, shop_id: int, conversation_id: str, draft: str) -> dict[str, Any]:
        """The ReplyCheck of a draft in a talk as it stands; raises `NotFoundError`.

        The draft is judged at the present time where the talk goes on; an old one as if answered when it ended.
        """
        scorer = self._scorer()
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), shop_id)
            talk = _there(stored.find(conversation_id))
            version = (scorer.info["sha256"], talk.link, talk.facts, talk.standing)
            state = self._checked_before(talk.talk, version)
            if state is None:
                state = self._state(stored, talk, scorer, None)
                facts = stored.facts(talk)
                tell(state, facts.model_copy(update={"standing": stored.standing_policy(talk)}))
        now, last = self._clock(), state.as_of
        goes_on = last is not None and timedelta(0) <= now - last < _GOES_ON
        checked = scorer.check_reply_in_state(state, conversation_id, draft, now if goes_on else None)
        with self._lock:
            self._checked[talk.talk] = version, state
            while len(self._checked) > _CHECKED:
                self._checked.popitem(last=False)
        return checked

    def _checked_before(self, talk: str, version: tuple[Any, ...]) -> ConversationState | None:
        """The state that the last draft of a talk was checked in, where the talk is still as it was then.

        It is another than the one that goes on, so that nothing that is kept rests on what was typed and not sent.
        """
        with self._lock:
            found, state = self._checked.pop(talk, (None, None))
        return state if found == version else None

    def conversation(self, shop_id: int, conversation_id: str) -> Conversation:
        """The talk as the contract writes it; raises `NotFoundError`."""
        return self.named_conversation(shop_id, conversation_id)[1]

    def named_conversation(self, shop_id: int, conversation_id: str) -> tuple[str, Conversation]:
        """The talk as the contract writes it, after its random name; raises `NotFoundError`."""
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), shop_id)
            talk = _there(stored.find(conversation_id))
            return talk.talk, conversation_of(stored, talk)

    def assessments(self, shop_id: int, conversation_id: str, *, after: int = -1, limit: int = 100) -> list[Assessed]:
        """The assessments of a talk over time; raises `NotFoundError`."""
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), shop_id)
            talk = _there(stored.find(conversation_id))
            return stored.assessments(talk, after=after, limit=limit)

    def _take(self, shop_id: int, conversation_id: str, told: Told) -> Grown:
        scorer = self._scorer()
        grown = self._foresee(shop_id, conversation_id, told, scorer)
        if grown.draft is not None:
            with self._store.writing() as connection:
                grown = self._write(connection, grown, told, scorer)
            self._hold(grown, scorer)
            if grown.draft is not None and grown.draft.additions:
                self._grown(grown.talk, grown.made[-1])
        MESSAGES.inc(len(grown.new("message")))
        count_assessments(grown.made)
        return grown

    def _foresee(self, shop_id: int, conversation_id: str, told: Told, scorer: Scorer) -> Grown:
        """Work out what is told on the talk as it is now, in memory or in the store."""
        held = self._let_go(shop_id, conversation_id, scorer)
        if held is not None and len(told.items) == 1 and told.items[0].kind == "message":
            # most often it is new; the database sees to it that it is
            found = Background(held.talk, held.state, {}, {}, unsought=told.items[0].name)
        else:
            with self._store.reading() as connection:
                stored = TalkStore(connection, self._keys.current(), shop_id)
                found = self._look(stored, stored.find_or_begin(conversation_id), told, scorer, held)
        return grow(found, told, scorer)

    def _write(self, connection: Connection, grown: Grown, told: Told, scorer: Scorer) -> Grown:
        """Keep what was worked out; where the talk has gone on meanwhile, work it out anew while it is locked.

        Keys and time are taken when it is this writer's turn: those from before the wait may be of the past.
        """
        shop_id, conversation_id = grown.talk.shop_id, grown.talk.conversation_id
        for turn in range(_TURNS):
            if grown.draft is None:
                return grown
            keyring = self._keys.current()
            written = write(connection, keyring, grown.draft, self._clock(), locked=turn > 0, looks=self._looks)
            if written is not None:
                return grown._replace(talk=written)
            stored = TalkStore(connection, keyring, shop_id)
            held = self._let_go(shop_id, conversation_id, scorer)
            found = self._look(stored, stored.find_or_begin(conversation_id, lock=True), told, scorer, held)
            grown = grow(found, told, scorer)
        raise StoreError("the conversation was erased at this moment; send it again")

    def _look(self, stored: TalkStore, talk: Talk, told: Told, scorer: Scorer, held: _Held | None) -> Background:
        """What the store has of what is told, and the state where anything is new."""
        known: dict[Name, bytes] = {}
        given: dict[Name, dict[str, Any]] = {}
        changes = len(told.names("order")) < sum(item.kind == "order" for item in told.items)
        for kind in {item.kind for item in told.items} if talk.id else ():
            there = stored.known(talk, kind, told.names(kind))
            known |= {(kind, name): place.mark for name, place in there.items()}
            if told.answered:
                at = {place.position: (kind, name) for name, place in there.items()}
                given |= {at[each.position]: each.assessment for each in stored.assessments(talk, positions=at)}
        before = stored.facts(talk)
        facts = told.facts(before)
        fresh = [item for item in told.items if known.get(item.at) != item.mark]
        if talk.id and not fresh and facts is None:
            return Background(talk, None, known, given)
        now, standing = facts or before, stored.standing_policy(talk)
        if now.shop is None and now.standing != standing:
            facts = now.model_copy(update={"standing": standing})
        changes |= any(item.kind == "order" and item.at in known for item in fresh)
        orders = stored.orders(talk) if changes else ()
        return Background(talk, self._state(stored, talk, scorer, held), known, given, orders, facts)

    def _state(self, stored: TalkStore, talk: Talk, scorer: Scorer, held: _Held | None) -> ConversationState:
        """The state after the last entry: held in memory, stored, or fed anew where the model is another."""
        if held is not None and (held.talk.link, held.talk.facts) == (talk.link, talk.facts):
            return held.state
        frozen = stored.snapshot(talk) if talk.model == scorer.info["sha256"] else None
        if frozen is not None:
            try:
                state = scorer.thaw(frozen)
            except InputError:
                pass  # of another version of the program: feed it anew
            else:
                tell(state, stored.facts(talk))
                return _caught_up(stored, talk, state)
        conversation = conversation_of(stored, talk)
        state = scorer.begin(conversation)
        for message in conversation.messages:
            state.add_message(message)
        return state

    def _let_go(self, shop_id: int, conversation_id: str, scorer: Scorer) -> _Held | None:
        """Take what is held of a talk out, because it is about to change: where that fails it is not put back."""
        with self._lock:
            held = self._held.pop((shop_id, conversation_id), None)
        return held if held is not None and held.model == scorer.info["sha256"] else None

    def _hold(self, grown: Grown, scorer: Scorer) -> None:
        if grown.draft is None or grown.state is None:
            return
        talk = grown.talk._replace(snapshot=None)  # the state is here as it is
        with self._lock:
            self._held[talk.shop_id, talk.conversation_id] = _Held(talk, scorer.info["sha256"], grown.state)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)

    def forget(self) -> None:
        """Drop what is held in memory of any talk, and what the readers remember of its words."""
        with self._lock:
            self._held.clear()
            self._checked.clear()
        self._scorer().forget()


def _caught_up(stored: TalkStore, talk: Talk, state: ConversationState) -> ConversationState:
    """A state with what came after it was frozen."""
    later = [message for _, message in stored.messages(talk, since=talk.snapshot_at)]
    if len(later) < talk.entries - talk.snapshot_at:
        state.replace_orders(stored.orders(talk))
    for message in later:
        state.add_message(message)
    return state


def _there(talk: Talk | None) -> Talk:
    if talk is None:
        raise NotFoundError(NO_SUCH_TALK)
    return talk


def conversation_of(stored: TalkStore, talk: Talk, *, until: int | None = None) -> Conversation:
    """A stored talk as the contract writes it, or the part of it before an entry."""
    if not talk.id:
        return Conversation(conversation_id=talk.conversation_id, messages=[])
    facts = stored.facts(talk)
    return Conversation(
        conversation_id=talk.conversation_id,
        messages=[message for at, message in stored.messages(talk) if until is None or at < until],
        orders=stored.orders(talk, until=until),
        platform=facts.platform,
        buyer=facts.buyer,
        shop=facts.policy,
    )
