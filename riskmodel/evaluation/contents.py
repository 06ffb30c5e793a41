"""What is in a set of chats: lengths, what first questions are about, what buyers say and do; numbers, no words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.acts import HEARD_FROM, LOWERING, RAISING
from riskmodel.conversation import Conversation, Message
from riskmodel.evaluation.metrics import share
from riskmodel.intervals import RESAMPLES, Figure, figure, wilson
from riskmodel.model import CompiledModel
from riskmodel.reader import LineReader
from riskmodel.signals import load_catalogue
from riskmodel.state import begin
from riskmodel.text import normalize

__all__ = ["Contents", "Extent", "extents", "farthest", "openings", "rates", "read_contents"]

_NO_TOPIC = "other"


class Contents(NamedTuple):
    """One talk in numbers.

    `opening` is the likeliest topic of the buyer's first message that has one, else ``other``, and None where the buyer
    says nothing; `said` names the signals of the buyer's messages, and as ``act.…`` what they were heard to do.
    """

    messages: int
    buyer_messages: int
    buyer_characters: int
    hours: float
    opening: str | None
    said: frozenset[str]


class Extent(NamedTuple):
    """How large something is in a set of talks: the median, and what one talk in twenty stays below or is above."""

    what: str
    median: float
    low: float
    high: float


_SIZES: dict[str, Callable[[Contents], float]] = {
    "messages": lambda talk: talk.messages,
    "messages of the buyer": lambda talk: talk.buyer_messages,
    "characters of the buyer": lambda talk: talk.buyer_characters,
    "hours from first to last": lambda talk: talk.hours,
}


def read_contents(
    talks: Iterable[Conversation],
    model: CompiledModel,
    *,
    progress: Callable[[str, int, int], None] | None = None,
    total: int = 0,
) -> list[Contents]:
    """Read talks through a model's readers of lines and of acts; its risk is not asked.

    Parameters
    ----------
    talks
        Any number.
    model
        Whose readers are used.
    progress, total
        Called with (what, done, total).
    """
    found = []
    for talk in talks:
        found.append(_read(talk, model))
        if progress is not None:
            progress("reading chats", len(found), total)
    return found


def _read(talk: Conversation, model: CompiledModel) -> Contents:
    state = begin(talk, reader=model.reader, acts=model.acts)
    for message in talk.messages:
        state.add_message(message)
    spoken = [message for message in talk.messages if message.sender == "buyer"]
    times = [message.sent_at for message in talk.messages]
    heard = {f"act.{name}" for name, likelihood in state.acts.heard.items() if likelihood >= HEARD_FROM}
    return Contents(
        len(talk.messages),
        len(spoken),
        sum(len(message.text) for message in spoken),
        (max(times) - min(times)).total_seconds() / 3600 if times else 0.0,
        _opening(spoken, model.reader),
        frozenset(heard.union(state.counts).intersection(_names())),
    )


def _opening(spoken: Sequence[Message], reader: LineReader) -> str | None:
    topics = [reader.read(normalize(message.text).text).topic for message in spoken]
    return next((topic for topic in topics if topic != _NO_TOPIC), _NO_TOPIC) if topics else None


def extents(contents: Sequence[Contents]) -> list[Extent]:
    """How long talks are, each way; nothing of none."""
    if not contents:
        return []
    return [
        Extent(what, *np.quantile([size(talk) for talk in contents], [0.5, 0.05, 0.95]).tolist())
        for what, size in _SIZES.items()
    ]


def openings(contents: Sequence[Contents]) -> dict[str, Figure]:
    """Share of talks by what their first question is about, the most frequent first; intervals are Wilson's."""
    topics = [talk.opening for talk in contents]
    found = {topic: wilson(each == topic for each in topics) for topic in sorted({each for each in topics if each})}
    return dict(sorted(found.items(), key=lambda item: -(item[1].value or 0.0)))


def rates(
    contents: Sequence[Contents],
    clusters: NDArray[np.str_] | None = None,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, Figure]:
    """Share of talks in which a buyer ever says or does each thing, also of what nobody does.

    Parameters
    ----------
    contents
        Talks of one kind.
    clusters
        What each was written together with, shape (m,): the interval then resamples clusters. Without it talks are
        taken for independent, and the interval is Wilson's.
    seed, resamples
        Of the bootstrap.
    """
    found = {}
    for name in _names():
        flags = np.array([name in talk.said for talk in contents], dtype=bool)
        found[name] = wilson(flags.tolist()) if clusters is None else _clustered(flags, clusters, seed, resamples)
    return found


def _clustered(flags: NDArray[np.bool_], clusters: NDArray[np.str_], seed: int, resamples: int) -> Figure:
    return figure(
        lambda at: share(flags[at]), clusters, seed=seed, resamples=resamples, share_of=np.ones(len(flags), dtype=bool)
    )


def farthest(first: Mapping[str, Figure], second: Mapping[str, Figure], count: int = 20) -> list[str]:
    """The names whose rates differ most between two kinds of talks."""
    apart = {name: abs((first[name].value or 0.0) - (second[name].value or 0.0)) for name in first}
    return sorted(apart, key=lambda name: (-apart[name], name))[:count]


@cache
def _names() -> tuple[str, ...]:
    return (
        *(signal.code for signal in load_catalogue().of("buyer")),
        *(f"act.{name}" for name in (*RAISING, *LOWERING)),
    )
