"""What the messages of a record say, by the catalogue's signals: no model is asked, so this works without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from riskmodel.conversation import Conversation, Message
from riskmodel.state import ConversationState, begin
from service.evidence.record import Record

__all__ = ["Place", "Said", "what_is_said"]

_FOR_A_REVIEW = "pay_for_review"
# in log-odds; what a model heard more faintly is no ground for an appeal
_HEARD = 0.5


class Place(NamedTuple):
    """Words of a message, by its position in the talk; without a span the message as a whole."""

    position: int
    message_id: str
    span: tuple[int, int] | None


class Said(NamedTuple):
    """What is said where.

    Attributes
    ----------
    by_code
        Places in the buyer's words by signal code, in the order of the talk.
    offers
        Words of the shop that offer something for a review.
    """

    by_code: Mapping[str, list[Place]]
    offers: list[Place]

    def places(self, *codes: str) -> list[Place]:
        """Return the places of any of these signals in the order of the talk, one a message."""
        found = {place.position: place for code in reversed(codes) for place in self.by_code.get(code, ())}
        return [found[position] for position in sorted(found)]


def what_is_said(record: Record) -> Said:
    """Read every message once, in order; what the record's assessments found is added."""
    conversation = record.conversation
    found: dict[tuple[str, int], Place] = {}
    offers = []
    state = begin(conversation)
    for position, message in enumerate(conversation.messages):
        offers += _offers(state, position, message)
        state.add_message(message)
        if message.sender == "buyer":
            for code, evidence in state.evidence.items():
                if evidence.message_id == message.message_id:
                    found[code, position] = Place(position, message.message_id, evidence.span)
    _add_reasons(record, found)
    by_code: dict[str, list[Place]] = {}
    for code, position in sorted(found):
        by_code.setdefault(code, []).append(found[code, position])
    return Said(by_code, offers)


def _offers(state: ConversationState, position: int, message: Message) -> list[Place]:
    if message.sender != "agent":
        return []
    reading, _, understood = state.read_reply(message.text)
    return [
        Place(position, message.message_id, reading.folded.span(commitment.start, commitment.end))
        for commitment in understood.commitments
        if commitment.polarity == _FOR_A_REVIEW
    ][:1]


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
