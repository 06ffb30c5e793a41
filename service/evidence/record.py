"""The record: what the views show of a conversation and its assessments, derived once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from riskmodel.conversation import DEFAULT_TIMEZONE, Conversation, Message
from service.evidence.assessments import Assessment, Promise, Reason, read_assessments
from service.evidence.redaction import Masked, PersonalValues, redact

__all__ = ["AnyMark", "GivenLabel", "Mark", "Record", "make_record", "shop_time"]


class GivenLabel(NamedTuple):
    """What a person of the shop said that the talk turned out to be, and when."""

    label: str
    made_at: datetime


def shop_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a time in the shop's zone with its offset, e.g. ``2026-11-11 09:30:00+08:00``."""
    # the first and last day of the calendar cannot be moved to another zone and stay as given
    with suppress(OverflowError):
        moment = moment.astimezone(zone)
    return moment.isoformat(sep=" ")


Item = TypeVar("Item", Reason, Promise)


@dataclass(frozen=True)
class Mark(Generic[Item]):
    """A numbered reason or promise, as it is referred to from the words that it rests on.

    Attributes
    ----------
    number
        ``R1``, ``R2`` … for reasons, ``P1`` … for promises.
    kind
        ``raise``, ``lower`` (speaks for the buyer) or ``promise``.
    quote
        The words, personal values covered; empty where it points at no words.
    """

    number: str
    kind: str
    item: Item
    quote: str


AnyMark = Mark[Reason] | Mark[Promise]


@dataclass(frozen=True)
class Record:
    """A conversation with personal data covered, its assessments and what was masked.

    Attributes
    ----------
    conversation
        Redacted; the untouched one never comes into a view.
    untouched
        Whether ``transcript.json`` has the untouched conversation, which every cover has to say.
    """

    conversation: Conversation
    assessments: Sequence[Assessment]
    given_assessments: Sequence[dict[str, Any]]
    masked: Sequence[Masked]
    personal: PersonalValues
    untouched: bool = False
    labels: Sequence[GivenLabel] = ()

    @property
    def zone(self) -> ZoneInfo:
        return self.conversation.shop.zone if self.conversation.shop else ZoneInfo(DEFAULT_TIMEZONE)

    @cached_property
    def messages(self) -> dict[str, Message]:
        return {message.message_id: message for message in self.conversation.messages}

    @cached_property
    def covered(self) -> dict[str, str]:
        """Text of each message as the views show it: personal values covered, every code point in its place."""
        return {name: message.text for name, message in self.messages.items()}

    @cached_property
    def peak(self) -> Assessment | None:
        """The assessment with the highest risk, the earliest of equals."""
        return max(self.assessments, key=lambda assessment: assessment.risk, default=None)

    @cached_property
    def promises(self) -> list[Mark[Promise]]:
        """Every promise of the trajectory as it was last judged, in the order of the talk."""
        found = {
            (promise.message_id, promise.span, promise.kind): promise
            for assessment in self.assessments
            for promise in assessment.promises
            if promise.message_id is not None  # a draft was never said
        }
        ordered = sorted(found.values(), key=lambda promise: (*self._place(promise), promise.kind))
        return [Mark(f"P{n}", "promise", promise, self._quote(promise)) for n, promise in enumerate(ordered, start=1)]

    @cached_property
    def reasons(self) -> list[Mark[Reason]]:
        """Every reason of the trajectory in the order of the talk, as it stood at the peak or, if not there, last."""
        found = {
            _key(reason): reason for assessment in (*self.assessments, *self._peaks) for reason in assessment.reasons
        }
        ordered = sorted(found.values(), key=lambda reason: (*self._place(reason), reason.code))
        return [
            Mark(f"R{n}", "lower" if reason.contribution < 0 else "raise", reason, self._quote(reason))
            for n, reason in enumerate(ordered, start=1)
        ]

    @property
    def for_the_buyer(self) -> list[Mark[Reason]]:
        """The reasons of the whole trajectory that speak for the buyer, strongest first."""
        chosen = [mark for mark in self.reasons if mark.kind == "lower"]
        return sorted(chosen, key=lambda mark: -abs(mark.item.contribution))

    def at_peak(self, kind: str) -> list[Mark[Reason]]:
        """Return the reasons of one kind at the peak, strongest first."""
        there = {_key(reason) for peak in self._peaks for reason in peak.reasons}
        chosen = [mark for mark in self.reasons if mark.kind == kind and _key(mark.item) in there]
        return sorted(chosen, key=lambda mark: -abs(mark.item.contribution))

    @property
    def _peaks(self) -> list[Assessment]:
        return [self.peak] if self.peak else []

    @cached_property
    def _index(self) -> Mapping[str, int]:
        return {message.message_id: index for index, message in enumerate(self.conversation.messages)}

    def _place(self, item: Reason | Promise) -> tuple[int, int, int]:
        index = len(self._index) if item.message_id is None else self._index[item.message_id]
        return (index, *(item.span or (-1, -1)))

    def _quote(self, item: Reason | Promise) -> str:
        if item.message_id is None or item.span is None:
            return ""
        start, end = item.span
        return self.covered[item.message_id][start:end]


def make_record(
    conversation: Conversation,
    assessments: Sequence[Mapping[str, Any]],
    labels: Sequence[GivenLabel] = (),
    *,
    untouched: bool = False,
) -> Record:
    """Redact the conversation and read the assessments; errors as for `read_assessments`."""
    read_assessments(conversation, assessments)  # against what they were made of
    redacted, masked, personal = redact(conversation)
    covered = [_cover_assessment(given, redacted.conversation_id, personal) for given in assessments]
    read, given = read_assessments(redacted, covered)
    return Record(redacted, read, given, masked, personal, untouched, labels)


# words of the contract and of the model's name: no text in which personal data could stand
_NO_TEXT = frozenset(
    "message_id as_of_message_id settled_by code kind pattern band action "
    "can_keep status due_at name version sha256".split()
)


def _cover_assessment(given: Mapping[str, Any], conversation_id: str, personal: PersonalValues) -> dict[str, Any]:
    """An assessment with its texts covered too: a reason may repeat what was said."""
    return {**_covered(given, personal), "conversation_id": conversation_id}


def _covered(value: Any, personal: PersonalValues) -> Any:
    if isinstance(value, str):
        return personal.cover(value)
    if isinstance(value, Mapping):
        return {name: inner if name in _NO_TEXT else _covered(inner, personal) for name, inner in value.items()}
    if isinstance(value, list):
        return [_covered(inner, personal) for inner in value]
    return value


def _key(reason: Reason) -> tuple[str, str | None, tuple[int, int] | None]:
    return reason.code, reason.message_id, reason.span
