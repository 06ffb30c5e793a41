"""Measuring in time: each month a model learns what was known when it began, and meets what comes in it.

A label is known when it was given, and no sooner than some days after its talk: disputes take their time, and a measure
that knows labels at once looks better than any shop's model can be (Dawid 1984; label delay as in stream learning).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.channels import Progress
from riskmodel.learning.caps import SHARE
from riskmodel.learning.measure import Measure, measure
from riskmodel.learning.outcomes import weights
from riskmodel.learning.retrain import Base, ShopTalk, learn_from, with_base
from riskmodel.model import CompiledModel
from riskmodel.model.alerts import AlertBudget
from riskmodel.reader import LineReader
from riskmodel.table import part_of
from riskmodel.training import fit_whole

__all__ = ["DELAY", "Measured", "Month", "by_month", "months"]

DELAY: Final = timedelta(days=7)
"""The least time from a talk to its label. Chosen by this project: goods can be returned without a reason for seven
days, and most disputes begin in them."""


class Month(NamedTuple):
    """A month: positions of the talks whose labels were `known` when it began, and of those that `came` in it.

    `came` has no talk whose group was known: its like was learned.
    """

    start: datetime
    known: NDArray[np.int_]
    came: NDArray[np.int_]


def months(
    talks: Sequence[datetime],
    labels: Sequence[datetime],
    groups: NDArray[np.int_] | None = None,
    *,
    delay: timedelta = DELAY,
) -> Iterator[Month]:
    """Each month from the second one on to the last in which a talk began, by the calendar of UTC.

    Parameters
    ----------
    talks, labels
        When each talk began and when its label was given, with a zone, length n.
    groups
        From `riskmodel.learning.splits.groups_of`, shape (n,); by default each talk is its own.
    delay
        The least time from a talk to when its label is known.

    Examples
    --------
    >>> day = [datetime(2026, month, 3, tzinfo=UTC) for month in (1, 1, 2, 3)]
    >>> [(month.start.month, month.known.tolist(), month.came.tolist()) for month in months(day, day)]
    [(2, [0, 1], [2]), (3, [0, 1, 2], [3])]
    """
    if not talks:
        return
    began = np.array([each.timestamp() for each in talks])
    known_at = np.maximum([each.timestamp() for each in labels], began + delay.total_seconds())
    group = np.arange(len(began)) if groups is None else groups
    start = _next(min(talks).astimezone(UTC))
    while start.timestamp() <= began.max():
        end = _next(start)
        known = np.flatnonzero((known_at <= start.timestamp()) & (began < start.timestamp()))
        within = (began >= start.timestamp()) & (began < end.timestamp())
        yield Month(start, known, np.flatnonzero(within & ~np.isin(group, group[known])))
        start = end


def _next(moment: datetime) -> datetime:
    """The beginning of the next month."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


class Measured(NamedTuple):
    """A month: how many talks the model learned from, how many came then, and how it did on these."""

    start: datetime
    known: int
    came: int
    measured: Measure
    model: CompiledModel


def by_month(
    base: Base,
    talks: Sequence[ShopTalk],
    began: Sequence[datetime],
    reader: LineReader,
    *,
    delay: timedelta = DELAY,
    share: float = SHARE,
    alerts: AlertBudget | None = None,
    progress: Progress | None = None,
) -> Iterator[Measured]:
    """Retrain each month on what was known, and measure on what came; months in which nothing came are passed over.

    What a talk was known to be is what its labels came to by then; what it is measured by is what they came to at last.

    Parameters
    ----------
    base, reader
        As for `riskmodel.learning.retrain.retrain`.
    talks, began
        The shop's talks with their labels, and when each began, with a zone.
    delay, share, alerts, progress
        As for `months` and `riskmodel.learning.retrain.retrain`.
    """
    whole = learn_from(talks, share=share)
    table = with_base(base, whole.chats, reader, progress)
    own = np.flatnonzero(table.private)
    row_of = dict(zip(whole.places, own.tolist(), strict=True))
    times = weights(found.probability for found in whole.outcomes)
    starts, labelled = [began[place] for place in whole.places], [talks[place].given[0].at for place in whole.places]
    for month in months(starts, labelled, table.groups[own], delay=delay):
        if not len(month.came):
            continue
        asked = [whole.places[place] for place in month.known.tolist()]
        then = learn_from([_as_of(talks[place], month.start) for place in asked], share=share)
        seen = [row_of[asked[place]] for place in then.places]
        now = table._replace(abusive=table.abusive.copy(), weight=table.weight.copy())
        now.abusive[seen] = [chat.label == "abusive" for chat in then.chats]
        now.weight[seen] = [chat.weight for chat in then.chats]
        came = own[month.came]
        invented = np.flatnonzero(~table.private & ~np.isin(table.groups, table.groups[came]))
        learned = part_of(now, np.concatenate([invented, np.array(seen, dtype=np.int_)]))
        model = fit_whole(learned, reader, alerts=alerts, progress=progress).model
        yield Measured(
            month.start, len(seen), len(came), measure(model, part_of(table, came), times[month.came]), model
        )


def _as_of(talk: ShopTalk, moment: datetime) -> ShopTalk:
    return talk._replace(given=[each for each in talk.given if each.at <= moment])
