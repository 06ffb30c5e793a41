"""No single person teaches a model: what the labels of one count for together is bounded, and who is capped is shown.

A careless or bought labeller could move a model by labelling much. The bound is on weight, not on labels: none is
thrown away, and which ones count does not hang on a draw. It is held within each class, because training gives each
class its share whatever its size: who gives few labels, but nine in ten of the abusive ones, would else decide alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FREE", "SHARE", "Capped", "cap"]

SHARE: Final = 1 / 3
"""Of what all labels of a class count for as given, the most that one person's may. Chosen by this project: at least
two others have as much to say."""
FREE: Final = 20
"""Talks of a class that anybody may label at full weight; below that little can be moved."""


class Capped(NamedTuple):
    """A person whose labels of a class were more than the share: their talks, and what they count for, from 0 to 1."""

    by: str
    abusive: bool
    talks: int
    share: float
    kept: float


def cap(
    weight: NDArray[np.float64],
    by: Sequence[str],
    abusive: NDArray[np.bool_],
    *,
    share: float = SHARE,
    free: int = FREE,
) -> tuple[NDArray[np.float64], list[Capped]]:
    """Scale weights down, where one person's are more than a share of their class.

    Parameters
    ----------
    weight
        What each talk counts for, shape (n,).
    by
        Who labelled it, length n.
    abusive
        Whether it was labelled so, shape (n,).
    share, free
        The bound, from 0 to 1, and the number of talks of average weight up to which there is none.

    Returns
    -------
    ndarray, list of Capped
        The weights, shape (n,), and whom the bound met, the largest first.

    Examples
    --------
    >>> kept, capped = cap(np.ones(4), ["a", "a", "a", "b"], np.ones(4, dtype=bool), share=0.5, free=0)
    >>> kept.round(3).tolist(), capped[0].by
    ([0.667, 0.667, 0.667, 1.0], 'a')
    """
    kept, capped, who = weight.copy(), [], np.array(by)
    for kind in (True, False):
        of_class = abusive == kind
        total = float(weight[of_class].sum())
        for name in sorted(set(who[of_class].tolist())):
            mine = of_class & (who == name)
            held = float(weight[mine].sum())
            most = max(share * total, free * total / int(of_class.sum()))
            if held > most * (1 + 1e-9):
                kept[mine] *= most / held
                capped.append(Capped(name, kind, int(mine.sum()), held / total, most / held))
    return kept, sorted(capped, key=lambda each: -each.talks)
