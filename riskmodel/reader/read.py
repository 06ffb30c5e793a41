"""Reads one line through the compiled reader: a softmax over topics, and one over stances, from character sequences."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from riskmodel.regions import place_names

__all__ = ["LineReader", "Reading", "plain"]

_FIGURES = re.compile("[0-9]+")
_PUNCTUATION = re.compile(r"[^\w?]+")
_LONGEST = 400  # characters of one line that are read


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


class Reading(NamedTuple):
    """Likelihood of each topic, of each stance of a shop's line, and that a buyer's line leaves its topic open."""

    topics: dict[str, float]
    stances: dict[str, float]
    opens: float


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
        self._weights = np.ascontiguousarray(weights, dtype=np.float64)
        self._intercepts = intercepts
        self._table = dict(zip(grams.tolist(), zip(range(len(grams)), norms.tolist(), strict=True), strict=True))

    def scores(self, folded: str) -> NDArray[np.float64]:
        """Log-odds of each topic and stance, shape (K,), before any squashing."""
        text = plain(folded)
        rows, norm = [], 0.0
        for gram in dict.fromkeys([*text, *map("".join, pairwise(text))]):
            known = self._table.get(gram)
            if known is not None:
                rows.append(known[0])
                norm += known[1]
        if not rows:
            return self._intercepts
        return np.asarray(self._weights[rows].sum(0) / sqrt(norm) + self._intercepts)

    def read(self, folded: str, lean: dict[str, float] | None = None) -> Reading:
        """Likelihoods for a folded line.

        Parameters
        ----------
        folded
            The line.
        lean
            Log-odds to add to some topics, for what the talk has open.
        """
        scores = self.scores(folded)
        count = len(self.topics)
        topic_scores = scores[:count]
        if lean:
            topic_scores = topic_scores + np.array([lean.get(name, 0.0) for name in self.topics])
        return Reading(
            dict(zip(self.topics, _softmax(topic_scores), strict=True)),
            dict(zip(self.stances, _softmax(scores[count:-1]), strict=True)),
            float(1.0 / (1.0 + np.exp(-scores[-1]))),
        )


def _softmax(scores: NDArray[np.float64]) -> list[float]:
    odds = np.exp(scores - scores.max())
    return (odds / odds.sum()).tolist()  # type: ignore[no-any-return]
