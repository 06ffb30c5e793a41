"""Risk over time as a small line: the points of a picture that the page draws itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["HEIGHT", "WIDTH", "Sparkline", "sparkline"]

WIDTH: Final = 160
HEIGHT: Final = 32
_MOST_POINTS: Final = 160
_MARGIN: Final = 2


class Sparkline(NamedTuple):
    """A line from the first assessment to the last: its points as SVG writes them, and the risks at its ends."""

    points: str
    end: tuple[float, float]
    first: float
    last: float
    highest: float


def sparkline(risks: Sequence[float]) -> Sparkline | None:
    """The line of these risks, each from 0 to 1; None where there are fewer than two.

    Of a long talk each point stands for several assessments and shows the highest, so that no peak is lost.

    >>> sparkline([0.0, 1.0]).points
    '2,30 158,2'
    """
    if len(risks) < 2:
        return None
    step = -(-len(risks) // _MOST_POINTS)
    shown = [max(risks[at : at + step]) for at in range(0, len(risks), step)]
    shown[-1] = risks[-1]
    width = (WIDTH - 2 * _MARGIN) / max(1, len(shown) - 1)
    places = [
        (round(_MARGIN + at * width, 1), round(HEIGHT - _MARGIN - risk * (HEIGHT - 2 * _MARGIN), 1))
        for at, risk in enumerate(shown)
    ]
    points = " ".join(f"{x:g},{y:g}" for x, y in places)
    return Sparkline(points, places[-1], risks[0], risks[-1], max(risks))
