"""Looking up characters and pairs of neighbours."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from riskmodel.text.grams import Grams

ALPHABET = "能发吗x👌"


@given(
    grams=st.lists(st.text(ALPHABET, min_size=1, max_size=2), unique=True),
    text=st.text(ALPHABET + "q不"),
)
def test_what_stands_in_the_text_is_found_once(grams: list[str], text: str) -> None:
    """Every listed character and pair that the text holds is found, once, and nothing else."""
    places = Grams(grams).places(text)
    held = {*text, *map("".join, pairwise(text))}
    assert {grams[place] for place in places} == held & set(grams)
    assert len(places) == len(set(places))


def test_places_follow_the_text() -> None:
    """The order is that of the text, whatever the order of the list, so that sums over it are the same each time."""
    grams = ["吗", "发吗", "发", "能发"]
    assert [grams[place] for place in Grams(grams).places("能发吗发")] == ["能发", "发", "发吗", "吗"]


def test_pair_without_its_first_character() -> None:
    """A pair may be listed whose first character is not."""
    assert Grams(["能发"]).places("能发") == [0]
    assert Grams(["能发"]).places("能") == []
