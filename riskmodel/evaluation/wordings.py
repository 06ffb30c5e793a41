"""Which sequences of characters misses have more often than other talks: where to look for a signal that is lacking.

A suggestion to read, nothing more. Whether it is a signal a person decides, with examples and near misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from riskmodel.text import normalize
from riskmodel.words import utterance

__all__ = ["Wording", "over_represented", "spoken"]

_LEAST_Z = 1.96  # what chance exceeds once in forty
_LENGTHS = (2, 5)  # characters


class Wording(NamedTuple):
    """A sequence of characters: how many `misses` have it, of how many `clusters`; how many `others`.

    `z` is the log of the ratio of odds over its standard deviation.
    """

    text: str
    misses: int
    clusters: int
    others: int
    z: float


def spoken(text: str) -> str:
    """A message as sequences are taken from it: folded, figures as 0, without places and the names of rights.

    Examples
    --------
    >>> spoken("发新疆 12315")
    '发'
    """
    return " ".join(utterance(normalize(text).text, [], attached=False).text.split())


def over_represented(
    misses: Sequence[str],
    others: Sequence[str],
    clusters: Sequence[str],
    *,
    least_clusters: int = 3,
    count: int = 20,
) -> list[Wording]:
    """Sequences of two to five characters that stand in more of the misses than of the others, the clearest first.

    The measure is the log ratio of odds with a prior from both together, over its standard deviation (Monroe, Colaresi
    and Quinn 2008). Many sequences are compared, so that some clear the bound by chance: it orders, and proves nothing.

    Parameters
    ----------
    misses, others
        Talks, each as the lines of its buyer through `spoken`.
    clusters
        What each miss was written together with, as long as `misses`.
    least_clusters
        Of how many clusters a sequence must be, so that it is no single writer's or buyer's own wording.
    count
        How many at most; of sequences that hold one another the clearest stays.
    """
    if not misses or not others:
        return []
    vectors = CountVectorizer(analyzer="char", ngram_range=_LENGTHS, binary=True, lowercase=False)
    table = vectors.fit_transform([*misses, *others]).tocsc()
    names = vectors.get_feature_names_out()
    inside = np.asarray(table[: len(misses)].sum(axis=0)).ravel().astype(float)
    outside = np.asarray(table[len(misses) :].sum(axis=0)).ravel().astype(float)
    scores = _scores(inside, outside, len(misses), len(others))
    chosen: list[Wording] = []
    for place in np.argsort(-scores, kind="stable").tolist():
        if scores[place] < _LEAST_Z or len(chosen) == count:
            break
        text = str(names[place])
        if any(char.isspace() or char == "0" for char in text):
            continue
        rows = table.indices[table.indptr[place] : table.indptr[place + 1]]
        own = {clusters[row] for row in rows if row < len(misses)}
        if len(own) < least_clusters or any(text in other.text or other.text in text for other in chosen):
            continue
        chosen.append(Wording(text, int(inside[place]), len(own), int(outside[place]), float(scores[place])))
    return chosen


def _scores(inside: NDArray[np.float64], outside: NDArray[np.float64], misses: int, others: int) -> NDArray[np.float64]:
    # the prior says of each side what both together say, as strongly as one talk in twenty of them would
    prior = (inside + outside) / (misses + others) * max((misses + others) / 20, 1.0)
    weight = max((misses + others) / 20, 1.0)

    def log_odds(counts: NDArray[np.float64], talks: int) -> NDArray[np.float64]:
        return np.asarray(np.log((counts + prior) / (talks + weight - counts - prior + 1e-9)))

    spread = np.sqrt(1 / (inside + prior) + 1 / (outside + prior))
    return np.asarray((log_odds(inside, misses) - log_odds(outside, others)) / spread)
