"""The lexicon: concepts, each a list of phrases, found in one pass over a folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from riskmodel.errors import CatalogueError
from riskmodel.regions import place_names
from riskmodel.signals.evasion import parted
from riskmodel.text import Amount, NormalizedText, find_amounts, normalize
from riskmodel.yaml_files import read_yaml

__all__ = ["Lexicon", "Reading", "Span", "load_lexicon"]

Span = tuple[int, int]

# What precedes is looked at last: a search for one given character is the quick way past a text that has none of it.
# A mobile number of mainland China, with or without separators:
_PHONE = re.compile(r"1(?<![0-9]1)[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
# A clause that ends in a bare 不, 没 or 么 asks: 今天能发不:
_FINAL_PARTICLE = re.compile(r"[不没么](?=[?!。,~ \n]|$)(?<=[^什怎要那这多].)")


class Reading(NamedTuple):
    """A folded text and what stands in it: spans of each concept in order of their start, and amounts of money."""

    folded: NormalizedText
    concepts: dict[str, list[Span]]
    amounts: list[Amount]


class Lexicon:
    """Finds concepts in text.

    Parameters
    ----------
    concepts
        Name of a concept to its phrases. A phrase may stand under several concepts.
    masks
        Name of a concept to phrases that hide it: 微信支付 hides the 微信 of `contact`.

    Attributes
    ----------
    names
        All concepts that a reading can hold.
    phrases
        Name of a concept to its phrases as they stand in folded text.
    """

    def __init__(self, concepts: dict[str, list[str]], masks: dict[str, list[str]]) -> None:
        for name in masks:
            if name not in concepts:
                raise CatalogueError(f"lexicon: masks.{name} hides a concept that does not exist")
        self.names = frozenset(concepts) | {"amount", "phone_number"}
        # common concepts have short phrases: 能 is everywhere, 违背承诺 is rare
        self._commonness = {
            name: sum(30.0 ** -min(len(phrase), 4) for phrase in phrases) for name, phrases in concepts.items()
        }
        self.phrases: dict[str, list[str]] = {name: [] for name in concepts}
        meanings: dict[str, tuple[list[str], list[str]]] = {}
        for index, table in enumerate((concepts, masks)):
            for name, phrases in table.items():
                for phrase in phrases:
                    folded = normalize(phrase).text
                    if not folded.strip():
                        raise CatalogueError(f"lexicon: {name} has an empty phrase")
                    meanings.setdefault(folded, ([], []))[index].append(name)
                    if table is concepts:
                        self.phrases[name].append(folded)
        self._meanings = list(meanings.values())
        # all overlapping hits are wanted: 今天发货 holds a time, a verb and more
        self._automaton = AhoCorasick(list(meanings), matchkind=MatchKind.Standard)

    def frequency(self, names: Iterable[str]) -> float:
        """A rough measure of how often any of these concepts occurs, to try rare ones first; it has no unit."""
        return sum(self._commonness.get(name, 0.01) for name in names)

    def read(self, text: str) -> Reading:
        """Everything that the lexicon knows in `text`, in time proportional to its length."""
        folded = normalize(text)
        text = folded.text
        concepts: dict[str, list[Span]] = {}
        hidden: dict[str, list[Span]] = {}
        for phrase, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            meant, masked = self._meanings[phrase]
            span = (start, end)
            for name in meant:
                if name in concepts:
                    concepts[name].append(span)
                else:
                    concepts[name] = [span]
            for name in masked:
                hidden.setdefault(name, []).append(span)
        for name, masks in hidden.items():
            if name in concepts:
                kept = _outside(concepts[name], masks)
                if kept:
                    concepts[name] = kept
                else:
                    del concepts[name]
        for name, span in parted(text):  # 微-信, 红 包
            if name in self.names:
                concepts.setdefault(name, []).append(span)
        if _PHONE.search(text):
            concepts["phone_number"] = [match.span() for match in _PHONE.finditer(text)]
        if _FINAL_PARTICLE.search(text):
            concepts.setdefault("question", []).extend(match.span() for match in _FINAL_PARTICLE.finditer(text))
        for spans in concepts.values():
            if len(spans) > 1:
                spans.sort()
        amounts = list(find_amounts(text))
        if amounts:
            concepts["amount"] = [(amount.start, amount.end) for amount in amounts]
        return Reading(folded, concepts, amounts)


def _outside(spans: list[Span], masks: list[Span]) -> list[Span]:
    """Those spans that lie in no mask; both are walked once, and masks are short, so this stays linear."""
    kept = []
    masks.sort()
    first = 0
    for start, end in sorted(spans):
        while first < len(masks) and masks[first][1] <= start:
            first += 1
        index = first
        while index < len(masks) and masks[index][0] <= start:
            if masks[index][1] >= end:
                break
            index += 1
        else:
            kept.append((start, end))
    return kept


_FILES = ("form", "duties", "conduct", "replies")


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    concepts: dict[str, list[str]] = {}
    masks: dict[str, list[str]] = {}
    for file in _FILES:
        content = read_yaml("riskmodel.signals", f"data/lexicon/{file}.yaml")
        for part, table in ((concepts, content["concepts"]), (masks, content.get("masks", {}))):
            for name, phrases in table.items():
                if name in part:
                    raise CatalogueError(f"lexicon: {name} is in two files")
                part[name] = phrases.split()
    # where somebody lives says nothing else: the colour in 百色 and the particle in 哈密 are parts of names
    meanings: dict[str, list[str]] = {}
    for name, phrases in concepts.items():
        for phrase in phrases:
            meanings.setdefault(phrase, []).append(name)
    automaton = AhoCorasick(list(meanings), matchkind=MatchKind.Standard)
    for place in place_names():
        inside = automaton.find_matches_as_strings(place, overlapping=True)
        for name in dict.fromkeys(name for phrase in inside for name in meanings[phrase]):
            masks.setdefault(name, []).append(place)
    return Lexicon(concepts, masks)
