"""The record: what the views show of a conversation and its assessments, derived once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from riskmodel.conversation import DEFAULT_TIMEZONE, Conversation, Message
from riskmodel.errors import FieldProblem, InputError
from service.evidence.assessments import Assessment, Promise, Reason, read_assessments
from service.evidence.exhibits import Exhibit, list_exhibits
from service.evidence.filed import CaseFile, CaseStep
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
    """A conversation with personal data covered, its assessments, its exhibits and what was masked.

    Attributes
    ----------
    conversation
        Redacted; the untouched one never comes into a view.
    written_assessments
        The same as ``assessments.json`` has them.
    untouched
        Whether ``transcript.json`` has the untouched conversation, which every cover has to say.
    """

    conversation: Conversation
    assessments: Sequence[Assessment]
    written_assessments: bytes
    masked: Sequence[Masked]
    personal: PersonalValues
    untouched: bool = False
    labels: Sequence[GivenLabel] = ()
    exhibits: Sequence[Exhibit] = ()
    steps: Sequence[CaseStep] = ()

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
            for promise in _each_last(assessment.promises for assessment in self.assessments)
            if promise.message_id is not None  # a draft was never said
        }
        ordered = sorted(found.values(), key=lambda promise: (*self._place(promise), promise.kind))
        return [Mark(f"P{n}", "promise", promise, self._quote(promise)) for n, promise in enumerate(ordered, start=1)]

    @cached_property
    def reasons(self) -> list[Mark[Reason]]:
        """Every reason of the trajectory in the order of the talk, as it stood at the peak or, if not there, last."""
        told = (assessment.reasons for assessment in (*self.assessments, *self._peaks))
        found = {_key(reason): reason for reason in _each_last(told)}
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
    assessments: Iterable[Mapping[str, Any]],
    labels: Sequence[GivenLabel] = (),
    attachments: Mapping[str, bytes] | None = None,
    *,
    untouched: bool = False,
    case: CaseFile = CaseFile(),  # noqa: B008  # a tuple of nothing, which nobody can change
) -> Record:
    """Redact, read the assessments, list the exhibits.

    Raises
    ------
    InputError
        No messages; else as for `read_assessments` and `list_exhibits`.
    """
    if not conversation.messages:
        raise InputError([FieldProblem("messages", "is empty; a bundle needs at least one message to show")])
    redacted, masked, personal = redact(conversation)
    exhibits = list_exhibits(redacted, attachments or {}, case.exhibits, personal.cover)
    read, written = read_assessments(conversation, assessments, redacted.conversation_id, personal.cover)
    return Record(redacted, read, written, masked, personal, untouched, labels, exhibits, case.steps)


def _each_last(told: Iterable[Sequence[Item]]) -> Iterator[Item]:
    """Each thing that was told once, in the order in which they were told last: most are told again and again."""
    last_first: dict[int, Item] = {}
    for several in reversed(list(told)):
        for item in reversed(several):
            last_first.setdefault(id(item), item)
    return reversed(list(last_first.values()))


def _key(reason: Reason) -> tuple[str, str | None, tuple[int, int] | None]:
    return reason.code, reason.message_id, reason.span
