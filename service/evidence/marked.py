"""A message's text in pieces, so that a view can show which words a reason or a promise rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.evidence.record import AnyMark, Record

__all__ = ["Piece", "marks_by_message", "pieces"]


class Piece(NamedTuple):
    """A stretch of a message's text that lies in the same marks, and the marks that end with it."""

    text: str
    start: int
    kinds: list[str]
    ended: list[str]


def marks_by_message(record: Record) -> dict[str, list[AnyMark]]:
    """Return the reasons and promises that rest on each message; of one that has none, nothing."""
    marks: dict[str, list[AnyMark]] = {}
    everything: list[AnyMark] = [*record.reasons, *record.promises]
    for mark in everything:
        if mark.item.message_id is not None:
            marks.setdefault(mark.item.message_id, []).append(mark)
    return marks


def pieces(text: str, marks: Sequence[AnyMark]) -> list[Piece]:
    """Cut a message's text, as the views show it, where a mark begins or ends."""
    spans = [(*mark.item.span, mark) for mark in marks if mark.item.span is not None]
    edges = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    found = []
    for start, end in zip([0, *edges], edges, strict=False):
        kinds = sorted({mark.kind for first, last, mark in spans if first <= start < end <= last})
        ended = [mark.number for _, last, mark in spans if last == end]
        if start < end or ended:
            found.append(Piece(text[start:end], start, kinds, ended))
    return found
