"""The matcher: parts near one another, barred words, order, answers, and sentences split over messages."""

from __future__ import annotations

from typing import Any

import pytest

from riskmodel.signals import Catalogue, Lexicon, Matcher, Signal

LEXICON = Lexicon(
    {"fire": ["火"], "wood": ["木"], "rain": ["雨"], "negation": ["不"], "question": ["吗"], "asking": ["谁"]}, {}
)


def signal(**rule: Any) -> Signal:
    entry = {
        "code": "a.b",
        "sender": "buyer",
        "zh": "z",
        "en": "e",
        "source": "s",
        "examples": ["x", "y"],
        "counter_examples": ["x", "y"],
    }
    return Signal.model_validate({**entry, "match": [rule]})


def spans(text: str, *, before: str | None = None, **rule: Any) -> list[tuple[int, int]]:
    matcher = Matcher(Catalogue([signal(**rule)], LEXICON), "buyer")
    tail = None
    if before is not None:
        shift = len(before) + 1
        read = LEXICON.read(before).concepts
        tail = {name: [(start - shift, end - shift) for start, end in found] for name, found in read.items()}
    return [(item.start, item.end) for item in matcher.find(LEXICON.read(text), tail)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("火在木上", [(0, 3)]), ("木上的火", [(0, 4)]), ("火......木", []), ("火", []), ("火木火木", [(0, 2)])],
)
def test_parts_stand_near_one_another(text: str, found: list[tuple[int, int]]) -> None:
    """All groups within the bound make one signal, read once, at its first place."""
    assert spans(text, all=["fire", "wood"], within=5) == found


def test_alternatives_and_order() -> None:
    """Any word of a group will do; with `ordered` the groups stand as they are listed."""
    assert spans("雨火", all=["fire", "wood|rain"], within=5) == [(0, 2)]
    assert spans("雨火", all=["fire", "wood|rain"], within=5, ordered=True) == []
    assert spans("火雨", all=["fire", "wood|rain"], within=5, ordered=True) == [(0, 2)]


def test_parts_do_not_share_characters() -> None:
    """One word cannot be two parts."""
    assert spans("火", all=["fire", "fire"], within=5) == []
    assert spans("火火", all=["fire", "fire"], within=5) == [(0, 2)]


@pytest.mark.parametrize(
    ("text", "found"), [("雨火", []), ("雨..火", [(3, 4)]), ("火..雨", [(0, 1)]), ("雨火 ....... 火", [(11, 12)])]
)
def test_barred_word_nearby(text: str, found: list[tuple[int, int]]) -> None:
    """A barred word within the margin rules a place out, and a later place may do."""
    assert spans(text, all=["fire"], none=["rain"], margin=2) == found


def test_sentence_split_over_messages() -> None:
    """Parts of the message before count together with a part of this one, and the span is this one's."""
    assert spans("木头", before="火", all=["fire", "wood"], within=8) == [(0, 1)]
    assert spans("头", before="火木", all=["fire", "wood"], within=8) == []


def test_text_stuffed_with_one_word_is_read() -> None:
    """A text of nothing but anchors is looked through in bounded time and without a find."""
    assert spans("火" * 20_000, all=["fire", "wood"], within=60) == []
