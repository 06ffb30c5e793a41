"""A long message cut to what fits: its beginning, and each marked place with a few words around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from service.evidence.pdf.glyphs import width

__all__ = ["excerpt"]

_AROUND = 30  # characters shown before and after marked words
_FIRST_SHARE = 0.3  # of the room, for the beginning of the message


def excerpt(text: str, spans: Iterable[tuple[int, int]], room: float) -> list[tuple[int, int]]:
    """Return the stretches of a text to show, in order and apart.

    Parameters
    ----------
    text
        The message.
    spans
        Marked places, the most important first; what finds no more room is left out or cut.
    room
        How much to show, in the width of Chinese characters.

    Examples
    --------
    >>> excerpt("short", [], 10), excerpt("字" * 500, [(300, 310)], 100)
    ([(0, 5)], [(0, 30), (270, 340)])
    """
    if width(text, stop=room) <= room:
        return [(0, len(text))]
    until = [0.0, *accumulate(width(character) for character in text)]
    wanted = [(0, len(text), room * _FIRST_SHARE)]
    wanted += [(max(0, start - _AROUND), min(len(text), end + _AROUND), room) for start, end in spans]
    wanted.append((0, len(text), room))
    kept: list[tuple[int, int]] = []
    for start, end, share in wanted:
        for first, last in _outside(start, end, kept):
            left = min(share, room)
            stop = first
            while stop < last and until[stop + 1] - until[first] <= left:
                stop += 1
            if stop > first:
                room -= until[stop] - until[first]
                kept = _joined([*kept, (first, stop)])
    return kept


def _outside(start: int, end: int, kept: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of a stretch is not shown already."""
    free = []
    for first, last in kept:
        if start < first < end or (start < end and first >= end):
            free.append((start, min(first, end)))
        start = max(start, last)
        if start >= end:
            return [stretch for stretch in free if stretch[0] < stretch[1]]
    return [stretch for stretch in [*free, (start, end)] if stretch[0] < stretch[1]]


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
