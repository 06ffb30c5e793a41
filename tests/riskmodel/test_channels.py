"""The learned channels: splits keep families together, and what fills a column has not seen the talk."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import sample

from riskmodel.channels import Channels, cross_fit, fill, folds
from riskmodel.conversation import parse_conversation
from riskmodel.features import FEATURES, compute
from riskmodel.scorer import Scorer
from riskmodel.state import walk
from riskmodel.table import Table, read_table


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(sample(), seed=0)


def test_families_stay_on_one_side(table: Table) -> None:
    """No pair of families is both seen and unseen by a split, and every talk is unseen once."""
    unseen_times = np.zeros(len(table.abusive), int)
    for seen, unseen in folds(table):
        assert set(table.groups[seen]).isdisjoint(table.groups[unseen])
        unseen_times[unseen] += 1
    assert (unseen_times == 1).all()


def test_as_many_splits_as_asked_for(table: Table) -> None:
    """Fewer of them take less time."""
    assert len(folds(table, 2)) == 2
    assert len(cross_fit(table._replace(columns=table.columns.copy()), most=2)) == 2


def test_text_columns_equal_the_states(table: Table, scorer: Scorer) -> None:
    """What training fills in for the learned channels is what a state with them says, row by row."""
    words, reader, acts = scorer.model.words, scorer.model.reader, scorer.model.acts
    filled = read_table(sample()[:12], seed=0, reader=reader)
    fill(filled, Channels(words, acts), np.arange(12))
    states = [
        [value for value, _ in compute(state)]
        for chat in sample()[:12]
        for state in walk(parse_conversation(chat.conversation), words, reader, acts)
    ]
    assert filled.columns == pytest.approx(np.array(states), abs=1e-9)


def test_text_channel_has_not_seen_what_it_fills(table: Table) -> None:
    """Cross-fitting fills the channels' columns of most talks and changes no other column."""
    filled = table._replace(columns=table.columns.copy())
    cross_fit(filled)
    text = [index for index, feature in enumerate(FEATURES) if feature.name.startswith(("words.", "act."))]
    others = [index for index in range(len(FEATURES)) if index not in text]
    assert (filled.columns[:, others] == table.columns[:, others]).all()
    assert (filled.columns[:, text] != 0).mean() > 0.5
    assert not table.columns[:, text].any()


def test_processes_change_nothing(table: Table) -> None:
    """Two processes fill the columns to the bit as one does."""
    filled = [table._replace(columns=table.columns.copy()) for _ in range(2)]
    for jobs, copy in enumerate(filled, start=1):
        cross_fit(copy, jobs=jobs)
    assert (filled[0].columns == filled[1].columns).all()
