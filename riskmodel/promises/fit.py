"""Learns from written exchanges what rules, bare answers and the reader are worth, together and in context."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from riskmodel.conversation import Message
from riskmodel.jobs import JOBS
from riskmodel.promises.evidence import LOGS, STANCES, Candidate
from riskmodel.promises.find import propose
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader, Weighing
from riskmodel.reader.corpus import Exchange, Line
from riskmodel.reader.fit import fit_reader
from riskmodel.reader.weighing import widened
from riskmodel.signals import load_catalogue
from riskmodel.state import ConversationState

__all__ = ["fit_listener"]

FOLDS = 3
# Chosen by cross-writer validation: fitted on two thirds of the writers, measured on the last third.
_STRENGTH = 0.3
_MOMENT = datetime(2026, 3, 4, 10, tzinfo=UTC)
# One matter by two names: writers and candidates may each take either.
_SAME = {
    ("freight_surcharge", "deny"): ("free_shipping", "affirm"),
    ("freight_surcharge", "affirm"): ("free_shipping", "charge"),
    ("freight_surcharge", "charge"): ("free_shipping", "charge"),
    ("free_shipping", "deny"): ("free_shipping", "charge"),
    ("freight_surcharge", "careful"): ("free_shipping", "careful"),
}


class Weighed(NamedTuple):
    """Candidates of an exchange, and which of them its labels bear out."""

    exchange: Exchange
    candidates: list[Candidate]
    right: list[bool]


def read_exchange(exchange: Exchange, reader: LineReader) -> Weighed:
    """What the reply of an exchange may say, and what of it the writer says it does."""
    state = ConversationState(reader=reader)
    for number, text in enumerate(exchange.turn):
        state.add_message(
            Message(
                message_id=f"m{number}", sender="buyer", sent_at=_MOMENT + timedelta(seconds=20 * number), text=text
            )
        )
    found = propose(load_catalogue().lexicon.read(exchange.reply), state.agenda.context())
    truth = {_SAME.get(said, said) for said in exchange.said}
    return Weighed(exchange, found, [_SAME.get(key, key) in truth for key in ((c.topic, c.stance) for c in found)])


def fit_listener(
    lines: Sequence[Line], exchanges: Sequence[Exchange], *, folds: int = FOLDS, jobs: int = JOBS
) -> LineReader:
    """A reader with what evidence counts for, learned from exchanges as readers hear them that know not their writers.

    Parameters
    ----------
    lines, exchanges
        The texts; the same ones give the same arrays.
    folds
        Into how many groups the writers of exchanges are split.
    jobs
        How many processes fit at once; it changes nothing but the time.
    """
    writers = sorted({exchange.writer for exchange in exchanges})
    groups = [frozenset(writers[fold::folds]) for fold in range(min(folds, len(writers)))]
    fitted: list[tuple[dict[str, Any], list[Weighed]]] = Parallel(n_jobs=jobs)(
        delayed(_fit_and_read)(lines, exchanges, group) for group in (*groups, frozenset())
    )
    with threadpool_limits(1):
        weighing = fit_weighing([item for _, items in fitted for item in items])
    return LineReader(**fitted[-1][0], weighing=weighing)


def _fit_and_read(
    lines: Sequence[Line], exchanges: Sequence[Exchange], unseen: frozenset[str]
) -> tuple[dict[str, Any], list[Weighed]]:
    """The arrays of a reader without some writers, and how it hears these."""
    with threadpool_limits(1):  # the order of a sum, and with it the last bits, must not hang on the machine
        reader = fit_reader(lines, [item for item in exchanges if item.writer not in unseen])
    return reader.arrays, [read_exchange(item, reader) for item in exchanges if item.writer in unseen]


def fit_weighing(weighed: Sequence[Weighed]) -> Weighing:
    """Fit one logistic model a stance."""
    found = [candidate for item in weighed for candidate in item.candidates]
    right = np.array([is_right for item in weighed for is_right in item.right])
    table = widened(np.array([candidate.evidence for candidate in found]), len(LOGS))
    topics = list(load_topics())
    weights, leanings = np.zeros((len(STANCES), table.shape[1])), np.zeros((len(topics), len(STANCES)))
    for place, stance in enumerate(STANCES):
        rows = np.array([row for row, candidate in enumerate(found) if candidate.stance == stance])
        of_topic = np.array([[found[row].topic == topic for topic in topics] for row in rows], dtype=float)
        fitted = LogisticRegression(C=_STRENGTH, max_iter=5000).fit(np.hstack([table[rows], of_topic]), right[rows])
        weights[place] = fitted.coef_[0][: table.shape[1]]
        leanings[:, place] = fitted.coef_[0][table.shape[1] :] + fitted.intercept_[0]
    return Weighing(weights=weights, leanings=leanings)
