"""Reads one line through the compiled reader: a softmax over topics, and one over stances, from character sequences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from math import exp, sqrt

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from riskmodel.regions import place_names
from riskmodel.text.grams import Grams

__all__ = ["LineReader", "Reading", "plain"]

_FIGURES = re.compile("[0-9]+")
_PUNCTUATION = re.compile(r"[^\w?]+")
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


class Reading:
    """What a line was heard to say; what is not asked for is not worked out.

    Attributes
    ----------
    topic
        The likeliest topic.
    """

    def __init__(self, reader: LineReader, topic_scores: Sequence[float], scores: Sequence[float]) -> None:
        self._reader, self._topic_scores, self._scores = reader, topic_scores, scores
        self.topic = reader.topics[topic_scores.index(max(topic_scores))]

    @property
    def likelihood(self) -> float:
        """Likelihood of the likeliest topic."""
        highest = max(self._topic_scores)
        return 1.0 / sum([exp(score - highest) for score in self._topic_scores])

    @cached_property
    def topics(self) -> dict[str, float]:
        """Likelihood of each topic."""
        return dict(zip(self._reader.topics, _softmax(self._topic_scores), strict=True))

    @cached_property
    def stances(self) -> dict[str, float]:
        """Likelihood of each stance of a shop's line."""
        return dict(zip(self._reader.stances, _softmax(self._scores[len(self._topic_scores) : -1]), strict=True))

    @property
    def opens(self) -> float:
        """Likelihood that a buyer's line leaves its topic open."""
        return 1.0 / (1.0 + exp(min(-self._scores[-1], _LARGEST_EXPONENT)))


class LineReader:
    """The compiled reader.

    Parameters
    ----------
    grams
        Sequences of one or two characters, shape (G,).
    weights
        Log-odds per unit of normalised TF-IDF times the sequence's IDF, shape (G, K): topics, stances, and one
        column for what a buyer leaves open.
    norms
        Squared IDF of each sequence, shape (G,).
    intercepts
        Shape (K,).
    topics, stances
        Names of the columns: with one more column for what a buyer leaves open they are K together.
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
    ) -> None:
        self.arrays = {
            "grams": grams, "weights": weights, "norms": norms, "intercepts": intercepts,
            "topics": topics, "stances": stances,
        }  # fmt: skip
        self.topics: list[str] = topics.tolist()
        self.stances: list[str] = stances.tolist()
        self._grams = Grams(grams.tolist())
        # a row has the norm at its end, so that one sum gives all there is to know of a line
        self._rows = np.ascontiguousarray(np.column_stack([weights, norms]))
        self._intercepts = np.append(intercepts, 0.0)
        self._topic_places = {name: place for place, name in enumerate(self.topics)}

    def scores(self, folded: str) -> list[float]:
        """Log-odds of each topic, each stance, and of being left open, K together, before any squashing."""
        places = self._grams.places(plain(folded))
        scores: list[float]
        if places:
            sums = np.add.reduce(self._rows.take(places, 0), 0)
            scores = (sums / sqrt(sums[-1]) + self._intercepts).tolist()
        else:
            scores = self._intercepts.tolist()
        return scores[:-1]

    def read(self, folded: str, lean: Mapping[str, float] | None = None) -> Reading:
        """Likelihoods for a folded line.

        Parameters
        ----------
        folded
            The line.
        lean
            Log-odds to add to some topics, for what the talk has open.
        """
        scores = self.scores(folded)
        topic_scores = scores[: len(self.topics)]
        for name, more in (lean or {}).items():
            place = self._topic_places.get(name)
            if place is not None:
                topic_scores[place] += more
        return Reading(self, topic_scores, scores)


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    total = sum(odds)
    return [each / total for each in odds]
