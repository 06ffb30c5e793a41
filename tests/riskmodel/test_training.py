"""Training: splits that keep families together, weights, bands, and what is written down."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import sample

from riskmodel import training
from riskmodel.errors import InputError
from riskmodel.model.alerts import FalseAlarms, load_alerts
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import written_chats
from riskmodel.table import WRITTEN_TIMES, Table, read_table
from riskmodel.training import (
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
    assert weights[abusive].sum() / weights.sum() == pytest.approx(load_alerts().prevalence)
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
    budget = load_alerts().false_alarms
    for level, share in zip(thresholds, (budget.clarify, budget.hold, budget.escalate), strict=True):
        assert level == 0.999 or (innocent >= level).mean() <= share


def test_peak_is_the_highest_of_a_talk(table: Table) -> None:
    """A talk's peak is the highest risk of its rows, wherever it stood."""
    risks = np.arange(len(table.talk), dtype=float)[::-1]
    assert peaks(table, risks).tolist() == [risks[start] for start, _ in table.bounds]


def test_a_wider_budget_lowers_the_bands() -> None:
    """Who accepts more alarms is alarmed earlier."""
    highest, abusive = np.linspace(0, 1, 1000), np.zeros(1000, int)
    wide = load_alerts().model_copy(update={"false_alarms": FalseAlarms(clarify=0.3, hold=0.1, escalate=0.05)})
    usual, wider = choose_thresholds(abusive, highest), choose_thresholds(abusive, highest, alerts=wide)
    assert all(low < high for low, high in zip(wider, usual, strict=True))


@pytest.mark.parametrize("labels", [("benign",), ("abusive",)])
def test_one_kind_of_chats_is_refused_before_any_work(
    tmp_path: Path, labels: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty class, or all talks of one writer: an error that says what to add, and nothing is stored."""
    monkeypatch.setattr(training, "project_listener", lambda: pytest.fail("work was begun"))
    monkeypatch.setattr(training, "generate", lambda *args: iter(()))
    one_kind = [chat for chat in WRITTEN if chat.label in labels]
    with pytest.raises(InputError, match=r"of 0|others of 0"):
        train(tmp_path / "m", chats=0, written=one_kind)
    one_writer = [chat for chat in WRITTEN if chat.pair == "c0"]
    with pytest.raises(InputError, match="takes 4 of each"):
        train(tmp_path / "m", chats=0, written=one_writer)
    assert not (tmp_path / "m").exists()


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
    for name in ("recall_at_hold", "false_alarms_at_hold"):
        low, high = manifest["figures"][f"{name}_interval"]
        assert low <= manifest["figures"][name] <= high
        assert 0 < manifest["figures"][f"{name}_talks"] < 250
    assert stages["reading chats"][-1] == (250, 250)
    assert all(steps[-1][0] == steps[-1][1] for steps in stages.values())
    assert Scorer.load(tmp_path).info["sha256"] == report.sha256
