"""Cutting text where a reader sees a cut: between what he takes for characters, and never unmarked."""

from __future__ import annotations

from itertools import accumulate

from wcwidth import iter_graphemes

__all__ = ["CUT", "excerpt", "graphemes"]

CUT = "〔…〕"
"""Stands where words were left out of a quotation."""


def graphemes(text: str) -> list[str]:
    """Return the text's grapheme clusters: a family emoji or a letter with its accents is one."""
    return list(iter_graphemes(text))


def excerpt(text: str, span: tuple[int, int] | None, most: int) -> str:
    """Return a text, or of a long one a stretch with the span in it, verbatim but for `CUT` where it was cut.

    Parameters
    ----------
    span
        In code points; what has to be seen. Without one the beginning is shown.
    most
        How many graphemes of the text to show.

    Examples
    --------
    >>> excerpt("abcdefghij", (4, 6), 4)
    '〔…〕defg〔…〕'
    """
    parts = graphemes(text)
    if len(parts) <= most:
        return text
    ends = list(accumulate(map(len, parts)))
    start, end = span or (0, 0)
    first = next((index for index, stop in enumerate(ends) if stop > start), len(parts))
    last = next((index for index, stop in enumerate(ends) if stop >= end), len(parts) - 1) + 1
    # what is left over is shown on both sides of the span
    left = max(0, min(first - max(0, most - (last - first)) // 2, len(parts) - most)) if span else 0
    shown = "".join(parts[left : left + most])
    return (CUT if left else "") + shown + (CUT if left + most < len(parts) else "")
