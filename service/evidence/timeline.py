"""The timeline: when which thing was said, promised, ordered and assessed, for all views the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from service.evidence.assessments import Reason
from service.evidence.figures import shown_risk
from service.evidence.record import Mark, Record, shop_time
from service.evidence.wordings import LANGUAGES, label_in, wording

__all__ = ["Event", "make_timeline"]


class Event(NamedTuple):
    """One event: its moment, what happened in both languages, what it refers to, and how much it matters."""

    moment: datetime
    time: str
    zh: str
    en: str
    references: list[str]
    weight: float


def make_timeline(record: Record) -> list[Event]:
    """Return the events in the order of their moments; those of one moment in the order of the talk."""
    messages = record.conversation.messages
    found: list[Event] = []

    def add(moment: datetime, code: str, references: list[str], weight: float, /, **values: str) -> None:
        zh, en = (wording("timeline", code, each, **_said(values, each)) for each in LANGUAGES)
        found.append(Event(moment, shop_time(moment, record.zone), zh, en, references, weight))

    first, last = (choose(messages, key=lambda message: message.sent_at) for choose in (min, max))
    add(first.sent_at, "first_message", [first.message_id], 100, sender=first.sender)
    for order in record.conversation.orders:
        if order.placed_at is not None:
            add(order.placed_at, "order_placed", [], 20, order=record.personal.cover_known(order.order_id))
    for promise in record.promises:
        name, kind = promise.item.message_id, promise.item.kind
        if name is None:
            continue
        weight = 5.0 if promise.item.can_keep == "no" else 2.0
        add(record.messages[name].sent_at, "promise", [promise.number, name], weight, promise=kind)
        if promise.item.due_at is not None:
            add(promise.item.due_at, "promise_due", [promise.number], weight - 1, promise=kind)
        by = promise.item.settled_by
        if by is not None and by in record.messages:
            add(record.messages[by].sent_at, "promise_corrected", [promise.number, by], 6, promise=kind)
    for side in ("raise", "lower"):
        for name, marks in _by_message(mark for mark in record.reasons if mark.kind == side).items():
            zh, en = (
                between.join(dict.fromkeys(getattr(mark.item, f"text_{each}") for mark in marks))
                for each, between in (("zh", "；"), ("en", "; "))
            )
            weight = 4 + sum(abs(mark.item.contribution) for mark in marks)
            references = [*(mark.number for mark in marks), name]
            add(record.messages[name].sent_at, side, references, weight, zh=zh, en=en)
    if record.peak is not None and record.peak.as_of_message_id is not None:
        name = record.peak.as_of_message_id
        add(record.messages[name].sent_at, "peak", [name], 50, risk=shown_risk(record.peak.risk))
    for given in record.labels:
        add(given.made_at, "label", [], 40, label=given.label)
    for step in record.steps:
        add(step.moment, "step", [], 15, zh=step.zh, en=step.en)
    add(last.sent_at, "last_message", [last.message_id], 100, sender=last.sender)
    return sorted(found, key=lambda event: event.moment)


def _by_message(marks: Iterable[Mark[Reason]]) -> dict[str, list[Mark[Reason]]]:
    found: dict[str, list[Mark[Reason]]] = {}
    for mark in marks:
        if mark.item.message_id is not None:
            found.setdefault(mark.item.message_id, []).append(mark)
    return found


def _said(values: Mapping[str, str], language: str) -> dict[str, str]:
    return {
        name: label_in(name, value, language) if name in ("sender", "promise", "label") else value
        for name, value in values.items()
    }
