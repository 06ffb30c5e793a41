"""What was set right afterwards: promises that the shop took back, and what a person of the shop judged of the talk."""

from __future__ import annotations

from typing import NamedTuple

from service.evidence.record import Record, shop_time
from service.evidence.wordings import LANGUAGES, label_in, wording

__all__ = ["Correction", "list_corrections"]


class Correction(NamedTuple):
    """One correction: when, what, in both languages, and what it refers to."""

    time: str
    zh: str
    en: str
    references: list[str]


def list_corrections(record: Record) -> list[Correction]:
    """Return the promises that a later message took back, in the order of the talk, then the judgements of persons."""
    found = []
    for mark in record.promises:
        promise = mark.item
        if promise.settled_by is None or promise.settled_by not in record.messages:
            continue
        code = "promise_in_time" if promise.status == "superseded" else "promise_late"
        time = shop_time(record.messages[promise.settled_by].sent_at, record.zone)
        zh, en = (
            wording("correction", code, each, promise=label_in("promise", promise.kind, each)) for each in LANGUAGES
        )
        found.append(Correction(time, zh, en, [mark.number, promise.settled_by]))
    for given in record.labels:
        zh, en = (
            wording("correction", "label", each, label=label_in("label", given.label, each)) for each in LANGUAGES
        )
        found.append(Correction(shop_time(given.made_at, record.zone), zh, en, []))
    return found
