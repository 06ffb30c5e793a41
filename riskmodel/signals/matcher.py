"""Finds the catalogue's signals in a reading: concepts near one another, in time proportional to the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from riskmodel.signals.catalogue import Catalogue, Rule, Signal
from riskmodel.signals.lexicon import Reading, Span

__all__ = ["Found", "Matcher"]

# one signal is read once in a message; of a text stuffed with the same word this many places are tried
_MOST_ANCHORS = 64


class Found(NamedTuple):
    """A signal found in a folded text at ``[start, end)``."""

    signal: Signal
    start: int
    end: int


class _Compiled(NamedTuple):
    signal: Signal
    rule: Rule
    groups: tuple[tuple[str, ...], ...]
    barred: tuple[str, ...]


class Matcher:
    """All signals of one side of the talk, ready to be looked for."""

    def __init__(self, catalogue: Catalogue, sender: str) -> None:
        self._rules = [
            _Compiled(signal, rule, rule.groups, tuple(name for group in rule.none for name in group.split("|")))
            for signal in catalogue.of(sender)
            for rule in signal.match
        ]
        # a rule is tried only where a concept of its rarest group stands
        self._by_concept: dict[str, list[int]] = {}
        for index, compiled in enumerate(self._rules):
            for name in min(compiled.groups, key=catalogue.lexicon.frequency):
                self._by_concept.setdefault(name, []).append(index)

    def find(self, reading: Reading, before: Mapping[str, list[Span]] | None = None) -> list[Found]:
        """The first place of each signal that stands in `reading`, in the order of the catalogue.

        Parameters
        ----------
        reading
            The message as read by the lexicon.
        before
            Concepts at the end of the same side's preceding messages, at negative offsets: people split a sentence over
            several messages. At least one part must lie in `reading`, and spans are cut to it.
        """
        concepts: Mapping[str, list[Span]] = reading.concepts
        if before:
            merged = {name: list(spans) for name, spans in before.items()}
            for name, spans in reading.concepts.items():
                merged.setdefault(name, []).extend(spans)
            concepts = merged
        candidates = {index for name in concepts for index in self._by_concept.get(name, ())}
        found: dict[str, Found] = {}
        for index in sorted(candidates):
            compiled = self._rules[index]
            signal = compiled.signal
            if signal.code in found:
                continue
            place = _place(compiled, concepts)
            if place is not None:
                found[signal.code] = Found(signal, *place)
        return list(found.values())


def _place(compiled: _Compiled, concepts: Mapping[str, list[Span]]) -> Span | None:
    groups: list[list[Span]] = []
    for names in compiled.groups:
        spans = [span for name in names if name in concepts for span in concepts[name]]
        if not spans:
            return None
        if len(names) > 1:
            spans.sort()
        groups.append(spans)
    rule = compiled.rule
    for anchor in groups[0][:_MOST_ANCHORS]:
        parts = [anchor]
        for spans in groups[1:]:
            part = _nearest(spans, parts, rule.within, rule.ordered)
            if part is None:
                break
            parts.append(part)
        else:
            if max(end for _, end in parts) <= 0:
                continue  # all of it was said, and counted, before this message
            if len(parts) > 1 and all(start < 0 for start, _ in parts[1:]) and anchor[0] < 0:
                continue
            start, end = min(part[0] for part in parts), max(part[1] for part in parts)
            if _barred(compiled.barred, concepts, start - rule.margin, end + rule.margin):
                continue
            return max(start, 0), end
    return None


def _nearest(spans: list[Span], parts: list[Span], within: int, ordered: bool) -> Span | None:
    """The span closest to the anchor that overlaps no part and keeps the stretch within its bound."""
    left, right = min(part[0] for part in parts), max(part[1] for part in parts)
    best: Span | None = None
    best_gap = within + 1
    index = bisect_left(spans, (right - within - 1, 0))
    while index < len(spans):
        start, end = spans[index]
        if start > left + within:
            break
        index += 1
        if ordered and start < parts[-1][1]:
            continue
        if any(start < part[1] and part[0] < end for part in parts):
            continue
        if max(right, end) - min(left, start) > within:
            continue
        gap = max(start - right, left - end, 0)
        if gap < best_gap:
            best, best_gap = (start, end), gap
    return best


def _barred(names: tuple[str, ...], concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    return any(left < end and start < right for name in names for left, right in concepts.get(name, ()))
