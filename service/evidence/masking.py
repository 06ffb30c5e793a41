"""Personal data of the orders, masked, and a log that says what was masked where.

The fields ``ship_to.detail``, ``recipient`` and ``phone`` are replaced wherever orders are shown. Message texts stay
verbatim in ``transcript.json``, because they are what a platform has to compare; in the readable views the values of
those same fields are covered inside them too. Other personal data in messages is not looked for yet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from riskmodel.conversation import Conversation, Order

__all__ = ["COVER", "MASK", "Masked", "PersonalValues", "mask_orders"]

MASK = "［已隐去 masked］"
COVER = "＊"
_FIELDS = ("detail", "recipient", "phone")
_SHORTEST = 2  # one character alone would cover half of the talk


class Masked(NamedTuple):
    """One thing that was masked: the path of the field, what it was, and how often."""

    where: str
    what: str
    times: int
    view_only: bool


def mask_orders(orders: Sequence[Order]) -> tuple[list[Order], list[Masked]]:
    """Return the orders without personal data, and one log entry for each field that was masked."""
    masked, log = [], []
    for index, order in enumerate(orders):
        place = order.ship_to
        names = [name for name in _FIELDS if place is not None and getattr(place, name)]
        without = place.model_copy(update=dict.fromkeys(names, MASK)) if place is not None else None
        masked.append(order.model_copy(update={"ship_to": without}))
        log += [Masked(f"orders.{index}.ship_to.{name}", name, 1, view_only=False) for name in names]
    return masked, log


class PersonalValues:
    """The personal values of a conversation's orders, to be found again inside texts."""

    def __init__(self, orders: Iterable[Order]) -> None:
        values = {
            (name, value)
            for order in orders
            if order.ship_to is not None
            for name in _FIELDS
            if (value := getattr(order.ship_to, name))
        }
        # a number or an address is found however it is spaced; a name only as it is written
        self._finders = [
            _Finder(sorted(found for found in values if found[0] == "recipient"), loose=False),
            _Finder(sorted(found for found in values if found[0] != "recipient"), loose=True),
        ]

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Return start, end (code points) and kind of each value in the text; they may overlap."""
        return sorted(match for finder in self._finders for match in finder.find(text))

    def cover(self, text: str) -> str:
        """Return the text with each character of a personal value covered."""
        characters = list(text)
        for start, end, _ in self.find(text):
            characters[start:end] = COVER * (end - start)
        return "".join(characters)

    def log(self, conversation: Conversation) -> list[Masked]:
        """Return one entry for each message and kind of value that the readable views cover."""
        entries = []
        for index, message in enumerate(conversation.messages):
            kinds = [kind for _, _, kind in self.find(message.text)]
            entries += [
                Masked(f"messages.{index}.text", kind, kinds.count(kind), view_only=True) for kind in sorted(set(kinds))
            ]
        return entries


class _Finder:
    def __init__(self, values: Sequence[tuple[str, str]], *, loose: bool) -> None:
        self._loose = loose
        folded = {_fold(value, loose=loose)[0]: kind for kind, value in values}
        self._kinds = [(value, kind) for value, kind in sorted(folded.items()) if len(value) >= _SHORTEST]
        self._automaton = AhoCorasick([value for value, _ in self._kinds]) if self._kinds else None

    def find(self, text: str) -> list[tuple[int, int, str]]:
        if self._automaton is None:
            return []
        folded, positions = _fold(text, loose=self._loose)
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return [(positions[start], positions[end - 1] + 1, self._kinds[which][1]) for which, start, end in matches]


def _fold(text: str, *, loose: bool) -> tuple[str, list[int]]:
    # full-width and half-width, upper and lower case are one; each folded character remembers where it came from
    folded, positions = [], []
    for position, character in enumerate(text):
        for part in unicodedata.normalize("NFKC", character).casefold():
            if part.isalnum() if loose else unicodedata.category(part) != "Cf":
                folded.append(part)
                positions.append(position)
    return "".join(folded), positions
