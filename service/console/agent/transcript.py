"""A talk as it is read: each message cut where reasons quote it, and the reasons summed up by what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from riskmodel.conversation import Message

__all__ = ["Line", "Note", "Piece", "Point", "read_lines", "sum_up"]

LEAST_CONTRIBUTION = 0.05  # log-odds; below this a reason explains nothing

Side = Literal["raise", "lower"]


class Note(NamedTuple):
    """A reason that was read from a message, by its number on the page."""

    number: int
    side: Side
    reason: Mapping[str, Any]


class Piece(NamedTuple):
    """A stretch of text under the same reasons, and the notes that end with it."""

    text: str
    sides: tuple[Side, ...]
    ended: tuple[Note, ...]


class Line(NamedTuple):
    """A message, its text in pieces, and the notes on it."""

    position: int
    message: Message
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


class Point(NamedTuple):
    """What one or several reasons say in the same words; `notes` are where they were read from."""

    side: Side
    text_zh: str
    text_en: str
    notes: tuple[Note, ...]


def sum_up(reasons: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The reasons by what they say, the weightiest first; what weighs next to nothing is left out."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for reason in reasons:
        groups.setdefault(reason["code"], []).append(reason)
    weighed = [(sum(float(reason["contribution"]) for reason in group), group) for group in groups.values()]
    weighed = sorted((pair for pair in weighed if abs(pair[0]) >= LEAST_CONTRIBUTION), key=lambda pair: -abs(pair[0]))
    points, number = [], 0
    for total, group in weighed:
        side: Side = "raise" if total > 0 else "lower"
        notes = []
        for reason in group:
            if reason.get("message_id") is not None:
                number += 1
                notes.append(Note(number, side, reason))
        points.append(Point(side, group[0]["text_zh"], group[0]["text_en"], tuple(notes)))
    return points


def read_lines(messages: Sequence[tuple[int, Message]], points: Iterable[Point]) -> list[Line]:
    """The messages with the notes of these points in place."""
    notes: dict[str, list[Note]] = {}
    for point in points:
        for note in point.notes:
            notes.setdefault(note.reason["message_id"], []).append(note)
    lines = []
    for position, message in messages:
        found = notes.get(message.message_id, [])
        lines.append(Line(position, message, _pieces(message.text, found), tuple(found)))
    return lines


def _pieces(text: str, notes: Sequence[Note]) -> tuple[Piece, ...]:
    spans = [(*note.reason["span"], note) for note in notes if note.reason.get("span") is not None]
    edges = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    pieces = []
    for start, end in zip([0, *edges], edges, strict=False):
        sides = {note.side for first, last, note in spans if first <= start < end <= last}
        ended = tuple(note for _, last, note in spans if last == end)
        if start < end or ended:
            pieces.append(Piece(text[start:end], tuple(sorted(sides)), ended))
    return tuple(pieces)
