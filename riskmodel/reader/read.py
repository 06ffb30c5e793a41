"""Reads one line through the compiled reader: a softmax over topics, and one over stances, from character sequences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache
from math import exp, log
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from riskmodel.reader.weighing import Weighing
from riskmodel.regions import place_names
from riskmodel.text.linear import LinearGrams, log_softmax

__all__ = ["LOWEST", "Heard", "LineReader", "plain"]

LOWEST = log(1e-4)
"""No log-likelihood counts as lower."""

_FIGURES = re.compile("[0-9]+")
_PUNCTUATION = re.compile(r"[^\w?]+")
_REMEMBERED = 4096  # stretches of text, in memory only: some ten megabytes
_LONGEST = 400  # characters of one line that are read
_LARGEST_EXPONENT = 700.0  # of which a float holds the power


@cache
def _places() -> AhoCorasick:
    return AhoCorasick(list(place_names()), matchkind=MatchKind.LeftmostLongest)


def plain(folded: str) -> str:
    """A folded line as the reader sees it: places and figures are one sign each, punctuation is a comma.

    Examples
    --------
    >>> plain("发到拉萨要补15块吗~")
    '^发到#要补0块吗$'
    """
    text = folded[:_LONGEST]
    for _, start, end in reversed(_places().find_matches_as_indexes(text)):
        text = f"{text[:start]}#{text[end:]}"
    text = _PUNCTUATION.sub(",", _FIGURES.sub("0", text).replace("#", "〇")).strip(",")
    return f"^{text}$".replace("〇", "#")


class Heard:
    """What a line was heard to say.

    Attributes
    ----------
    topic_logs, stance_logs
        Log-likelihoods, in the order of the reader's topics and stances; stances are those of a shop's line.
    topic
        The likeliest topic.
    """

    def __init__(self, reader: LineReader, scores: Sequence[float]) -> None:
        self._reader, self._open_score = reader, scores[-1]
        border = len(reader.topics)
        self.topic_logs, self.stance_logs = log_softmax(scores[:border]), log_softmax(scores[border:-1])

    @cached_property
    def topic_floors(self) -> list[float]:
        """Log-likelihoods of topics, none below `LOWEST`."""
        return [value if value > LOWEST else LOWEST for value in self.topic_logs]

    @cached_property
    def stance_floors(self) -> list[float]:
        """Log-likelihoods of stances, none below `LOWEST`."""
        return [value if value > LOWEST else LOWEST for value in self.stance_logs]

    @cached_property
    def loudest(self) -> tuple[int, float, float]:
        """The place of the likeliest topic, its log-likelihood, and that of the next one, none below `LOWEST`."""
        logs = self.topic_floors
        highest = max(logs)
        place = logs.index(highest)
        return place, highest, max((*logs[:place], *logs[place + 1 :]), default=LOWEST)

    @property
    def topic(self) -> str:
        """The likeliest topic."""
        return self._reader.topics[self.topic_logs.index(max(self.topic_logs))]

    @property
    def likelihood(self) -> float:
        """Likelihood of the likeliest topic."""
        return exp(max(self.topic_logs))

    @cached_property
    def topics(self) -> dict[str, float]:
        """Likelihood of each topic."""
        return dict(zip(self._reader.topics, map(exp, self.topic_logs), strict=True))

    @cached_property
    def stances(self) -> dict[str, float]:
        """Likelihood of each stance of a shop's line."""
        return dict(zip(self._reader.stances, map(exp, self.stance_logs), strict=True))

    @property
    def opens(self) -> float:
        """Likelihood that a buyer's line leaves its topic open."""
        return 1.0 / (1.0 + exp(min(-self._open_score, _LARGEST_EXPONENT)))


class LineReader:
    """The compiled reader.

    Parameters
    ----------
    grams, weights, norms, intercepts
        As for `LinearGrams`; the K columns are topics, stances, and one for what a buyer leaves open.
    topics, stances
        Names of the columns: with one more column for what a buyer leaves open they are K together.
    weighing
        What evidence counts for in a message of the shop; without it rules alone tell what the shop says.
    """

    def __init__(
        self,
        *,
        grams: NDArray[np.str_],
        weights: NDArray[np.float64],
        norms: NDArray[np.float64],
        intercepts: NDArray[np.float64],
        topics: NDArray[np.str_],
        stances: NDArray[np.str_],
        weighing: Weighing | None = None,
    ) -> None:
        self.arrays = {
            "grams": grams, "weights": weights, "norms": norms, "intercepts": intercepts,
            "topics": topics, "stances": stances,
        }  # fmt: skip  # names in rows, read at a glance
        self.weighing = weighing
        self.topics: list[str] = topics.tolist()
        self.stances: list[str] = stances.tolist()
        self._linear = LinearGrams(grams, weights, norms, intercepts)
        # while one types, between the lines of a turn, and in saved replies the same stretches come again and again
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)

    def __reduce__(self) -> tuple[Callable[..., LineReader], tuple[dict[str, Any], Weighing | None]]:
        return _again, (self.arrays, self.weighing)  # what it remembers stays in its process

    def scores(self, folded: str) -> list[float]:
        """Log-odds of each topic, each stance, and of being left open, K together, before any squashing."""
        return self._linear.scores(plain(folded))

    def read(self, folded: str) -> Heard:
        """What a folded line was heard to say."""
        return self._remembered(folded)

    def forget(self) -> None:
        """Drop what was read a moment ago."""
        self._remembered.cache_clear()

    def _read(self, folded: str) -> Heard:
        return Heard(self, self.scores(folded))


def _again(arrays: dict[str, Any], weighing: Weighing | None) -> LineReader:
    return LineReader(**arrays, weighing=weighing)
