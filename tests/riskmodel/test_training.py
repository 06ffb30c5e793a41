"""Training: splits that keep families together, weights, bands, and what is written down."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import sample

from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import written_chats
from riskmodel.table import WRITTEN_TIMES, Table, read_table
from riskmodel.training import (
    FALSE_ALARM_BUDGET,
    REFERENCE_PREVALENCE,
    choose_thresholds,
    peaks,
    train,
    training_rows,
)

WRITTEN = written_chats()


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(sample(), seed=0)


def test_prevalence_is_the_stated_one(table: Table) -> None:
    """Abusive rows weigh one tenth of all, each talk of a label the same, and rows on the average one."""
    rows, weights = training_rows(table, np.arange(len(table.abusive)))
    talks = table.talk[rows]
    abusive = table.abusive[talks] == 1
    assert weights[abusive].sum() / weights.sum() == pytest.approx(REFERENCE_PREVALENCE)
    assert weights.mean() == pytest.approx(1.0)
    for label in (abusive, ~abusive):
        by_talk = np.bincount(talks[label], weights=weights[label])
        assert np.ptp(by_talk[by_talk > 0]) == pytest.approx(0.0, abs=1e-9)


def test_written_chats_count_more(reader: LineReader) -> None:
    """A chat written whole counts as several generated ones of its label."""
    table = read_table([*sample()[:60], *WRITTEN[:30]], seed=0, reader=reader)
    rows, weights = training_rows(table, np.arange(len(table.abusive)))
    by_talk = np.bincount(table.talk[rows], weights=weights)
    for label in (0, 1):
        of_label = table.abusive == label
        written, generated = by_talk[of_label & table.written], by_talk[of_label & ~table.written]
        assert written == pytest.approx(WRITTEN_TIMES * generated[0])


@given(risks=st.lists(st.floats(0, 1), min_size=1, max_size=400), seed=st.integers(0, 9))
def test_thresholds_keep_the_budget(risks: list[float], seed: int) -> None:
    """Of talks without abuse no more than the budget reaches a band; bands rise and stay below certainty."""
    highest = np.array(risks)
    abusive = np.random.default_rng(seed).integers(0, 2, len(highest))
    abusive[0] = 0
    thresholds = choose_thresholds(abusive, highest)
    assert thresholds.watch <= thresholds.high <= thresholds.critical < 1
    innocent = highest[abusive == 0]
    for name, share in FALSE_ALARM_BUDGET.items():
        level = getattr(thresholds, name)
        assert level == 0.999 or (innocent >= level).mean() <= share


def test_peak_is_the_highest_of_a_talk(table: Table) -> None:
    """A talk's peak is the highest risk of its rows, wherever it stood."""
    risks = np.arange(len(table.talk), dtype=float)[::-1]
    assert peaks(table, risks).tolist() == [risks[start] for start, _ in table.bounds]


def test_report_and_manifest_agree(tmp_path: Path, reader: LineReader) -> None:
    """What is reported is written down, with the data's nature beside every figure; stages are told as they go."""
    stages: dict[str, list[tuple[int, int]]] = {}
    report = train(
        tmp_path,
        seed=8,
        chats=220,
        written=WRITTEN[:30],
        progress=lambda what, done, total: stages.setdefault(what, []).append((done, total)),
        reader=reader,
    )
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert (manifest["sha256"], manifest["talks"], manifest["seed"]) == (report.sha256, 250, 8)
    assert manifest["thresholds"] == report.thresholds._asdict()
    assert "synthetic" in manifest["figures"]["note"]
    assert manifest["figures"]["recall_at_hold"] == pytest.approx(report.recall, abs=1e-5)
    assert stages["reading chats"][-1] == (250, 250)
    assert all(steps[-1][0] == steps[-1][1] for steps in stages.values())
    assert Scorer.load(tmp_path).info["sha256"] == report.sha256
