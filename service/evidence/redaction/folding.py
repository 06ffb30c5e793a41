"""A text as the detectors read it: folded, with Chinese digits as figures beside it, and the way back to the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from riskmodel.text import normalize

__all__ = ["CHINESE_DIGITS", "Folded", "Span", "fold", "scan"]

Span = tuple[int, int]

# 幺 and 妖 are how 一 is said on the telephone; 十 and 两 are no digits of a number that is read out
CHINESE_DIGITS = "零〇○一二三四五六七八九幺妖壹贰叁肆伍陆柒捌玖"
_FIGURES = str.maketrans(CHINESE_DIGITS, "00012345678911123456789")


class Folded(NamedTuple):
    """`text` and `figures` are of the same length; `original` gives the span in the text as it was."""

    text: str
    figures: str
    original: Callable[[int, int], Span]


def fold(text: str) -> Folded:
    """Fold a text: width, case, traditional and look-alike signs are one, what is invisible is gone.

    Examples
    --------
    >>> folded = fold("电话\u200b幺三９")
    >>> folded.text, folded.figures, folded.original(2, 5)
    ('电话幺三9', '电话139', (3, 6))
    """
    folded = normalize(text)
    return Folded(folded.text, folded.text.translate(_FIGURES), folded.span)


def scan(pattern: re.Pattern[str], text: str, accept: Callable[[re.Match[str]], bool]) -> Iterator[re.Match[str]]:
    """Accepted matches from left to right; after one that is not, the search goes on at its second character."""
    place = 0
    while match := pattern.search(text, place):
        if accept(match):
            yield match
            place = match.end()
        else:
            place = match.start() + 1
