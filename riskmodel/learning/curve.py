"""The learning curve: what a model makes of a shop's unseen talks, by how many of its talks it learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from riskmodel.channels import Progress
from riskmodel.learning.measure import Measure, measure
from riskmodel.learning.outcomes import weights
from riskmodel.learning.retrain import Base, Learned, with_base
from riskmodel.model.alerts import AlertBudget
from riskmodel.reader import LineReader
from riskmodel.table import part_of
from riskmodel.training import fit_whole

__all__ = ["SHARES", "Point", "learning_curve"]

SHARES: Final = (0.0, 0.25, 0.5, 1.0)
"""Parts of the shop's talks that are learned from, one after the other."""
_HELD_OUT: Final = 1 / 3


class Point(NamedTuple):
    """A model that learned from so many talks of the shop, and how it did on those held out."""

    talks: int
    measured: Measure


def learning_curve(
    base: Base,
    learned: Learned,
    reader: LineReader,
    *,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
    alerts: AlertBudget | None = None,
    progress: Progress | None = None,
) -> Iterator[Point]:
    """Fit on more and more of a shop's talks; each fit takes as long as a training without its reading.

    Parameters
    ----------
    base
        The synthetic talks that each model learns from, too.
    learned
        The shop's talks, from `riskmodel.learning.retrain.learn_from`.
    reader
        The reader of lines of the model in use.
    shares
        Of the talks that are not held out, from 0 to 1.
    seed
        Picks the third of the groups that is held out, the same for all, and in which order the others are learned.
    alerts, progress
        As for `riskmodel.training.train`.
    """
    table = with_base(base, learned.chats, reader, progress)
    own = np.flatnonzero(table.private)
    groups = np.unique(table.groups[own])
    order = np.random.default_rng(seed).permutation(groups)
    cut = round(len(order) * _HELD_OUT)
    held_out = np.isin(table.groups[own], order[:cut])
    unseen, times = own[held_out], weights(found.probability for found in learned.outcomes)[held_out]
    # a shop's talk can be of one group with synthetic ones: those are not learned from either
    invented = np.flatnonzero(~table.private & ~np.isin(table.groups, order[:cut]))
    for share in shares:
        seen = own[np.isin(table.groups[own], order[cut : cut + round((len(order) - cut) * share)])]
        fitted = fit_whole(part_of(table, np.concatenate([invented, seen])), reader, alerts=alerts, progress=progress)
        yield Point(len(seen), measure(fitted.model, part_of(table, unseen), times))
