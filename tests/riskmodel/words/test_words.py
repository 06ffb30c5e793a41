"""The text channel: compiled as fitted, bounded, blind to what must not count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from strategies import sample, texts

from riskmodel.signals import Found, Matcher, load_catalogue
from riskmodel.text import normalize
from riskmodel.words import Utterance, WordModel, one_line, utterance
from riskmodel.words.fit import compile_words, fit_words


def lines() -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    said = [
        (one_line(utterance(normalize(message["text"]).text, [], attached=False).text), chat.label == "abusive")
        for chat in sample()[:120]
        for message in chat.conversation["messages"]
        if message["sender"] == "buyer"
    ]
    return [text for text, _ in said], np.array([label for _, label in said])


FITTED = fit_words(*lines())
WORDS = compile_words(FITTED)


def found(text: str) -> list[Found]:
    catalogue = load_catalogue()
    return Matcher(catalogue, "buyer").find(catalogue.lexicon.read(text))


@given(text=texts())
def test_compiled_equals_fitted(text: str) -> None:
    """The table's log-odds are scikit-learn's decision function, to 1e-9, whatever the text."""
    text = one_line(normalize(text).text)
    expected = FITTED.decision_function([text])[0]
    assert WORDS.log_odds(text)[0] == pytest.approx(expected, abs=1e-9)


@given(text=texts())
def test_score_keeps_its_bounds(text: str) -> None:
    """A score is never outside the bounds of its utterance, and never larger than the log-odds it comes from."""
    log_odds, _ = WORDS.log_odds(text)
    assert abs(WORDS.score(Utterance(text, -np.inf, np.inf))) <= abs(log_odds)
    assert WORDS.score(Utterance(text, 0.0, np.inf)) >= 0
    assert WORDS.score(Utterance(text, -np.inf, 0.0)) <= 0


@given(text=texts())
def test_decisive_clause_is_in_the_text(text: str) -> None:
    """The clause that decides is a stretch of the text without a comma or a full stop in it."""
    start, end = WORDS.decisive(text)
    assert 0 <= start <= end <= len(text)
    assert start == 0 or text[start - 1] in ",。!?;、~ \n"


def test_nothing_known_says_nothing() -> None:
    """A text of which no character is known adds nothing."""
    assert WORDS.score(Utterance("ʘʘʘ", -np.inf, np.inf)) == 0
    assert WORDS.score(Utterance("", -np.inf, np.inf)) == 0


def test_order_of_figures_is_nothing() -> None:
    """Sums of money, names of places and quoted rights are blanked, and the length stays."""
    for one, other in (("给我20", "给我85"), ("我在新疆等", "我在上海等")):
        assert utterance(one, [], attached=False).text == utterance(other, [], attached=False).text
    spoken = utterance("退一赔三哦", [], attached=False)
    assert (spoken.text.strip(), len(spoken.text), spoken.highest) == ("哦", 5, 0.0)


def test_photo_and_sale_bound_the_say() -> None:
    """A photo caps from above, a sale of a review caps from below and lifts the photo's cap."""
    text = "转我一百,差评我就删"
    assert utterance("看", [], attached=True)[1:] == (-np.inf, 0.0)
    assert utterance(text, found(text), attached=True)[1:] == (0.0, np.inf)
    assert utterance("看", [], attached=False)[1:] == (-np.inf, np.inf)


def test_very_long_message_is_cut() -> None:
    """Of a novel only its beginning is read."""
    head, tail = "包裹到了" * 500, "差评" * 100
    assert utterance(head + tail, [], attached=False).text == utterance(head, [], attached=False).text


def test_table_is_what_is_stored() -> None:
    """A channel made of the stored arrays scores as the one that was compiled."""
    again = WordModel(*(WORDS.arrays[name] for name in ("word_grams", "word_weights", "word_norms")))
    assert again.log_odds("能不能给个准话") == WORDS.log_odds("能不能给个准话")
