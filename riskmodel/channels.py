"""The channels that learn from a buyer's own words, and how training fills their columns without seeing itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from riskmodel.acts import LOWERING, RAISING, ActReader, ActTally
from riskmodel.acts.fit import ActLine, fit_acts, read_act_lines
from riskmodel.features import FEATURES
from riskmodel.jobs import JOBS
from riskmodel.model.fit import FOLDS
from riskmodel.table import Table, counted, sampled_rows
from riskmodel.text import normalize
from riskmodel.words import Tally, WordModel, utterance
from riskmodel.words.fit import compile_words, document, fit_words, rare

__all__ = ["Channels", "Fold", "Progress", "cross_fit", "fill", "fit_channels", "folds"]

_NAMES = [feature.name for feature in FEATURES]
_COLUMNS = np.array(
    [_NAMES.index(name) for name in ("words.balance", *(f"act.{act}" for act in (*RAISING, *LOWERING)))]
)

Progress = Callable[[str, int, int], None]
Fold = tuple[NDArray[np.int_], NDArray[np.int_]]


def folds(table: Table, most: int = FOLDS) -> list[Fold]:
    """At most so many splits of the talks, which keep both families of a pair on one side."""
    splitter = GroupKFold(n_splits=min(most, len(set(table.groups))))
    return list(splitter.split(table.abusive, groups=table.groups))


class Channels(NamedTuple):
    """What is learned from the words themselves: how they resemble those of abusive talks, and what they do."""

    words: WordModel
    acts: ActReader


def fit_channels(table: Table, talks: NDArray[np.int_]) -> Channels:
    """Fit both on some talks of a table; acts on the marked messages of those written whole, and on single lines."""
    rows = sampled_rows(table, talks)
    owners = table.talk[rows]
    weights = counted(table, owners) / np.bincount(owners)[owners]
    documents = []
    for row in rows:
        start, _ = table.bounds[table.talk[row]]
        documents.append(document([spoken.text for spoken in table.spoken[start : row + 1] if spoken is not None]))
    marked = [
        ActLine(act, spoken.text)
        for talk in talks
        for spoken, act in (
            (table.spoken[row], table.acts[row]) for row in range(*table.bounds[talk]) if table.written[talk]
        )
        if spoken is not None and act is not None and spoken.text.strip()
    ]
    with threadpool_limits(1):  # the order of a sum, and with it the last bits, must not hang on the machine
        hidden = rare(documents, table.private[owners], table.groups[owners])
        words = compile_words(fit_words(documents, table.abusive[owners] == 1, weights, hidden))
        return Channels(words, fit_acts([*_single_lines(), *marked]))


@cache
def _single_lines() -> tuple[ActLine, ...]:
    return tuple(
        ActLine(line.act, utterance(normalize(line.text).text, [], attached=False).text) for line in read_act_lines()
    )


def fill(table: Table, channels: Channels, talks: NDArray[np.int_]) -> None:
    """Fill the channels' columns of some talks, in place."""
    rows, values = _heard(table, channels, talks)
    table.columns[np.ix_(rows, _COLUMNS)] = values


def _heard(table: Table, channels: Channels, talks: NDArray[np.int_]) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """The rows of some talks, and what the channels make of each: the balance of words, then the acts."""
    values = []
    for owner in talks:
        tally, acts = Tally(channels.words), ActTally()
        for row in range(*table.bounds[owner]):
            spoken = table.spoken[row]
            if spoken is not None:
                tally.add(spoken)
                acts.add(channels.acts.hear(spoken.text), spoken)
            values.append([tally.balance, *(acts.heard.get(name, 0.0) for name in (*RAISING, *LOWERING))])
    rows = np.concatenate([np.arange(*table.bounds[owner]) for owner in talks])
    return rows, np.array(values)


def cross_fit(table: Table, progress: Progress | None = None, *, jobs: int = JOBS, most: int = FOLDS) -> list[Fold]:
    """Fill the channels' columns by channels that have not seen the talk's families; gives the splits used.

    Parameters
    ----------
    table
        Its columns are filled in place.
    progress
        Called with (what, done, total); a last step is left for a fit on all talks.
    jobs
        How many processes fit at once; it changes nothing but the time.
    most
        How many splits, where there are as many groups.
    """
    splits = folds(table, most)
    fitted = Parallel(n_jobs=jobs, return_as="generator")(delayed(_fit_and_hear)(table, *split) for split in splits)
    for number, (rows, values) in enumerate(fitted, start=1):
        table.columns[np.ix_(rows, _COLUMNS)] = values
        if progress is not None:
            progress("fitting the text channels", number, len(splits) + 1)
    return splits


def _fit_and_hear(
    table: Table, seen: NDArray[np.int_], unseen: NDArray[np.int_]
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    return _heard(table, fit_channels(table, seen), unseen)
