"""How long a message takes with either model, on the same talks in turns, so that a busy moment falls on both."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.intervals import Figure, figure
from riskmodel.scorer import Scorer
from riskmodel.synthesis import LabelledChat

__all__ = ["Latency", "latency"]

_TURNS = 3


class Latency(NamedTuple):
    """Seconds a message (the median over talks), and the median of the ratios by talk."""

    candidate: float
    in_use: float
    ratio: Figure


def latency(candidate: Scorer, in_use: Scorer, chats: Sequence[LabelledChat]) -> Latency:
    """Time both message by message; of some turns a talk's quickest counts, after one that is not timed."""
    talks = [parse_conversation(chat.conversation) for chat in chats]
    times = np.full((len(talks), 2), np.inf)
    for row, talk in enumerate(talks):
        for turn in range(_TURNS + 1):
            for column, scorer in enumerate((candidate, in_use)):
                taken = _time(scorer, talk)
                if turn:
                    times[row, column] = min(times[row, column], taken)
    ratios = times[:, 0] / times[:, 1]

    def median(at: NDArray[np.int_]) -> float:
        return float(np.median(ratios[at]))

    first, second = np.median(times, axis=0).tolist()
    return Latency(first, second, figure(median, np.arange(len(talks))))


def _time(scorer: Scorer, talk: Conversation) -> float:
    begun = perf_counter()
    for _ in scorer.trajectory(talk):
        pass
    return (perf_counter() - begun) / max(len(talk.messages), 1)
