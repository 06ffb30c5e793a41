"""Talks as a table."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import sample

from riskmodel import table
from riskmodel.conversation import parse_conversation
from riskmodel.features import FEATURES, compute
from riskmodel.patterns import PATTERNS
from riskmodel.state import walk
from riskmodel.table import read_table

CHATS = sample()[:40]
TABLE = read_table(CHATS, seed=4)


def test_one_row_after_each_message() -> None:
    """Each talk has as many rows as messages, one after the other, and the bounds say which."""
    lengths = [len(chat.conversation["messages"]) for chat in CHATS]
    assert [end - start for start, end in TABLE.bounds] == lengths
    assert TABLE.columns.shape == (sum(lengths), len(FEATURES))
    assert TABLE.talk.tolist() == [index for index, length in enumerate(lengths) for _ in range(length)]


def test_rows_are_the_states_columns() -> None:
    """A row is what the features say of the state at that prefix."""
    for (start, end), chat in list(zip(TABLE.bounds, CHATS, strict=True))[:5]:
        rows = [[value for value, _ in compute(state)] for state in walk(parse_conversation(chat.conversation))]
        assert TABLE.columns[start:end].tolist() == rows


def test_labels_are_the_chats() -> None:
    """Label, pair of families and kinds of abuse are those of the talk."""
    assert TABLE.abusive.tolist() == [int(chat.label == "abusive") for chat in CHATS]
    assert TABLE.groups.tolist() == [chat.pair for chat in CHATS]
    for row, chat in zip(TABLE.patterns, CHATS, strict=True):
        assert {name for name, there in zip(PATTERNS, row, strict=True) if there} == set(chat.patterns)


def test_last_row_is_always_used() -> None:
    """A fit sees the end of every talk and at most three other rows of it; the seed decides which."""
    assert all(TABLE.sampled[end - 1] for _, end in TABLE.bounds)
    assert all(TABLE.sampled[start:end].sum() <= 4 for start, end in TABLE.bounds)
    assert (read_table(CHATS, seed=4).sampled == TABLE.sampled).all()
    assert not (read_table(CHATS, seed=5).sampled == TABLE.sampled).all()


def test_only_buyer_rows_are_spoken() -> None:
    """A row that ends with the agent or the platform has no utterance."""
    senders = [message["sender"] for chat in CHATS for message in chat.conversation["messages"]]
    assert [spoken is not None for spoken in TABLE.spoken] == [sender == "buyer" for sender in senders]


def test_progress_is_told_and_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The callback hears of every part, and of how many talks there are; two processes read what one reads."""
    monkeypatch.setattr(table, "_AT_ONCE", 3)
    heard: list[tuple[str, int, int]] = []
    apart = read_table(CHATS[:7], seed=4, progress=lambda *step: heard.append(step), total=7, jobs=2)
    assert heard == [("reading chats", done, 7) for done in (3, 6, 7)]
    together = read_table(CHATS[:7], seed=4, jobs=1)
    assert (apart.columns == together.columns).all()
    assert apart.spoken == together.spoken
    assert (apart.sampled == together.sampled).all()
    assert np.isfinite(TABLE.columns).all()
