"""Training: generate chats from a seed, read them prefix by prefix, fit, calibrate, choose the bands, store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.channels import Channels, Fold, Progress, cross_fit, fit_channels
from riskmodel.features import FEATURES
from riskmodel.intervals import Figure, figure
from riskmodel.model import CompiledModel, Thresholds, save_model
from riskmodel.model.alerts import AlertBudget, load_alerts
from riskmodel.model.fit import SignedLogisticRegression, compile_model, fit_model
from riskmodel.monitoring.reference import reference_of
from riskmodel.patterns import PATTERNS
from riskmodel.promises.kept import project_listener
from riskmodel.reader import LineReader
from riskmodel.synthesis import LabelledChat, generate, written_chats
from riskmodel.synthesis.digest import data_digest
from riskmodel.synthesis.duplicates import refuse_repeats
from riskmodel.table import Table, counted, read_table, refuse_one_sided, sampled_rows

__all__ = [
    "Fitted",
    "TrainReport",
    "choose_thresholds",
    "fit_table",
    "fit_whole",
    "held_out_risks",
    "peaks",
    "train",
    "train_table",
    "training_rows",
]

MODEL_NAME = "baitwatch-additive"
MODEL_VERSION = "1"
_NO_BANDS = Thresholds(1.0, 1.0, 1.0)
_NOTE = "synthetic chats of families unseen by the fit (5-fold); no real abusive chats are known"
_NOTE_OF_SHOP = (
    "synthetic chats and labelled talks of shops, of families and groups unseen by the fit (5-fold), each counting "
    "once though held talks are labelled more often than others: not to be compared with figures of other talks"
)


class TrainReport(NamedTuple):
    """What came of a training run; figures are of synthetic talks whose families the fit had not seen."""

    folder: Path
    sha256: str
    talks: int
    false_alarms: float
    recall: float
    thresholds: Thresholds


def _weights(table: Table, rows: NDArray[np.int_], prevalence: float) -> NDArray[np.float64]:
    """A talk counts the same over all its rows, and abusive talks together for the prevalence."""
    talks = table.talk[rows]
    weights = counted(table, talks) / np.bincount(talks, minlength=len(table.abusive))[talks]
    abusive = table.abusive[talks] == 1
    weights[abusive] *= prevalence / weights[abusive].sum()
    weights[~abusive] *= (1 - prevalence) / weights[~abusive].sum()
    return np.asarray(weights * len(rows), dtype=np.float64)


def training_rows(
    table: Table, talks: NDArray[np.int_], prevalence: float | None = None
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """The sampled rows of some talks, and what each counts for at a prevalence, by default the project's."""
    rows = sampled_rows(table, talks)
    return rows, _weights(table, rows, prevalence or load_alerts().prevalence)


def fit_table(table: Table, channels: Channels, reader: LineReader, prevalence: float | None = None) -> CompiledModel:
    """Fit a model on all talks of a table whose channels' columns are filled; its bands are yet to be chosen."""
    rows, weights = training_rows(table, np.arange(len(table.abusive)), prevalence)
    columns, owners = table.columns[rows], table.talk[rows]
    fitted = fit_model(columns, table.abusive[owners], weights, table.groups[owners])
    # a shop says that a talk was abusive, and not of which kind: that teaches the heads neither yes nor no
    told = (table.abusive[owners] == 0) | table.patterns[owners].any(axis=1)
    heads = {name: table.patterns[owners[told], index] for index, name in enumerate(PATTERNS)}
    heads = {name: target for name, target in heads.items() if 0 < target.sum() < len(target)}
    return compile_model(
        fitted,
        columns[told],
        weights[told],
        patterns=heads,
        thresholds=_NO_BANDS,
        words=channels.words,
        reader=reader,
        acts=channels.acts,
    )


def peaks(table: Table, row_risks: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest risk that each talk ever reaches, shape (m,)."""
    return np.array([row_risks[start:end].max() for start, end in table.bounds])


def held_out_risks(
    table: Table, splits: Sequence[Fold], model: CompiledModel, prevalence: float | None = None
) -> NDArray[np.float64]:
    """Risk of each row under coefficients that have not seen the talk's families, shape (n,).

    The calibration map is the model's own, which was learned on such rows.
    """
    log_odds = np.zeros(len(table.talk))
    for seen, unseen in splits:
        rows, weights = training_rows(table, seen, prevalence)
        fitted = SignedLogisticRegression([feature.direction for feature in FEATURES])
        fitted.fit(table.columns[rows], table.abusive[table.talk[rows]], weights)
        asked = np.flatnonzero(np.isin(table.talk, unseen))
        log_odds[asked] = fitted.decision_function(table.columns[asked])
    return np.asarray(1.0 / (1.0 + np.exp(-(model.slope * log_odds + model.offset))), dtype=np.float64)


def choose_thresholds(
    abusive: NDArray[np.int_],
    highest: NDArray[np.float64],
    times: NDArray[np.float64] | None = None,
    alerts: AlertBudget | None = None,
) -> Thresholds:
    """The lowest thresholds that keep the false-alarm budget.

    Parameters
    ----------
    abusive, highest
        Of each talk: its label and the highest risk that it ever reached, shape (m,).
    times
        What each talk counts for, shape (m,); by default all the same.
    alerts
        The budget; by default the project's.
    """
    budget = (alerts or load_alerts()).false_alarms
    order = np.argsort(highest[abusive == 0])[::-1]
    innocent = highest[abusive == 0][order]
    counted = np.ones(len(innocent)) if times is None else times[abusive == 0][order]
    above = np.cumsum(counted) / counted.sum()
    chosen = []
    for share in (budget.clarify, budget.hold, budget.escalate):
        # the first talk that the budget has no room for stays below the band
        highest_kept = innocent[min(int(np.searchsorted(above, share + 1e-12, side="right")), len(innocent) - 1)]
        chosen.append(min(round(float(highest_kept) + 1e-3, 3), 0.999))
    return Thresholds(*np.maximum.accumulate(chosen).tolist())


def train(
    out: Path,
    *,
    seed: int = 0,
    chats: int = 4000,
    families: Sequence[Any] | None = None,
    written: Sequence[LabelledChat] | None = None,
    progress: Progress | None = None,
    reader: LineReader | None = None,
    alerts: AlertBudget | None = None,
    frozen: Sequence[LabelledChat] | None = None,
) -> TrainReport:
    """Train a model on generated chats and on chats written whole, and store it.

    Parameters
    ----------
    out
        Folder for ``model.npz`` and ``manifest.json``.
    seed
        Same seed, same scenario files, same digest.
    chats
        How many to generate.
    families
        Scenario families to generate from; by default the project's.
    written
        Chats written whole; by default the project's.
    progress
        Called with (what, done, total).
    reader
        The reader of lines, where one has been fitted; chats and their labels do not move it.
    alerts
        How many ordinary talks may be disturbed, and the prevalence; by default the project's.
    frozen
        Talks that the gate will measure on, and that no training may know.

    Raises
    ------
    InputError
        Before any work, where the chats are of one kind, or of too few pairs of families and writers to hold some out,
        or where one nearly repeats a frozen one.
    """
    whole = written_chats() if written is None else list(written)
    labelled = [*generate(chats, seed, families), *whole]
    refuse_one_sided(labelled)
    if frozen is not None:
        refuse_repeats(labelled, frozen)
    reader = reader or project_listener()
    table = read_table(labelled, seed=seed, progress=progress, total=len(labelled), reader=reader)
    details = {"data_sha256": data_digest(labelled)}
    if frozen is not None:
        details["frozen_sha256"] = data_digest(frozen)
    return train_table(table, reader, out, seed=seed, alerts=alerts, progress=progress, details=details)


class Fitted(NamedTuple):
    """A model with its bands, and the risk of each row of its table under coefficients that had not seen the talk."""

    model: CompiledModel
    risks: NDArray[np.float64]


def fit_whole(
    table: Table, reader: LineReader, *, alerts: AlertBudget | None = None, progress: Progress | None = None
) -> Fitted:
    """Fit, calibrate and choose the bands on all talks of a table, whose channels' columns are filled in place."""
    alerts = alerts or load_alerts()
    everyone = np.arange(len(table.abusive))
    splits = cross_fit(table, progress)
    model = fit_table(table, fit_channels(table, everyone), reader, alerts.prevalence)
    risks = held_out_risks(table, splits, model, alerts.prevalence)
    model.thresholds = choose_thresholds(table.abusive, peaks(table, risks), counted(table, everyone), alerts)
    if progress is not None:
        progress("fitting the text channels", len(splits) + 1, len(splits) + 1)
    return Fitted(model, risks)


def train_table(
    table: Table,
    reader: LineReader,
    out: Path,
    *,
    seed: int,
    alerts: AlertBudget | None = None,
    progress: Progress | None = None,
    details: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> TrainReport:
    """Train a model on talks that were read, and store it.

    `details` go into its manifest beside what `train` says, `note` beside its figures in the place of the usual one.
    """
    alerts = alerts or load_alerts()
    model, risks = fit_whole(table, reader, alerts=alerts, progress=progress)
    highest, thresholds = peaks(table, risks), model.thresholds
    innocent = table.abusive == 0
    false_alarms = _reached(table, highest, innocent, thresholds.high)
    recall = _reached(table, highest, ~innocent, thresholds.high)
    assert false_alarms.value is not None
    assert recall.value is not None
    digest = save_model(
        model,
        out,
        {
            "name": MODEL_NAME,
            "version": MODEL_VERSION,
            "seed": seed,
            "talks": len(table.abusive),
            "reference_prevalence": alerts.prevalence,
            "false_alarm_budget": alerts.false_alarms.model_dump(),
            "figures": {
                "note": note or (_NOTE_OF_SHOP if table.private.any() else _NOTE),
                **_written("false_alarms_at_hold", false_alarms),
                **_written("recall_at_hold", recall),
            },
            "reference": reference_of(table, risks),
            **(details or {}),
        },
    )
    return TrainReport(out, digest, len(table.abusive), false_alarms.value, recall.value, thresholds)


def _reached(table: Table, highest: NDArray[np.float64], of: NDArray[np.bool_], threshold: float) -> Figure:
    """The share of these talks that ever reached a threshold; its interval resamples families and writers."""
    reached = highest[of] >= threshold
    everyone = np.ones(len(reached), dtype=bool)
    return figure(lambda talks: float(reached[talks].mean()), table.groups[of], share_of=everyone)


def _written(name: str, measured: Figure) -> dict[str, Any]:
    bounds = [None if bound is None else round(bound, 5) for bound in (measured.low, measured.high)]
    assert measured.value is not None
    return {name: round(measured.value, 5), f"{name}_interval": bounds, f"{name}_talks": measured.n}
