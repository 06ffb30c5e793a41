"""How a model does on talks that it has not seen: what share of abuse it holds, and of other talks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.channels import Channels, fill
from riskmodel.intervals import Figure, weighted
from riskmodel.model import CompiledModel
from riskmodel.table import Table
from riskmodel.training import peaks

__all__ = ["Measure", "measure", "risks_of"]


class Measure(NamedTuple):
    """Shares of talks that were ever to be held, weighed, with 95 % intervals as for that many independent talks."""

    recall: Figure
    false_alarms: Figure


def risks_of(model: CompiledModel, table: Table) -> NDArray[np.float64]:
    """The risk after each message of the talks of a table, shape (n,); its channels' columns are filled in place."""
    fill(table, Channels(model.words, model.acts), np.arange(len(table.bounds)))
    log_odds = table.columns @ model.arrays["coefficients"] + model.base
    return np.asarray(1.0 / (1.0 + np.exp(-(model.slope * log_odds + model.offset))))


def measure(model: CompiledModel, table: Table, times: NDArray[np.float64]) -> Measure:
    """Measure on the talks of a table.

    Parameters
    ----------
    model
        With its bands.
    table
        Without any talk that the model learned from, or its like: see `riskmodel.learning.splits`.
    times
        What each talk counts for, shape (m,), from `riskmodel.learning.outcomes.weights`: a cap on whoever labelled it
        bounds what is learned, and says nothing of how common its like is.
    """
    if not table.bounds:
        return Measure(weighted([], []), weighted([], []))
    held = peaks(table, risks_of(model, table)) >= model.thresholds.high
    found = []
    for kind in (1, 0):
        of = table.abusive == kind
        found.append(weighted(held[of].tolist(), times[of].tolist()))
    return Measure(*found)
