"""What a letter tells of the course of the talk: the decisive messages of both sides and the orders, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from riskmodel.conversation import Message
from service.evidence.checklist.requirements import Grounds
from service.evidence.graphemes import excerpt
from service.evidence.letter.sentences import Sentence, sentence
from service.evidence.record import shop_time
from service.evidence.wordings import label

__all__ = ["DEMANDS", "HINTS", "course", "quoted", "when"]

DEMANDS = {"demand.review_for_money": "review_for_sale", "demand.withdrawal_for_money": "complaint_for_sale"}
HINTS = ("demand.veiled", "act.sell_review", "act.sell_complaint")
# kinds of message, the most telling first; what does not fit is counted, not shown
_TELLING = (
    (*DEMANDS, *HINTS),
    ("demand.money_outside", "move.off_platform", "threat.ultimatum"),
    ("care.names_defect", "care.remedy"),
    ("press.after_careful", "press.confirms"),
    ("speak.complaint", "speak.bad_review", "demand.compensation"),
)
_ASKS = "ask."
_SENDERS = {"zh": {"buyer": "买家", "agent": "客服", "system": "系统"}, "en": {"buyer": "buyer", "agent": "agent"}}
_MOST_MARKS = 3
_NEARBY = 10


class _Step(NamedTuple):
    moment: datetime | None
    position: int
    sentence: Sentence


def when(grounds: Grounds, moment: datetime) -> str:
    """Return a time in the shop's zone to the second; the letter names the zone once."""
    return shop_time(moment, grounds.record.zone)[:19]


def quoted(grounds: Grounds, message_id: str, span: tuple[int, int] | None, most: int) -> str:
    """Return the words of a message as the views show them, long ones cut around the span."""
    return excerpt(grounds.record.covered[message_id], span, most)


def course(grounds: Grounds, language: str, *, messages: int, graphemes: int) -> list[Sentence]:
    """Return the steps, at most so many messages, each quoted with at most so many graphemes.

    A step stands where its message stands; an order before the first message that was sent after it was placed.
    """
    spans = dict(_telling(grounds))
    shown = sorted(list(spans)[:messages])
    talk = grounds.record.conversation.messages
    steps = [
        _Step(talk[position].sent_at, position, _message(grounds, talk[position], spans[position], language, graphemes))
        for position in shown
    ]
    steps += _orders(grounds, language)
    sentences = [step.sentence for step in sorted(steps, key=lambda step: step.position)]
    if len(spans) > len(shown):
        sentences.append(sentence("left_out", language, ["transcript.html"], number=len(spans) - len(shown)))
    return sentences


def _telling(grounds: Grounds) -> Iterator[tuple[int, tuple[int, int] | None]]:
    """Positions and what to see there, the most telling first; of each demand also what the shop answered."""
    record, said, seen = grounds.record, grounds.said, set[int]()
    talk = record.conversation.messages
    order = {message.message_id: position for position, message in enumerate(talk)}
    found: list[tuple[int, tuple[int, int] | None]] = []
    for rank, codes in enumerate(_TELLING):
        places = said.places(*codes)
        found += [(place.position, place.span) for place in places]
        if rank == 0:
            found += [(slip.place.position, slip.place.span) for slip in said.slips]
            found += [(order[mark.item.message_id], mark.item.span) for mark in record.promises if mark.item.message_id]
        if rank <= 1:
            found += [(answer, None) for place in places if (answer := _answer(talk, place.position)) is not None]
    # where it began: the buyer's first question, and its answer
    asks = sorted(place for code, places in said.by_code.items() if code.startswith(_ASKS) for place in places)[:1]
    found += [(place.position, place.span) for place in asks]
    found += [(answer, None) for place in asks if (answer := _answer(talk, place.position)) is not None]
    for position, span in found:
        if position not in seen:
            seen.add(position)
            yield position, span


def _answer(talk: Sequence[Message], position: int) -> int | None:
    """The next message of the agent, looked for no further than a few messages on."""
    nearby = range(position + 1, min(position + _NEARBY, len(talk)))
    return next((later for later in nearby if talk[later].sender == "agent"), None)


def _message(grounds: Grounds, message: Message, span: tuple[int, int] | None, language: str, most: int) -> Sentence:
    record, name = grounds.record, message.message_id
    marks = [mark.number for mark in record.promises if mark.item.message_id == name]
    marks += [
        mark.number
        for mark in record.reasons
        if mark.item.message_id == name and not mark.item.code.startswith(("words.", "act."))
    ]
    return sentence(
        "message",
        language,
        [grounds.references.message(name), *marks[:_MOST_MARKS]],
        time=when(grounds, message.sent_at),
        sender=_SENDERS[language].get(message.sender, message.sender),
        quote=quoted(grounds, name, span, most),
    )


def _orders(grounds: Grounds, language: str) -> Iterator[_Step]:
    talk = grounds.record.conversation.messages
    for place, order in enumerate(grounds.record.conversation.orders[:_MOST_MARKS], start=1):
        number = grounds.record.personal.cover(order.order_id)
        if order.placed_at is not None:
            later = next((p for p, message in enumerate(talk) if message.sent_at > order.placed_at), len(talk))
            moment = when(grounds, order.placed_at)
            # between the message before and the one after: sorting is stable and orders come last
            yield _Step(
                order.placed_at, later - 1, sentence("order", language, [f"O{place}"], time=moment, number=number)
            )
        if order.status is not None:
            zh, _, en = label("order_status", order.status).partition(" ")
            status = zh if language == "zh" else en
            yield _Step(
                None, len(talk), sentence("order_status", language, [f"O{place}"], number=number, status=status)
            )
