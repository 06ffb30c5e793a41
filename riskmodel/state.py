"""ConversationState: takes one message or one order at a time and holds all that scoring needs.

What is scored as of message *k* rests on the messages up to *k* and on the orders placed by then, never on anything
later.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from riskmodel.acts import ActReader, ActTally
from riskmodel.conversation import Buyer, Conversation, Message, Order, ShopPolicy
from riskmodel.promises import Agenda, Circumstances, Understanding, understand
from riskmodel.promises.ledger import Evidence, Ledger, LedgerRow
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.regions import province_in
from riskmodel.signals import Found, Matcher, Reading, load_catalogue
from riskmodel.signals.lexicon import Span
from riskmodel.signals.threat import find_threats
from riskmodel.words import SALES, Tally, Utterance, WordModel, utterance

__all__ = ["TOO_LITTLE", "ConversationState", "Evidence", "begin", "walk"]

TOO_LITTLE = 3
"""Below this many letters or characters from the buyer there is too little to go on: 在吗, 你好."""
# Characters of a turn that are still read together with its next message: people split one sentence over several.
_CARRIED = 40
# After this many characters a buyer's message says something of its own and no longer repeats an open question.
_NUDGE = 8
# Places that the text channel quotes; what it read elsewhere is summed up.
_QUOTED = 5
_ASKING = ("question", "asking", "tag", "press")
# conditions that are read by their parts, and the signals that say the same
_TIED = {"review_for_money": "demand.review_for_money", "withdrawal_for_money": "demand.withdrawal_for_money"}
_PROBES = ("press.insists", "press.confirms")


@cache
def _matcher(sender: str) -> Matcher:
    return Matcher(load_catalogue(), sender)


class ConversationState:
    """A talk as far as it has come.

    Parameters
    ----------
    buyer, shop
        What the shop knows of the buyer and can keep; ``None`` where unknown.
    words
        The learned text channel; without one its columns stay zero.
    reader
        The learned reader of single lines; without one only rules tell what is asked and promised.
    acts
        The learned reader of acts; without one its columns stay zero.
    """

    def __init__(
        self,
        *,
        buyer: Buyer | None = None,
        shop: ShopPolicy | None = None,
        words: WordModel | None = None,
        reader: LineReader | None = None,
        acts: ActReader | None = None,
    ) -> None:
        self.buyer = buyer
        self.shop = shop
        # the last buyer message as the text channel reads it, what the channel makes of all, and what moved it most
        self.spoken: Utterance | None = None
        self.tally = Tally(words) if words is not None else None
        self.strongest_words: list[tuple[float, Evidence]] = []
        self._words = words
        # what the buyer's messages were heard to do, and the last message that is the evidence of each
        self.acts = ActTally()
        self._act_reader = acts
        self.as_of: datetime | None = None
        self.last_message_id: str | None = None
        self.orders: list[Order] = []
        self.placed_times: list[datetime] = []  # of the orders that have one, in order
        self.largest_amount = 0.0
        self.ordered_cod = False
        self.latest_order: Order | None = None
        self.agenda = Agenda(reader)
        self.mentioned_province: str | None = None
        self.buyer_characters = 0
        # how many buyer messages said a thing, and where it was said last; keys are signal codes and conduct names
        self.counts: Counter[str] = Counter()
        self.evidence: dict[str, Evidence] = {}
        self.largest_demand = 0.0
        self.topics_answered_with_care: set[str] = set()
        # what the reply check has looked up since the last message or order
        self.looked_up: dict[Any, Any] = {}
        self._later_orders: list[tuple[datetime, Order]] = []
        self._ledger = Ledger()
        self._previous_sender: str | None = None
        self._in_stock = False
        self._answered_with_care = False
        self._tail: dict[str, list[Span]] = {}
        self._photo: Evidence | None = None  # sent while there was too little to go on

    def add_order(self, order: Order) -> None:
        """Take an order; it counts from the moment it was placed, or at once where that is unknown."""
        self.looked_up = {}
        if order.placed_at is None or (self.as_of is not None and order.placed_at <= self.as_of):
            self._count_order(order)
        else:
            insort(self._later_orders, (order.placed_at, order), key=itemgetter(0))

    def replace_orders(self, orders: Iterable[Order]) -> None:
        """Take all orders anew, as they are known now: one of them has changed."""
        self.orders, self.placed_times, self._later_orders = [], [], []
        self.largest_amount, self.ordered_cod, self.latest_order = 0.0, False, None
        for order in orders:
            self.add_order(order)

    def add_message(self, message: Message) -> None:
        """Take the next message in the order given."""
        self._advance(message.sent_at)
        self.spoken = None
        self.looked_up = {}
        if message.sender == "buyer":
            self._add_buyer_message(message)
        elif message.sender == "agent":
            self._add_agent_message(message)
        if message.sender != "system":
            self._previous_sender = message.sender
        self.last_message_id = message.message_id

    @property
    def ledger(self) -> list[LedgerRow]:
        """What the shop committed to, oldest first, judged against the latest order, and what became of it by now."""
        if self.as_of is None:
            return []
        return self._ledger.rows(self.as_of, self.shop, self.orders)

    def circumstances(self, now: datetime | None = None) -> Circumstances | None:
        """What a promise made now is judged against; None before the first message."""
        moment = now or self.as_of
        if moment is None:
            return None
        return Circumstances(self.shop, self.latest_order, moment, self.mentioned_province, self._in_stock)

    def note(self, name: str, evidence: Evidence) -> None:
        """Count something said or done, and keep where it was last."""
        self.counts[name] += 1
        self.evidence[name] = evidence

    def _advance(self, now: datetime) -> None:
        self.as_of = now if self.as_of is None else max(self.as_of, now)
        count = bisect_right(self._later_orders, self.as_of, key=itemgetter(0))
        due, self._later_orders = self._later_orders[:count], self._later_orders[count:]
        for _, order in due:
            self._count_order(order)

    def _count_order(self, order: Order) -> None:
        """Take an order as placed; the latest is the one placed last, or of those without a time the one given last."""
        self.orders.append(order)
        self.largest_amount = max(self.largest_amount, float(order.amount or 0))
        self.ordered_cod |= order.payment_method == "cash_on_delivery"
        if order.placed_at is not None:
            insort(self.placed_times, order.placed_at)
        latest = self.latest_order.placed_at if self.latest_order else None
        if latest is None or (order.placed_at is not None and order.placed_at > latest):
            self.latest_order = order

    def _add_buyer_message(self, message: Message) -> None:
        reading = load_catalogue().lexicon.read(message.text)
        new_turn = self._previous_sender != "buyer"
        if new_turn:
            self._tail = {}
            self.agenda.begin_turn()
        found = _matcher("buyer").find(reading, self._tail)
        self._carry(reading)
        self.mentioned_province = province_in(reading.folded.text) or self.mentioned_province
        self.buyer_characters += sum(map(str.isalnum, reading.folded.text))
        # what is said before there is enough to go on counts for nobody, then or later: brought up by the next message,
        # it would move the risk by what that one does not say
        enough = self.buyer_characters >= TOO_LITTLE
        said = _said(reading, found) if enough else {}
        codes = said.keys()
        for code, span in said.items():
            self.note(code, Evidence(message.message_id, reading.folded.span(*span)))
        self.spoken = utterance(reading.folded.text if enough else "", codes, attached=bool(message.attachments))
        if self._words is not None and self.tally is not None:
            self._add_words(self._words, self.tally.add(self.spoken), message, reading)
        if self._act_reader is not None:
            whole = reading.folded.span(0, len(reading.folded.text)) if self.spoken.text.strip() else None
            for name in self.acts.add(self._act_reader.hear(self.spoken.text), self.spoken):
                self.evidence[f"act.{name}"] = Evidence(message.message_id, whole)
        self._note_photo(message, enough=enough, sells=not codes.isdisjoint(SALES))
        self._note_amounts(reading, codes)
        known = [item.signal.topic for item in found if item.signal.topic is not None]
        asked = self.agenda.ask(reading, known, waits=_waits(reading, codes))
        self._note_pressing(message, codes, asked if enough else set())

    def _add_words(self, words: WordModel, change: float, message: Message, reading: Reading) -> None:
        """Keep the messages that raised the balance most."""
        if change <= 0 or self.spoken is None:
            return
        if len(self.strongest_words) < _QUOTED or change > self.strongest_words[-1][0]:
            span = reading.folded.span(*words.decisive(self.spoken.text))
            self.strongest_words.append((change, Evidence(message.message_id, span)))
            self.strongest_words.sort(key=lambda place: -place[0])
            del self.strongest_words[_QUOTED:]

    def _note_photo(self, message: Message, *, enough: bool, sells: bool) -> None:
        """A photo speaks for the buyer; sent before any words it waits for them, and buys no sale off."""
        if message.attachments:
            self._photo = Evidence(message.message_id, None)
        if enough and self._photo is not None:
            if message.attachments or not sells:
                self.note("photo", self._photo)
            self._photo = None

    def _note_amounts(self, reading: Reading, codes: Set[str]) -> None:
        if reading.amounts and any(code.startswith(("demand.", "threat.")) for code in codes):
            self.largest_demand = max(self.largest_demand, *(amount.yuan for amount in reading.amounts))

    def _note_pressing(self, message: Message, codes: Set[str], asked: set[str]) -> None:
        """The step that matters: asked, answered with care, pressed again; the rest of that turn is no pressing."""
        asked_again = asked & self.topics_answered_with_care
        insists = any(code in codes for code in _PROBES)
        if asked_again or (insists and self._answered_with_care):
            code = next((code for code in sorted(codes) if code in _PROBES or code.startswith("ask.")), None)
            self.note("press.after_careful", self.evidence[code] if code else Evidence(message.message_id, None))
        elif "care.accepts" in codes and self._answered_with_care:
            self.note("care.accepts_careful", self.evidence["care.accepts"])
            self.topics_answered_with_care.clear()
        if self._previous_sender == "agent":
            self._answered_with_care = False

    def read_reply(self, text: str) -> tuple[Reading, list[Found], Understanding]:
        """Read words of the shop's side as said now: what they say and what they commit to."""
        reading = load_catalogue().lexicon.read(text)
        found = _matcher("agent").find(reading)
        return reading, found, understand(reading, found, self.agenda.context())

    def _add_agent_message(self, message: Message) -> None:
        reading, found, understood = self.read_reply(message.text)
        for commitment in understood.commitments:
            evidence = Evidence(message.message_id, reading.folded.span(commitment.start, commitment.end))
            self._ledger.add(commitment, evidence, message.sent_at, self.mentioned_province, in_stock=self._in_stock)
        codes = {item.signal.code for item in found}
        if self._previous_sender != "agent":
            self._answered_with_care = False
        self.agenda.answer(understood)
        if "stock" in understood.stances:
            self._in_stock = understood.stances["stock"] == "affirm"
        self._note_correction(message, reading, understood, explicit="careful.corrects" in codes)
        careful = understood.careful
        if codes & {"careful.hedge", "careful.corrects"}:
            careful = careful | {question.topic for question in self.agenda.open}
        if careful:
            self._answered_with_care = True
            self.topics_answered_with_care |= careful

    def _note_correction(
        self, message: Message, reading: Reading, understood: Understanding, *, explicit: bool
    ) -> None:
        taken_back = {load_topics()[name].topic for name in understood.careful}
        if taken_back or explicit:
            whole = reading.folded.span(0, len(reading.folded.text)) if reading.folded.text else (0, 0)
            evidence = Evidence(message.message_id, whole)
            self._ledger.correct(taken_back, evidence, message.sent_at, explicit=explicit)

    def _carry(self, reading: Reading) -> None:
        """Keep the end of this message, at negative offsets, for the next one of the same turn."""
        length = len(reading.folded.text) + 1
        tail: dict[str, list[Span]] = {}
        for source, shift in ((self._tail, length), (reading.concepts, length)):
            for name, spans in source.items():
                kept = [(start - shift, end - shift) for start, end in spans if start - shift >= -_CARRIED]
                if kept:
                    tail.setdefault(name, []).extend(kept)
        self._tail = tail


def _said(reading: Reading, found: Iterable[Found]) -> dict[str, Span]:
    """The signals of a buyer's message and where each stands: those found, and conditions read by their parts."""
    said = {item.signal.code: (item.start, item.end) for item in found}
    for threat in find_threats(reading):
        # a review or withdrawal that hangs on money counts like the signal of it, once a message
        code = _TIED.get(threat.kind)
        if code is not None:
            said.setdefault(code, (threat.start, threat.end))
    if said.keys().isdisjoint(SALES):
        return said
    # a word for the buyer beside a sale buys nothing off: 不转80块就一直是一星 names no defect
    return {code: span for code, span in said.items() if not code.startswith("care.")}


def _waits(reading: Reading, codes: Set[str]) -> bool:
    """A message that names no topic still waits for the last answer, unless it accepts or turns to the goods."""
    if any(code in codes for code in _PROBES):
        return True
    if codes & {"care.accepts", "care.goods"}:
        return False
    return len(reading.folded.text) <= _NUDGE or not reading.concepts.keys().isdisjoint(_ASKING)


def begin(
    conversation: Conversation,
    words: WordModel | None = None,
    reader: LineReader | None = None,
    acts: ActReader | None = None,
) -> ConversationState:
    """The state of a talk before its first message; orders count from the moment they were placed."""
    state = ConversationState(buyer=conversation.buyer, shop=conversation.shop, words=words, reader=reader, acts=acts)
    for order in conversation.orders:
        state.add_order(order)
    return state


def walk(
    conversation: Conversation,
    words: WordModel | None = None,
    reader: LineReader | None = None,
    acts: ActReader | None = None,
) -> Iterator[ConversationState]:
    """The state after each message, the same object each time; nothing is yielded for an empty talk."""
    state = begin(conversation, words, reader, acts)
    for message in conversation.messages:
        state.add_message(message)
        yield state
