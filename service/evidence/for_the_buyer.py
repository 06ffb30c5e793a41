"""What the record itself holds for the buyer, whatever a model says: first what the shop said and should not have.

An assessment weighs the buyer's words. That the shop promised what it cannot keep, refused a duty or offered something
for a review speaks for the buyer as well, and a reviewer who finds it alone believes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from riskmodel.reply.findings import load_phrases
from service.evidence.record import Record
from service.evidence.said import Place, Said
from service.evidence.wordings import LANGUAGES, label_in, wording

__all__ = ["Point", "points_for_the_buyer"]

_NAMED = {"care.names_defect": "defect", "care.remedy": "remedy"}


class Point(NamedTuple):
    """One thing that speaks for the buyer: what it is, in both languages, the words, and what it refers to."""

    zh: str
    en: str
    quote: str
    references: list[str]


def points_for_the_buyer(record: Record, said: Said) -> list[Point]:
    """Return the shop's promises that cannot or could not be kept, its other slips, then what the buyer brought.

    What the assessments list already is left out, see `Record.for_the_buyer`.
    """
    return [*_promises(record), *_slips(record, said), *_named(record, said), *_attached(record)]


def _promises(record: Record) -> Iterator[Point]:
    for mark in record.promises:
        promise = mark.item
        if promise.can_keep == "no" or promise.status == "overdue":
            code = "promise_overdue" if promise.status == "overdue" else "promise_not_kept"
            references = [mark.number, *([promise.message_id] if promise.message_id else [])]
            yield Point(*_both(code, promise=_kind(promise.kind)), mark.quote, references)


def _slips(record: Record, said: Said) -> Iterator[Point]:
    for slip in said.slips:
        why = load_phrases().reasons[slip.polarity]
        yield Point(*_both("slip", why=(why.zh, why.en)), _words(record, slip.place), [slip.place.message_id])


def _named(record: Record, said: Said) -> Iterator[Point]:
    listed = {(mark.item.code, mark.item.message_id) for mark in record.for_the_buyer}
    for code, name in _NAMED.items():
        for place in said.places(code):
            if (code, place.message_id) not in listed:
                yield Point(*_both(name), _words(record, place), [place.message_id])


def _attached(record: Record) -> Iterator[Point]:
    sent = [
        exhibit
        for exhibit in record.exhibits  # those that the shop put to its case came with no message
        if exhibit.message_id is not None and record.messages[exhibit.message_id].sender == "buyer"
    ]
    if sent:
        number = str(len(sent))
        yield Point(*_both("attached", number=(number, number)), "", [exhibit.number for exhibit in sent])


def _words(record: Record, place: Place) -> str:
    text = record.covered[place.message_id]
    return text if place.span is None else text[slice(*place.span)]


def _kind(kind: str) -> tuple[str, str]:
    return label_in("promise", kind, "zh"), label_in("promise", kind, "en")


def _both(code: str, **values: tuple[str, str]) -> tuple[str, str]:
    """Fill a sentence in Chinese and in English with values in Chinese and in English."""
    zh, en = (
        wording("for_the_buyer", code, each, **{name: pair[n] for name, pair in values.items()})
        for n, each in enumerate(LANGUAGES)
    )
    return zh, en
