"""The lexicon: phrases to concepts, masks that hide them, and errors in its data."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import texts

from riskmodel.errors import CatalogueError
from riskmodel.regions import place_names
from riskmodel.signals import Lexicon, load_lexicon

SMALL = Lexicon({"fruit": ["苹果", "梨"], "pear": ["梨"], "tool": ["刀"]}, {"fruit": ["苹果汁"], "pear": ["梨花"]})


def test_phrase_may_mean_several_things() -> None:
    """A phrase stands for every concept that lists it, in the order of the text."""
    assert SMALL.read("梨和苹果").concepts == {"fruit": [(0, 1), (2, 4)], "pear": [(0, 1)]}


def test_mask_hides_only_what_lies_in_it() -> None:
    """A masked phrase is hidden where its mask stands and found elsewhere; other concepts are left alone."""
    assert SMALL.read("苹果汁").concepts == {}
    assert SMALL.read("苹果汁苹果").concepts == {"fruit": [(3, 5)]}
    assert SMALL.read("梨花").concepts == {"fruit": [(0, 1)]}


def test_text_is_folded_before_it_is_read() -> None:
    """Traditional characters and invisible signs change nothing but the offsets in the original."""
    reading = SMALL.read("蘋\u200b果")
    assert reading.concepts == {"fruit": [(0, 2)]}
    assert reading.folded.span(0, 2) == (0, 3)


@pytest.mark.parametrize(
    ("concepts", "masks", "says"),
    [
        ({"a": ["x"]}, {"b": ["y"]}, r"masks\.b hides a concept that does not exist"),
        ({"a": ["\u200b"]}, {}, "a has an empty phrase"),
    ],
)
def test_data_that_cannot_be_meant(concepts: dict[str, list[str]], masks: dict[str, list[str]], says: str) -> None:
    """A mask for nothing and a phrase of nothing are refused by name."""
    with pytest.raises(CatalogueError, match=says):
        Lexicon(concepts, masks)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("13812345678", [(0, 11)]),
        ("电话１３８-１２３４-５６７８", [(2, 15)]),
        ("138 1234 5678,19912345678", [(0, 13), (14, 25)]),
        ("113812345678", []),
        ("138123456789", []),
        ("12812345678", []),
    ],
)
def test_phone_number(text: str, spans: list[tuple[int, int]]) -> None:
    """A mobile number is one with or without separators, and not as a part of a longer number."""
    assert SMALL.read(text).concepts.get("phone_number", []) == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("能发不", [(2, 3)]),
        ("能发没?好么", [(2, 3), (5, 6)]),
        ("为什么", []),
        ("不", []),
        ("不能发", []),
        ("\n么", [(1, 2)]),
    ],
)
def test_clause_that_ends_in_a_particle_asks(text: str, spans: list[tuple[int, int]]) -> None:
    """A bare 不, 没 or 么 after something and before a stop is a question; 什么 is another word."""
    assert SMALL.read(text).concepts.get("question", []) == spans


def test_phrases_are_at_hand() -> None:
    """The lexicon tells its phrases by concept, as they stand in folded text, without what only hides."""
    assert Lexicon({"fruit": ["蘋果", "梨"]}, {"fruit": ["梨花"]}).phrases == {"fruit": ["苹果", "梨"]}


@given(text=texts())
def test_reading_is_in_bounds_and_in_order(text: str) -> None:
    """Spans of each concept are stretches of the folded text, sorted; no concept is there without one."""
    reading = load_lexicon().read(text)
    for name, spans in reading.concepts.items():
        assert name in load_lexicon().names | {"question"}
        assert spans == sorted(spans)
        assert all(0 <= start < end <= len(reading.folded.text) for start, end in spans)
        assert spans


def test_names_of_places_mean_nothing_else() -> None:
    """The syllables of a province or city are no concepts."""
    talking = {place: found for place in place_names() if (found := load_lexicon().read(place).concepts)}
    assert talking == {}
