"""The text channel: compiled as fitted, bounded, blind to what must not count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import sample, texts

from riskmodel.text import normalize
from riskmodel.words import MOST_LOWERED, MOST_RAISED, Tally, Utterance, WordModel, one_line, utterance
from riskmodel.words.fit import LEAST_TALKS, compile_words, document, fit_words, rare


def documents() -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    chats = sample()[:120]
    said = [
        document(
            [
                utterance(normalize(message["text"]).text, [], attached=False).text
                for message in chat.conversation["messages"]
                if message["sender"] == "buyer"
            ]
        )
        for chat in chats
    ]
    return said, np.array([chat.label == "abusive" for chat in chats])


FITTED = fit_words(*documents())
WORDS = compile_words(FITTED)


def balance(*said: Utterance) -> float:
    tally = Tally(WORDS)
    for spoken in said:
        tally.add(spoken)
    return tally.balance


@given(said=st.lists(texts(), max_size=6))
def test_compiled_equals_fitted(said: list[str]) -> None:
    """The table's log-odds are scikit-learn's decision function without its intercept, to 1e-9, whatever is said."""
    said = [normalize(text).text for text in said]
    expected = FITTED.decision_function([document(said)])[0] - FITTED[-1].intercept_[0]
    assert WORDS.log_odds([one_line(text) for text in said]) == pytest.approx(expected, abs=1e-9)


@given(said=st.lists(st.builds(Utterance, texts()), max_size=8))
def test_balance_grows_by_what_each_message_adds(said: list[Utterance]) -> None:
    """What the messages add is the balance, and it stays within the channel's bounds."""
    tally = Tally(WORDS)
    added = sum(tally.add(spoken) for spoken in said)
    assert added == pytest.approx(tally.balance, abs=1e-9)
    assert -MOST_LOWERED <= tally.balance <= MOST_RAISED


@given(before=st.lists(st.builds(Utterance, texts()), max_size=5), text=texts(), apart=st.booleans())
def test_a_message_keeps_its_bounds(before: list[Utterance], text: str, apart: bool) -> None:
    """A sale of a review never lowers, a photo or a quoted right never raises, whatever was said before."""
    assert balance(*before, Utterance(text, 0.0, np.inf, apart)) >= balance(*before)
    assert balance(*before, Utterance(text, -np.inf, 0.0, apart)) <= balance(*before)


@given(said=st.lists(texts(), min_size=1, max_size=5), text=texts(), place=st.integers(0, 5))
def test_what_stands_apart_moves_nothing_else(said: list[str], text: str, place: int) -> None:
    """A sale of a review adds the same wherever it stands, as long as the channel is within its bounds."""
    plain = [Utterance(text) for text in said]
    sale = Utterance(text, 0.0, np.inf, apart=True)
    added = balance(*plain[:place], sale, *plain[place:]) - balance(*plain)
    assert added == pytest.approx(balance(sale), abs=1e-9)


@given(text=texts())
def test_decisive_clause_is_in_the_text(text: str) -> None:
    """The clause that decides is a stretch of the text without a comma or a full stop in it."""
    start, end = WORDS.decisive(text)
    assert 0 <= start <= end <= len(text)
    assert start == 0 or text[start - 1] in ",。!?;、~ \n"


def test_nothing_known_says_nothing() -> None:
    """A text of which no character is known adds nothing."""
    assert balance(Utterance("ʘʘʘ"), Utterance("")) == 0


def test_order_of_figures_is_nothing() -> None:
    """Sums of money, names of places and quoted rights are blanked, and the length stays."""
    for one, other in (("给我20", "给我85"), ("我在新疆等", "我在上海等")):
        assert utterance(one, [], attached=False).text == utterance(other, [], attached=False).text
    spoken = utterance("退一赔三哦", [], attached=False)
    assert (spoken.text.strip(), len(spoken.text), spoken.highest) == ("哦", 5, 0.0)


def test_photo_and_sale_bound_the_say() -> None:
    """A photo caps from above, a sale of a review caps from below and lifts the photo's cap."""
    text, sale = "转我一百,差评我就删", ["demand.review_for_money"]
    assert utterance("看", [], attached=True)[1:] == (-np.inf, 0.0, False)
    assert utterance(text, sale, attached=True)[1:] == (0.0, np.inf, True)
    assert utterance("看", [], attached=False)[1:] == (-np.inf, np.inf, False)


def test_very_long_message_is_cut() -> None:
    """Of a novel only its beginning is read."""
    head, tail = "包裹到了" * 500, "差评" * 100
    assert utterance(head + tail, [], attached=False).text == utterance(head, [], attached=False).text


def test_table_is_what_is_stored() -> None:
    """A channel made of the stored arrays scores as the one that was compiled."""
    again = WordModel(*(WORDS.arrays[name] for name in ("word_grams", "word_weights", "word_norms")))
    assert again.log_odds(["能不能给个准话"]) == WORDS.log_odds(["能不能给个准话"])


def hidden(private: list[str], groups: list[int]) -> frozenset[str]:
    """What must stay out of a vocabulary of these private documents beside an invented one."""
    texts = [document([text]) for text in ("发货", *private)]
    return rare(texts, np.array([False, *([True] * len(private))]), np.array([-1, *groups]))


def test_what_few_of_a_shops_talks_have_is_hidden() -> None:
    """Character by character and in pairs; what an invented text has is known anyway."""
    found = hidden(["魑发货"] * (LEAST_TALKS - 1), list(range(LEAST_TALKS - 1)))
    assert {"魑", "魑发", "\n魑"} <= found
    assert not {"发", "货", "发货"} & found
    assert hidden(["魑发货"] * LEAST_TALKS, list(range(LEAST_TALKS))) == frozenset()


def test_a_text_often_repeated_is_one() -> None:
    """Talks of one group count once, and so do the earlier points of a talk."""
    assert "魑" in hidden(["魑"] * 50, [7] * 50)


def test_a_hidden_sequence_is_not_in_the_vocabulary() -> None:
    """Though every document has it; all others are as they were."""
    texts, abusive = documents()
    one = fit_words(texts, abusive, hidden={"的"})
    assert set(FITTED[0].vocabulary_) - set(one[0].vocabulary_) == {"的"}
