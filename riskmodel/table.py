"""Talks as a table: one row for each prefix, one column for each feature. What models are fitted and measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.conversation import parse_conversation
from riskmodel.features import compute
from riskmodel.patterns import PATTERNS
from riskmodel.reader import LineReader
from riskmodel.state import walk
from riskmodel.synthesis import LabelledChat
from riskmodel.words import Utterance

__all__ = ["WRITTEN_TIMES", "Table", "counted", "read_table", "sampled_rows"]

# A chat written whole counts as this many generated ones, of which each resembles a hundred others. Tried at 1
# to 20 on chats whose writers the fit did not know: little hangs on it from 3 up.
WRITTEN_TIMES = 5.0
_SAMPLED = 4  # rows of each talk that a fit uses: the last, and others at random


class Table(NamedTuple):
    """Talks read prefix by prefix: n rows, m talks, F columns.

    By row: `columns` (n, F); `talk` (n,), the index of the row's talk; `sampled` (n,), whether a fit uses the row;
    `spoken`, the buyer message that the row ends with or None, and `acts`, what its writer marked it as, of talks
    written whole. By talk: `bounds`, its half-open range of rows; `abusive` (m,); `groups` (m,), its pair of families
    or its writer; `patterns` (m, P); `written` (m,), whether it was written whole.
    """

    columns: NDArray[np.float64]
    talk: NDArray[np.int_]
    sampled: NDArray[np.bool_]
    spoken: list[Utterance | None]
    acts: list[str | None]
    bounds: list[tuple[int, int]]
    abusive: NDArray[np.int_]
    groups: NDArray[Any]
    patterns: NDArray[np.int_]
    written: NDArray[np.bool_]


def read_table(
    chats: Iterable[LabelledChat],
    *,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    total: int = 0,
    reader: LineReader | None = None,
) -> Table:
    """Read labelled chats into rows, one after each message. The columns of learned channels are left at zero."""
    rng = Random(seed)  # noqa: S311  # picks prefixes, guards nothing
    columns: list[list[float]] = []
    sampled: list[bool] = []
    spoken: list[Utterance | None] = []
    acts: list[str | None] = []
    bounds, labels, groups, patterns, written = [], [], [], [], []
    for index, chat in enumerate(chats):
        start = len(columns)
        for state in walk(parse_conversation(chat.conversation), reader=reader):
            columns.append([value for value, _ in compute(state)])
            spoken.append(state.spoken)
        acts.extend(chat.acts if chat.written else [None] * len(chat.acts))
        length = len(columns) - start
        if not length:
            continue
        picked = {length - 1, *(rng.randrange(length) for _ in range(_SAMPLED - 1))}
        sampled.extend(position in picked for position in range(length))
        bounds.append((start, len(columns)))
        labels.append(int(chat.label == "abusive"))
        groups.append(chat.pair)
        written.append(chat.written)
        patterns.append([int(name in chat.patterns) for name in PATTERNS])
        if progress is not None:
            progress("reading chats", index + 1, total)
    talk = np.repeat(np.arange(len(bounds)), [end - start for start, end in bounds])
    return Table(
        np.array(columns),
        talk,
        np.array(sampled),
        spoken,
        acts,
        bounds,
        np.array(labels),
        np.array(groups),
        np.array(patterns),
        np.array(written),
    )


def counted(table: Table, talks: NDArray[np.int_]) -> NDArray[np.float64]:
    """What each of these talks counts for."""
    return np.where(table.written[talks], WRITTEN_TIMES, 1.0)


def sampled_rows(table: Table, talks: NDArray[np.int_]) -> NDArray[np.int_]:
    """The rows of some talks that a fit uses, in their order."""
    return np.flatnonzero(table.sampled & np.isin(table.talk, talks))
