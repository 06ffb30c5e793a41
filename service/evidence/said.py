"""What the messages of a record say, by the catalogue's signals: no model is asked, so this works without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from riskmodel.conversation import Conversation, Message
from riskmodel.promises import is_fault, judge
from riskmodel.signals.catalogue import Polarity
from riskmodel.state import ConversationState, begin
from service.evidence.record import Record

__all__ = ["Place", "Said", "Slip", "what_is_said"]

_FOR_A_REVIEW: Polarity = "pay_for_review"
# what a platform holds against a shop; what it promised is judged as a promise
_AGAINST_THE_SHOP: tuple[Polarity, ...] = ("duty_denial", "disclosure", "false_statement", _FOR_A_REVIEW)
# in log-odds; what a model heard more faintly is no ground for an appeal
_HEARD = 0.5


class Place(NamedTuple):
    """Words of a message, by its position in the talk; without a span the message as a whole."""

    position: int
    message_id: str
    span: tuple[int, int] | None


class Slip(NamedTuple):
    """Words of the shop that it should not have said: a duty denied, something offered for a review; by polarity."""

    place: Place
    polarity: Polarity


class Said(NamedTuple):
    """What is said where.

    Attributes
    ----------
    by_code
        Places in the buyer's words by signal code, in the order of the talk.
    slips
        The shop's own, in the order of the talk; what it promised is among the record's promises.
    """

    by_code: Mapping[str, list[Place]]
    slips: list[Slip]

    @property
    def offers(self) -> list[Place]:
        """Words of the shop that offer something for a review."""
        return [slip.place for slip in self.slips if slip.polarity == _FOR_A_REVIEW]

    def places(self, *codes: str) -> list[Place]:
        """Return the places of any of these signals in the order of the talk, one a message."""
        found = {place.position: place for code in reversed(codes) for place in self.by_code.get(code, ())}
        return [found[position] for position in sorted(found)]


def what_is_said(record: Record) -> Said:
    """Read every message once, in order; what the record's assessments found is added."""
    conversation = record.conversation
    found: dict[tuple[str, int], Place] = {}
    slips = []
    state = begin(conversation)
    for position, message in enumerate(conversation.messages):
        slips += _slips(state, position, message)
        state.add_message(message)
        if message.sender == "buyer":
            for code, evidence in state.evidence.items():
                if evidence.message_id == message.message_id:
                    found[code, position] = Place(position, message.message_id, evidence.span)
    _add_reasons(record, found)
    by_code: dict[str, list[Place]] = {}
    for code, position in sorted(found):
        by_code.setdefault(code, []).append(found[code, position])
    return Said(by_code, slips)


def _slips(state: ConversationState, position: int, message: Message) -> list[Slip]:
    """One of each kind; a promise is judged later, against what followed."""
    if message.sender != "agent":
        return []
    reading, _, understood = state.read_reply(message.text)
    around = state.circumstances(message.sent_at)
    found: dict[Polarity, Slip] = {}
    for commitment in understood.commitments:
        polarity = next((one for one in _AGAINST_THE_SHOP if one == commitment.polarity), None)
        if polarity is None:
            continue
        if around is None or is_fault(commitment, judge(commitment, around)):
            span = reading.folded.span(commitment.start, commitment.end)
            found.setdefault(polarity, Slip(Place(position, message.message_id, span), polarity))
    return list(found.values())


def _add_reasons(record: Record, found: dict[tuple[str, int], Place]) -> None:
    order = {message.message_id: position for position, message in enumerate(record.conversation.messages)}
    senders = _senders(record.conversation)
    for mark in record.reasons:
        reason = mark.item
        if reason.contribution >= _HEARD and reason.message_id is not None and senders[reason.message_id] == "buyer":
            position = order[reason.message_id]
            found.setdefault((reason.code, position), Place(position, reason.message_id, reason.span))


def _senders(conversation: Conversation) -> dict[str, str]:
    return {message.message_id: message.sender for message in conversation.messages}
