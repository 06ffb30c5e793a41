"""All detectors over one text: which stretches of it are personal data, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from service.evidence.redaction.accounts import find_chat_accounts, find_emails
from service.evidence.redaction.addresses import find_addresses
from service.evidence.redaction.divisions import find_divisions
from service.evidence.redaction.folding import Folded, Span, fold
from service.evidence.redaction.links import find_links
from service.evidence.redaction.names import find_english_names, find_names
from service.evidence.redaction.nonnames import is_field
from service.evidence.redaction.numbers import find_bank_cards, find_id_numbers, find_phones
from service.evidence.redaction.persons import find_persons
from service.evidence.redaction.segments import Word, segment
from service.evidence.redaction.slots import find_latin_names, find_names_in_slots
from service.evidence.redaction.tagger import LETTERS, Marked, load_tagger, looked_at
from service.evidence.redaction.tagger.features import Mark
from service.evidence.redaction.tagger.hints import has_hint

__all__ = ["KINDS", "Found", "Ruled", "find_by_rule", "find_personal_data", "without_overlap"]

KINDS = ("buyer_account", "name", "address", "chat_account", "phone", "bank_card", "id_number", "email", "link")
"""From the weakest to the strongest: where stretches overlap the stronger kind names what they share.

``buyer_account``, the buyer's name on the platform, is only known from the conversation and not looked for by rule.
"""
_MEASURE = re.compile(r"[x×*]?[0-9]+\.[0-9]")
_MARKUP = frozenset("<>{}\\")  # in no account that a platform gives
_FORMED = ("phone", "bank_card", "id_number", "email", "link")


class Found(NamedTuple):
    """Personal data at ``text[start:end]``, in code points."""

    start: int
    end: int
    kind: str


class Ruled(NamedTuple):
    """What the rules found in a text: `spans` by kind, and `beside`, next to which a name may stand."""

    folded: Folded
    words: list[Word]
    spans: dict[str, list[Span]]
    beside: list[Span]

    def marks(self) -> Iterator[Mark]:
        """The spans with the letter of their kind, regions first, then from the weakest kind on."""
        yield from ((start, end, "g") for start, end in find_divisions(self.folded.text))
        for kind, letter in LETTERS.items():
            yield from ((*span, letter) for span in self.spans[kind])


def find_personal_data(text: str, known: Iterable[Found] = (), *, learned: bool = True) -> list[Found]:
    """Personal data in a text, from left to right and without overlap.

    Parameters
    ----------
    text
        As it was written.
    known
        Values that are known otherwise, say from an order, and where they stand.
    learned
        Whether the tagger is asked too, which knows how people write in chats.

    Examples
    --------
    >>> find_personal_data("我姓柳，打幺三九零零零零幺二三四，到18号")
    [Found(start=2, end=3, kind='name'), Found(start=5, end=16, kind='phone')]
    """
    ruled = find_by_rule(text)
    settled = _settled(text, ruled) if learned else ruled.spans
    found = [Found(*ruled.folded.original(*span), kind) for kind, spans in settled.items() for span in spans]
    around = [ruled.folded.original(*span) for span in ruled.beside]
    found += [Found(*span, "name") for span in (*find_english_names(text), *find_latin_names(text, around))]
    return without_overlap(text, [*known, *sorted(found, key=lambda one: KINDS.index(one.kind))])


def find_by_rule(text: str) -> Ruled:
    """What the rules find in the folded text."""
    folded = fold(text)
    spans = {
        "phone": list(find_phones(folded)),
        "bank_card": list(find_bank_cards(folded)),
        "id_number": list(find_id_numbers(folded)),
        "chat_account": list(find_chat_accounts(folded)),
        "email": list(find_emails(folded)),
        "link": list(find_links(folded)),
    }
    words = segment(folded.text)
    addresses = list(find_addresses(folded, words, block=bool(spans["phone"])))
    spans["address"] = [(address.start, address.end) for address in addresses]
    beside = [
        *spans["phone"],
        *spans["id_number"],
        *spans["bank_card"],
        *spans["email"],
        *spans["chat_account"],
        *((address.block, address.end) for address in addresses),
    ]
    spans["name"] = [
        *find_names(folded),
        *find_names_in_slots(folded, words, beside, block=bool(spans["phone"] and addresses)),
        *find_persons(folded.text, words),
    ]
    return Ruled(folded, words, spans, beside)


def _settled(text: str, ruled: Ruled) -> dict[str, list[Span]]:
    """Spans by kind: the tagger's, which knows better where they end, and of the rules' those that it has not seen."""
    marks = list(ruled.marks())
    if not has_hint(ruled.folded.text, ruled.words, marks):
        return ruled.spans
    # numbers, mail addresses and links have a form of their own, and the rules know it
    formed = {place for kind in _FORMED for span in ruled.spans[kind] for place in range(*span)}
    tokens, rows = looked_at(text, ruled.folded, ruled.words, marks)
    learned = [
        one
        for one in load_tagger().tag(tokens, rows)
        if formed.isdisjoint(range(one.start, one.end))
        and not _is_nothing(one, ruled.folded.text, block=bool(formed or ruled.spans["address"]))
    ]
    seen = {place for one in learned for place in range(one.start, one.end)}
    settled = {
        kind: [span for span in spans if kind in _FORMED or seen.isdisjoint(range(*span))]
        for kind, spans in ruled.spans.items()
    }
    for one in learned:
        settled[one.kind].append((one.start, one.end))
    return settled


def _is_nothing(one: Marked, text: str, *, block: bool) -> bool:
    """Whether it is none by its form: a form's field, a figure with a point, markup, Latin letters outside a block."""
    value = text[one.start : one.end]
    if one.kind == "name":
        return is_field(value) or (value.isascii() and not block)  # goods have such names, too
    if one.kind != "chat_account":
        return False
    called = text[one.start - 1 : one.start] == "@" and text[one.end : one.end + 1] == "("  # a formula
    return called or _MEASURE.match(value) is not None or not _MARKUP.isdisjoint(value)


def without_overlap(text: str, found: Iterable[Found]) -> list[Found]:
    """Stretches painted over each other, the later over the earlier; a rest without letter or digit does not count."""
    kinds: list[str | None] = [None] * len(text)
    for start, end, kind in found:
        kinds[start:end] = [kind] * (end - start)
    runs, start = [], 0
    for covered, places in groupby(kinds):
        end = start + sum(1 for _ in places)
        if covered is not None and any(map(str.isalnum, text[start:end])):
            runs.append(Found(start, end, covered))
        start = end
    return runs
