"""How far shares can be trusted: intervals of single shares, of weighted ones, of differences, and over clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONFIDENCE", "RESAMPLES", "Figure", "Statistic", "difference", "figure", "share_of", "weighted", "wilson"]

RESAMPLES = 1000
CONFIDENCE = 0.95
# a resample can lack a class and then measures nothing; with fewer left than this there is no interval
_LEAST_RESAMPLES = 100

Statistic = Callable[[NDArray[np.int_]], float]


@dataclass(frozen=True)
class Figure:
    """A measured value and how far it can be trusted.

    Attributes
    ----------
    value
        NaN-free; None where it cannot be measured, e.g. for want of a class.
    low, high
        Bounds of the 95 % interval; None where there is none.
    n
        Talks that it was measured on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


_NOTHING = Figure(None, None, None, 0)


def wilson(flags: Iterable[bool]) -> Figure:
    """Share of true ones with the score interval of Wilson (1927), which stays inside 0 to 1 also at few or no misses.

    Examples
    --------
    >>> found = wilson([True] * 29 + [False] * 13)
    >>> f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}] of {found.n}"
    '0.69 [0.54, 0.81] of 42'
    """
    values = list(flags)
    return share_of(sum(values), len(values))


def share_of(hits: int, n: int, *, comparisons: int = 1) -> Figure:
    """The same of counts.

    Parameters
    ----------
    hits, n
        How many of how many.
    comparisons
        Among how many intervals it is looked at; each is widened, so that together they hold in 95 % (Bonferroni).
    """
    if not n:
        return _NOTHING
    low, high = _score_interval(hits / n, n, comparisons)
    return Figure(hits / n, low, high, n)


def weighted(flags: Sequence[bool], weights: Sequence[float]) -> Figure:
    """Share of true ones among items that count differently, as those picked by chance with different probabilities do.

    The interval is Wilson's for as many items of equal weight as say the same (Kish's effective size), which is fewer
    than there are.

    Parameters
    ----------
    flags, weights
        Shape (n,); weights above 0, for picked items one over the probability.

    Examples
    --------
    >>> found = weighted([True, False], [1.0, 3.0])
    >>> found.value, found.n
    (0.25, 2)
    """
    if not flags:
        return _NOTHING
    total = sum(weights)
    value = sum(weight for flag, weight in zip(flags, weights, strict=True) if flag) / total
    low, high = _score_interval(value, total * total / sum(weight * weight for weight in weights))
    return Figure(value, low, high, len(flags))


def difference(first: Figure, second: Figure) -> Figure:
    """The first share less the second one; the interval is made of both of theirs (Newcombe 1998, method 10).

    Examples
    --------
    >>> found = difference(share_of(56, 70), share_of(48, 80))
    >>> f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
    '0.200 [0.052, 0.334]'
    """
    n = first.n + second.n
    if first.value is None or second.value is None:
        return Figure(None, None, None, n)
    assert first.low is not None
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    value = first.value - second.value
    low = value - sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    high = value + sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Figure(value, low, high, n)


def _score_interval(value: float, n: float, comparisons: int = 1) -> tuple[float, float]:
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * comparisons))
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(value * (1 - value) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # the bound at a share of 0 or 1 is that share, but for rounding
    return 0.0 if value == 0 else middle - reach, 1.0 if value == 1 else middle + reach


def figure(
    statistic: Statistic,
    clusters: NDArray[Any],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    share_of: NDArray[np.bool_] | None = None,
) -> Figure:
    """A statistic of talks with a bootstrap interval that resamples whole clusters.

    Parameters
    ----------
    statistic
        Takes positions of talks, shape (k,), possibly repeated, and gives the value; NaN where there is none.
    clusters
        Shape (n,): the cluster of each talk.
    seed
        Same seed, same interval.
    share_of
        For a value that is a share of talks, which talks it is a share of, shape (n,). Where all or none of them are
        counted the resamples hardly vary; the exact binomial bound with one draw a cluster then stands in for them.
    """
    members = [np.flatnonzero(clusters == name) for name in np.unique(clusters)]
    count = len(clusters) if share_of is None else int(share_of.sum())
    value = statistic(np.arange(len(clusters)))
    if np.isnan(value):
        return Figure(None, None, None, count)
    tail = (1 - CONFIDENCE) / 2
    if share_of is not None and value in (0.0, 1.0):
        bound = 1 - tail ** (1 / len(np.unique(clusters[share_of])))
        return Figure(value, max(value - bound, 0.0), min(value + bound, 1.0), count)
    rng = np.random.default_rng(seed)
    drawn = np.array(
        [
            statistic(np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))]))
            for _ in range(resamples)
        ]
    )
    drawn = drawn[~np.isnan(drawn)]
    if len(members) < 2 or len(drawn) < min(_LEAST_RESAMPLES, resamples):
        return Figure(value, None, None, count)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Figure(value, float(low), float(high), count)
