"""Values that a conversation's orders name, found again in texts, beside what the detectors find."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from riskmodel.conversation import Conversation
from service.evidence.redaction.detect import Found, find_personal_data, without_overlap

__all__ = ["COVER", "ORDER_FIELDS", "PersonalValues"]

COVER = "＊"
ORDER_FIELDS = {"township": "address", "detail": "address", "recipient": "name", "phone": "phone"}
"""Personal fields of where an order goes, with the kind of each."""

_SHORTEST = 2  # one character alone would cover half of the talk
_SHORTEST_ACCOUNT = 4
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 2_000, 500


class PersonalValues:
    """The personal values of a conversation: what its orders and buyer name, and what is found by rule."""

    def __init__(self, conversation: Conversation) -> None:
        values = {
            (kind, value)
            for order in conversation.orders
            if order.ship_to is not None
            for name, kind in ORDER_FIELDS.items()
            # a town's name alone is nobody's
            if name != "township" and (value := getattr(order.ship_to, name))
        }
        account = conversation.buyer.buyer_id if conversation.buyer else None
        if account and len(account) >= _SHORTEST_ACCOUNT:
            values.add(("buyer_account", account))
        # a number or an address is found however it is spaced; a name or an account only as it is written
        as_written = ("name", "buyer_account")
        self._finders = [
            _Finder(sorted(found for found in values if found[0] in as_written), loose=False),
            _Finder(sorted(found for found in values if found[0] not in as_written), loose=True),
        ]
        self._remembered: dict[str, str] = {}
        self._found: dict[str, list[Found]] = {}

    def find(self, text: str) -> list[Found]:
        """Return personal data in a text, from left to right and without overlap."""
        found = self._found.get(text)
        if found is None:
            found = find_personal_data(text, self._known(text))
            if len(text) <= _LONGEST_REMEMBERED and len(self._found) < _MOST_REMEMBERED:
                self._found[text] = found
        return found

    def cover(self, text: str) -> str:
        """Return a text of a program or a file's name with each code point of a personal value covered.

        By rules alone: what is learned is how people write to each other.
        """
        covered = self._remembered.get(text)
        if covered is None:
            covered = _cover(text, find_personal_data(text, self._known(text), learned=False))
            if len(text) <= _LONGEST_REMEMBERED and len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[text] = covered
        return covered

    def find_known(self, text: str) -> list[Found]:
        """As `find`, but only for what the orders name: in an id a row of digits is nobody's number."""
        return without_overlap(text, self._known(text))

    def cover_known(self, text: str) -> str:
        """As `cover`, but only what the orders name."""
        return _cover(text, self._known(text))

    def _known(self, text: str) -> list[Found]:
        return sorted(match for finder in self._finders for match in finder.find(text))


def _cover(text: str, found: Sequence[Found]) -> str:
    characters = list(text)
    for start, end, _ in found:
        characters[start:end] = COVER * (end - start)
    return "".join(characters)


class _Finder:
    def __init__(self, values: Sequence[tuple[str, str]], *, loose: bool) -> None:
        self._loose = loose
        folded = {_fold(value, loose=loose)[0]: kind for kind, value in values}
        self._kinds = [(value, kind) for value, kind in sorted(folded.items()) if len(value) >= _SHORTEST]
        self._automaton = AhoCorasick([value for value, _ in self._kinds]) if self._kinds else None

    def find(self, text: str) -> list[Found]:
        if self._automaton is None:
            return []
        folded, positions = _fold(text, loose=self._loose)
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return [Found(positions[start], positions[end - 1] + 1, self._kinds[which][1]) for which, start, end in matches]


def _fold(text: str, *, loose: bool) -> tuple[str, list[int]]:
    # each folded character remembers where it came from
    folds = [_fold_character(character, loose) for character in text]
    return "".join(folds), [position for position, fold in enumerate(folds) for _ in fold]


@lru_cache(60_000)  # more code points than any real chat uses
def _fold_character(character: str, loose: bool) -> str:
    # full-width and half-width, upper and lower case are one
    parts = unicodedata.normalize("NFKC", character).casefold()
    return "".join(part for part in parts if (part.isalnum() if loose else unicodedata.category(part) != "Cf"))
