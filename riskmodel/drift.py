"""Whether risks are other ones than before: two measures of counts by bin, each beside what chance alone would give.

With few talks both measures are large by themselves; a value below `Shift.by_chance` shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import log, sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

__all__ = ["Shift", "equal_bins", "ks", "merge", "psi"]

_CONFIDENCE: Final = 0.95
_EMPTY: Final = 0.5  # added to each bin, as an empty one would make the index infinite


class Shift(NamedTuple):
    """How far two distributions are apart, and what 95 in 100 samples of these sizes from one and the same stay under.

    `value` is None where one of them is empty.
    """

    value: float | None
    by_chance: float | None

    @property
    def shown(self) -> bool:
        """Whether it is more than chance would give."""
        return self.value is not None and self.by_chance is not None and self.value > self.by_chance


_NOTHING: Final = Shift(None, None)


def ks(before: Sequence[int], now: Sequence[int], *, comparisons: int = 1) -> Shift:
    """Kolmogorov and Smirnov's distance: the most by which the shares up to any bin differ, from 0 to 1.

    Parameters
    ----------
    before, now
        Counts by bin, in order, shape (bins,) each. The bound by chance is the asymptotic one of two samples (Smirnov
        1948); with few bins the true one is lower, so that it errs towards silence.
    comparisons
        Among how many measures it is looked at; its bound is raised, so that 95 in 100 samples stay under all of them
        (Bonferroni).

    Examples
    --------
    >>> ks([5, 5], [10, 0]).value
    0.5
    """
    n, m = sum(before), sum(now)
    if not n or not m:
        return _NOTHING
    both = zip(accumulate(before), accumulate(now), strict=True)
    value = max(abs(first / n - second / m) for first, second in both)
    return Shift(value, sqrt(-log((1 - _CONFIDENCE) / comparisons / 2) / 2 * (n + m) / (n * m)))


def psi(before: Sequence[int], now: Sequence[int], *, comparisons: int = 1) -> Shift:
    """The population stability index: 0 where shares are the same; 0.1 and 0.25 are customary marks, whatever the size.

    Its bound by chance follows chi-squared with one degree of freedom fewer than bins (Yurdakul 2018).

    Parameters
    ----------
    before, now
        Counts by bin, shape (bins,) each; bins of about equal counts before, see `equal_bins`.
    comparisons
        As for `ks`.

    Examples
    --------
    >>> round(psi([500, 500], [600, 400]).value, 3)
    0.04
    """
    n, m, bins = sum(before), sum(now), len(before)
    if not n or not m or bins < 2:
        return _NOTHING
    value = 0.0
    for first, second in zip(before, now, strict=True):
        expected, found = (first + _EMPTY) / (n + _EMPTY * bins), (second + _EMPTY) / (m + _EMPTY * bins)
        value += (found - expected) * log(found / expected)
    return Shift(value, (1 / n + 1 / m) * _chi_squared(bins - 1, 1 - (1 - _CONFIDENCE) / comparisons))


def equal_bins(counts: Sequence[int], bins: int = 10) -> list[int]:
    """Where fine bins are parted into wider ones that hold about the same counts: the first fine bin of each.

    Fewer than asked where many counts stand in one fine bin.

    Examples
    --------
    >>> equal_bins([2, 2, 0, 2, 2], 2)
    [0, 2]
    """
    total, starts, filled = sum(counts), [0], 1
    for place, held in enumerate(accumulate(counts), 1):
        if held * bins >= total * filled and held < total:
            starts.append(place)
            filled = held * bins // total + 1
    return starts


def merge(counts: Sequence[int], starts: Sequence[int]) -> list[int]:
    """The counts of wider bins, each from its start to the next.

    Examples
    --------
    >>> merge([1, 2, 3], [0, 2])
    [3, 3]
    """
    return [sum(counts[start:end]) for start, end in zip(starts, [*starts[1:], len(counts)], strict=True)]


def _chi_squared(freedom: int, confidence: float) -> float:
    """The quantile, as Wilson and Hilferty (1931) approximate it: within 1 % from two degrees of freedom up."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(confidence) * sqrt(part)) ** 3)
