"""Words that come into use over a year."""

from __future__ import annotations

import pytest

from riskmodel.synthesis import LabelledChat, generate
from riskmodel.synthesis.drift import Word, drifted, load_drift, reworded

CHATS = list(generate(60, seed=11))


def _texts(chat: LabelledChat) -> list[str]:
    return [message["text"] for message in chat.conversation["messages"]]


@pytest.mark.parametrize("word", load_drift().words, ids=lambda word: word.word)
def test_examples_change_and_counter_examples_stay(word: Word) -> None:
    """Each word's example comes out as it says, and what only looks like the word is left alone."""
    every = {each.word: each.becomes[0] for each in load_drift().words}
    assert reworded(word.example, {word.word: word.becomes[0]}) == word.heard != word.example
    assert reworded(word.never, every) == word.never


def test_nothing_is_new_in_the_first_month() -> None:
    """The year begins with the wordings that models were trained on."""
    assert [drifted(chat, 1) for chat in CHATS] == CHATS


def test_more_is_said_otherwise_from_month_to_month() -> None:
    """And what was said otherwise once, stays so; most talks are touched by the end, nothing but texts is."""
    changed: list[int] = []
    for month in (2, 6, 12):
        now = [drifted(chat, month) for chat in CHATS]
        changed.append(sum(_texts(one) != _texts(other) for one, other in zip(now, CHATS, strict=True)))
        assert [chat.label for chat in now] == [chat.label for chat in CHATS]
        assert [len(_texts(chat)) for chat in now] == [len(_texts(chat)) for chat in CHATS]
    assert changed == sorted(changed)
    assert 0 < changed[0] < changed[-1]
    assert changed[-1] > len(CHATS) / 2


def test_a_word_is_taken_up_evenly_and_only_so_far() -> None:
    """Not before its month; then the same step each month, up to the share that the file states."""
    drift = load_drift()
    word = next(each for each in drift.words if each.since == 3)
    shares = [drift.share(word, month) for month in range(1, 13)]
    assert shares[:2] == [0, 0]
    assert shares[2] == pytest.approx(drift.most / drift.months)
    assert shares[-1] == pytest.approx(drift.most)


def test_drift_knows_no_label() -> None:
    """The same talk under another label is said in the same words."""
    for chat in CHATS[:10]:
        other = LabelledChat(chat.conversation, "benign", (), *["x"] * 2, None, None, chat.acts, chat.styles)
        assert _texts(drifted(chat, 12)) == _texts(drifted(other, 12))
