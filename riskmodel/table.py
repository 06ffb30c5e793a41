"""Talks as a table: one row for each prefix, one column for each feature. What models are fitted and measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from riskmodel.conversation import parse_conversation
from riskmodel.errors import FieldProblem, InputError
from riskmodel.features import compute
from riskmodel.jobs import JOBS
from riskmodel.patterns import PATTERNS
from riskmodel.reader import LineReader
from riskmodel.state import walk
from riskmodel.synthesis import LabelledChat
from riskmodel.words import Utterance

__all__ = [
    "WRITTEN_TIMES",
    "Table",
    "TalkRows",
    "as_table",
    "counted",
    "joined",
    "part_of",
    "read_rows",
    "read_table",
    "refuse_one_sided",
    "sampled_rows",
]

# A chat written whole counts as this many generated ones, of which each resembles a hundred others. Tried at 1
# to 20 on chats whose writers the fit did not know: little hangs on it from 3 up.
WRITTEN_TIMES = 5.0
_LEAST_PAIRS = 4  # of families or writers, of either kind
_AT_ONCE = 100  # talks that a process reads before it hands them over
_SAMPLED = 4  # rows of each talk that a fit uses: the last, and others at random


class Table(NamedTuple):
    """Talks read prefix by prefix: n rows, m talks, F columns.

    By row: `columns` (n, F); `talk` (n,), the index of the row's talk; `sampled` (n,), whether a fit uses the row;
    `spoken`, the buyer message that the row ends with or None, and `acts`, what its writer marked it as, of talks
    written whole. By talk: `bounds`, its half-open range of rows; `abusive` (m,); `groups` (m,), its pair of families
    or its writer; `patterns` (m, P); `written` (m,), whether it was written whole; `weight` (m,), what it counts for
    beside others of its kind; `private` (m,), whether it is a shop's own talk.
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
    weight: NDArray[np.float64]
    private: NDArray[np.bool_]


class TalkRows(NamedTuple):
    """One talk as read: its columns, shape (k, F), and the buyer message of each row."""

    columns: NDArray[np.float64]
    spoken: list[Utterance | None]


def read_table(
    chats: Iterable[LabelledChat],
    *,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
    total: int = 0,
    reader: LineReader | None = None,
    jobs: int = JOBS,
) -> Table:
    """Read labelled chats into rows, one after each message. The columns of learned channels are left at zero.

    Parameters
    ----------
    chats
        Those without messages are passed over.
    seed
        Picks the rows that a fit uses.
    progress, total
        Called with (what, done, total).
    reader
        The learned reader of lines.
    jobs
        How many processes read at once; it changes nothing but the time.
    """
    kept = [chat for chat in chats if chat.conversation["messages"]]
    parts = [kept[start : start + _AT_ONCE] for start in range(0, len(kept), _AT_ONCE)]
    read: list[TalkRows] = []
    for part in Parallel(n_jobs=min(jobs, max(len(parts), 1)), return_as="generator")(
        delayed(read_rows)(part, reader) for part in parts
    ):
        read.extend(part)
        if progress is not None:
            progress("reading chats", len(read), max(total, len(kept)))
    return as_table(kept, read, seed)


def as_table(kept: Sequence[LabelledChat], read: Sequence[TalkRows], seed: int = 0) -> Table:
    """The table of chats that have been read, in their order; what they said is not looked at again.

    Parameters
    ----------
    kept
        The chats, none of them without messages.
    read
        The rows of each.
    seed
        Picks the rows that a fit uses.
    """
    rng = Random(seed)  # noqa: S311  # picks prefixes, guards nothing
    sampled: list[bool] = []
    for talk in read:
        length = len(talk.spoken)
        picked = {length - 1, *(rng.randrange(length) for _ in range(_SAMPLED - 1))}
        sampled.extend(position in picked for position in range(length))
    ends = list(accumulate(len(talk.spoken) for talk in read))
    bounds = list(zip([0, *ends[:-1]], ends, strict=True))
    return Table(
        np.concatenate([talk.columns for talk in read]),
        np.repeat(np.arange(len(bounds)), [end - start for start, end in bounds]),
        np.array(sampled),
        [spoken for talk in read for spoken in talk.spoken],
        [act for chat in kept for act in (chat.acts if chat.written else [None] * len(chat.acts))],
        bounds,
        np.array([int(chat.label == "abusive") for chat in kept]),
        np.array([chat.pair for chat in kept]),
        np.array([[int(name in chat.patterns) for name in PATTERNS] for chat in kept]),
        np.array([chat.written for chat in kept]),
        np.array([chat.weight for chat in kept]),
        np.array([chat.private for chat in kept]),
    )


def part_of(table: Table, talks: NDArray[np.int_]) -> Table:
    """Some talks of a table as a table of their own."""
    rows = np.concatenate([np.arange(*table.bounds[talk]) for talk in talks])
    lengths = [end - start for start, end in (table.bounds[talk] for talk in talks)]
    ends = np.cumsum(lengths).tolist()
    return Table(
        table.columns[rows],
        np.repeat(np.arange(len(talks)), lengths),
        table.sampled[rows],
        [table.spoken[row] for row in rows],
        [table.acts[row] for row in rows],
        [(end - length, end) for length, end in zip(lengths, ends, strict=True)],
        table.abusive[talks],
        table.groups[talks],
        table.patterns[talks],
        table.written[talks],
        table.weight[talks],
        table.private[talks],
    )


def joined(first: Table, second: Table) -> Table:
    """The talks of one table and then those of another, as one; neither is changed by what is done to it."""
    rows, talks = len(first.talk), len(first.bounds)
    return Table(
        np.concatenate([first.columns, second.columns]),
        np.concatenate([first.talk, second.talk + talks]),
        np.concatenate([first.sampled, second.sampled]),
        [*first.spoken, *second.spoken],
        [*first.acts, *second.acts],
        [*first.bounds, *((start + rows, end + rows) for start, end in second.bounds)],
        *(np.concatenate(both) for both in zip(first[6:], second[6:], strict=True)),
    )


def read_rows(chats: Sequence[LabelledChat], reader: LineReader | None) -> list[TalkRows]:
    """The rows of some chats: one after each message, with the columns of learned channels at zero."""
    result = []
    for chat in chats:
        columns, spoken = [], []
        for state in walk(parse_conversation(chat.conversation), reader=reader):
            columns.append([value for value, _ in compute(state)])
            spoken.append(state.spoken)
        result.append(TalkRows(np.array(columns), spoken))
    return result


def counted(table: Table, talks: NDArray[np.int_]) -> NDArray[np.float64]:
    """What each of these talks counts for."""
    return np.where(table.written[talks], WRITTEN_TIMES, 1.0) * table.weight[talks]


def sampled_rows(table: Table, talks: NDArray[np.int_]) -> NDArray[np.int_]:
    """The rows of some talks that a fit uses, in their order."""
    return np.flatnonzero(table.sampled & np.isin(table.talk, talks))


def refuse_one_sided(chats: Sequence[LabelledChat]) -> None:
    """See that some chats of either kind can be held out.

    Raises
    ------
    InputError
        Where abusive chats or others are of fewer than four pairs of families or writers.
    """
    pairs = {label: {chat.pair for chat in chats if (chat.label == "abusive") == label} for label in (True, False)}
    if min(map(len, pairs.values())) < _LEAST_PAIRS:
        raise InputError(
            [
                FieldProblem(
                    "chats",
                    f"abusive talks of {len(pairs[True])} and others of {len(pairs[False])} pairs of families; "
                    f"to hold some out takes {_LEAST_PAIRS} of each; generate more chats or add scenario files",
                )
            ]
        )
