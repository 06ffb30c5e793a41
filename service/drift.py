"""What a store has for the drift report: all risks, and of some talks of each week the columns, read from their words.

Columns are computed anew from stored talks and not counted as talks happen: bins belong to a model, so that counts kept
by one would say nothing of the next; nothing is written while agents wait; and a report can go back as far as talks are
kept. What it costs is a millisecond or so a talk, so that of a week of many talks some are picked: by their random
names, which know nothing of what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from riskmodel.features import FEATURES, compute
from riskmodel.monitoring.weeks import WeekTalks
from riskmodel.scorer import Scorer
from service.store.keyring import Keyring
from service.store.schema import conversations, talk_figures
from service.store.talk_figures import STRENGTHS
from service.store.talks import Talk, TalkStore
from service.talks import conversation_of

__all__ = ["SAMPLED", "weeks_of"]

SAMPLED: Final = 1_000
"""Talks of a week whose columns are read."""
_HOLD: Final = STRENGTHS["hold"]


def weeks_of(
    connection: Connection,
    keyring: Keyring,
    scorer: Scorer,
    shops: Iterable[int],
    *,
    until: date,
    weeks: int,
    progress: Callable[[str, int, int], None] | None = None,
    sampled: int = SAMPLED,
) -> list[WeekTalks]:
    """The last full weeks before a day, Monday to Sunday by the clocks of China; those without a talk are left out.

    Parameters
    ----------
    connection, keyring, scorer
        The store, what opens it, and the model in use.
    shops
        Whose talks.
    until
        A day; its own week is not over and is not read.
    weeks
        How many at most.
    progress
        Called with (what, done, total).
    sampled
        Of how many talks of a week columns are read.
    """
    end = until - timedelta(days=until.weekday())
    starts = [end - timedelta(weeks=place) for place in range(weeks, 0, -1)]
    numbers, found = list(shops), []
    for done, start in enumerate(starts, start=1):
        talks = _talks(connection, numbers, start)
        if talks:
            risks = np.array([talk.risk for talk, _ in talks], dtype=np.float64)
            held = np.array([strongest >= _HOLD for _, strongest in talks])
            picked = sorted(talks, key=lambda each: each[0].talk)[:sampled]
            columns, own = _read(connection, keyring, scorer, [talk for talk, _ in picked])
            found.append(WeekTalks(start, risks, held, columns, own))
        if progress is not None:
            progress("reading weeks", done, weeks)
    return found


def _talks(connection: Connection, shops: list[int], start: date) -> list[tuple[Talk, int]]:
    """The talks that began in a week and have a risk, each with the strongest advice that it ever had."""
    query = (
        select(conversations, talk_figures.c.strongest)
        .join(talk_figures, talk_figures.c.talk_id == conversations.c.id)
        .where(talk_figures.c.shop_id.in_(shops), conversations.c.shop_id.in_(shops))
        .where(talk_figures.c.day >= start, talk_figures.c.day < start + timedelta(weeks=1))
        .where(conversations.c.risk.is_not(None), conversations.c.messages > 0)
    )
    return [(Talk(*row), strongest) for *row, strongest in connection.execute(query)]


def _read(
    connection: Connection, keyring: Keyring, scorer: Scorer, talks: list[Talk]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns, shape (k, F), and risk, shape (k,), of talks as they stand."""
    columns, risks = np.zeros((len(talks), len(FEATURES))), np.zeros(len(talks))
    for place, talk in enumerate(talks):
        conversation = conversation_of(TalkStore(connection, keyring, talk.shop_id), talk)
        state = scorer.begin(conversation)
        for message in conversation.messages:
            state.add_message(message)
        columns[place] = [value for value, _ in compute(state)]
        risks[place] = scorer.model.predict(columns[place].tolist()).risk
    return columns, risks
