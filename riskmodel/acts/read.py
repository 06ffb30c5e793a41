"""Hears what a buyer's message does, and keeps what was heard in a talk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskmodel.acts.names import LOWERING, RAISING
from riskmodel.text.linear import LinearGrams, softmax
from riskmodel.words import Utterance, one_line

__all__ = ["HEARD_FROM", "MOST_LOWERING", "ActReader", "ActTally"]

MOST_LOWERING = 2.0
"""To how many messages an act that lowers the risk adds up."""
HEARD_FROM = 0.5
"""Likelihood from which a message is quoted as the evidence of an act; below it most likely does something else."""


class ActReader:
    """The compiled classifier: a softmax over acts.

    Parameters
    ----------
    grams, weights, norms, intercepts
        As for `LinearGrams`.
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
        self.arrays = {"grams": grams, "weights": weights, "norms": norms, "intercepts": intercepts, "names": names}
        self.names: list[str] = names.tolist()
        self._linear = LinearGrams(grams, weights, norms, intercepts)

    def scores(self, text: str) -> list[float]:
        """Log-odds of each act in a text as the text channel reads it, before the softmax."""
        return self._linear.scores(bordered(text))

    def hear(self, text: str) -> dict[str, float]:
        """Likelihood of each act; nothing where no letter is said."""
        if not text or text.isspace():
            return {}
        return dict(zip(self.names, softmax(self.scores(text)), strict=True))


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
            if likelihood >= HEARD_FROM:
                shown.append(name)
        return shown
