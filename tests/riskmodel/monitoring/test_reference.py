"""What a manifest keeps of the talks that a model learned from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import ModelError
from riskmodel.features import FEATURES
from riskmodel.monitoring.reference import Bins, Reference, reference_of
from riskmodel.reader import LineReader
from riskmodel.synthesis import generate
from riskmodel.table import read_table


@given(st.lists(st.floats(-5, 5) | st.just(0.0), min_size=1), st.lists(st.floats(-9, 9)))
def test_every_value_is_in_one_bin(values: list[float], others: list[float]) -> None:
    """Also those beyond what the bins were made of; cuts rise."""
    bins = Bins.of(np.array(values))
    assert sum(bins.counts) == len(values)
    assert sum(bins.sorted_in(np.array(others))) == len(others)
    assert list(bins.cuts) == sorted(set(bins.cuts))
    assert len(bins.counts) == len(bins.cuts) + 1


def test_bins_hold_about_the_same() -> None:
    """Of a column whose values spread."""
    bins = Bins.of(np.random.default_rng(1).normal(size=2000))
    assert max(bins.counts) - min(bins.counts[:-2]) < 20


def test_only_counts_of_talks_without_abuse_are_kept(reader: LineReader) -> None:
    """Each once, as it stood at its end; and they read back."""
    chats = list(generate(30, 4))
    table = read_table(chats, reader=reader, jobs=1)
    kept = reference_of(table, np.linspace(0, 1, len(table.talk)))
    calm = sum(chat.label != "abusive" for chat in chats)
    read = Reference.read({"reference": kept})
    assert kept["talks"] == sum(read.risk.counts) == calm
    assert all(sum(bins.counts) == calm for bins in read.columns)
    assert len(read.columns) == len(FEATURES)


BINS = {"cuts": [0], "counts": [1]}  # one bin too few


@pytest.mark.parametrize(
    "wrong",
    [{}, {"reference": {}}, {"reference": {"columns": {each.name: BINS for each in FEATURES}, "risk": BINS}}],
)
def test_a_model_without_it_says_what_to_do(wrong: dict[str, object]) -> None:
    """Older than it, or damaged."""
    with pytest.raises(ModelError, match="train a new one"):
        Reference.read(wrong)
