"""Hears what a buyer's message does, and keeps what was heard in a talk."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from riskmodel.acts.names import LOWERING, RAISING
from riskmodel.text.grams import Grams
from riskmodel.words import Utterance, one_line

__all__ = ["MOST_LOWERING", "ActReader", "ActTally"]

MOST_LOWERING = 2.0
"""To how many messages an act that lowers the risk adds up."""
_HEARD_FROM = 0.5  # likelihood from which a message is quoted as the evidence of an act that lowers the risk


class ActReader:
    """The compiled classifier: a softmax over acts.

    Parameters
    ----------
    grams
        Sequences of one or two characters, shape (G,).
    weights
        Log-odds per unit of normalised TF-IDF times the sequence's IDF, shape (G, K).
    norms
        Squared IDF of each sequence, shape (G,).
    intercepts
        Shape (K,).
    names
        The acts, shape (K,).
    """

    def __init__(
        self,
        *,
        grams: NDArray[np.str_],
        weights: NDArray[np.float64],
        norms: NDArray[np.float64],
        intercepts: NDArray[np.float64],
        names: NDArray[np.str_],
    ) -> None:
        self.arrays = {
            "grams": grams, "weights": weights, "norms": norms, "intercepts": intercepts, "names": names
        }  # fmt: skip
        self.names: list[str] = names.tolist()
        self._grams = Grams(grams.tolist())
        self._rows = np.ascontiguousarray(np.column_stack([weights, norms]))
        self._intercepts: list[float] = intercepts.tolist()

    def scores(self, text: str) -> list[float]:
        """Log-odds of each act in a text as the text channel reads it, before the softmax."""
        places = self._grams.places(bordered(text))
        if not places:
            return list(self._intercepts)
        sums = np.add.reduce(self._rows.take(places, 0), 0).tolist()
        norm = sqrt(sums.pop())
        return [total / norm + base for total, base in zip(sums, self._intercepts, strict=True)]

    def hear(self, text: str) -> dict[str, float]:
        """Likelihood of each act; nothing where no letter is said."""
        if not text or text.isspace():
            return {}
        return dict(zip(self.names, _softmax(self.scores(text)), strict=True))


def _softmax(scores: list[float]) -> list[float]:
    highest = max(scores)
    powers = [exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def bordered(text: str) -> str:
    """A text with its two ends marked.

    Examples
    --------
    >>> bordered(" 发  我 ")
    '^发 我$'
    """
    return f"^{one_line(text)}$"


class ActTally:
    """What was heard in a talk so far: of acts that raise the risk the likeliest, of those that lower it the sum.

    A message with a sale of a review in it never speaks for the buyer, and one with a photo or a quoted right never
    against: the bounds of the `Utterance` say which.
    """

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}

    def add(self, likelihoods: dict[str, float], spoken: Utterance) -> list[str]:
        """Take a message; gives the acts of which it is now the evidence."""
        shown = []
        for name in RAISING if spoken.highest > 0 else ():
            likelihood = likelihoods.get(name, 0.0)
            if likelihood > self.heard.get(name, 0.0):
                self.heard[name] = likelihood
                shown.append(name)
        for name in LOWERING if spoken.lowest < 0 else ():
            likelihood = likelihoods.get(name, 0.0)
            if likelihood:
                self.heard[name] = min(self.heard.get(name, 0.0) + likelihood, MOST_LOWERING)
            if likelihood >= _HEARD_FROM:
                shown.append(name)
        return shown
