"""Looks up the single characters and the pairs of neighbours of a text in a fixed list of them, in one walk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from sys import intern

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grams"]

_Following = dict[str, int | None]


class Grams:
    """A fixed list of character sequences.

    Parameters
    ----------
    grams
        Sequences of one or two characters, each once.
    """

    def __init__(self, grams: NDArray[np.str_] | Sequence[str]) -> None:
        self._grams = grams
        self._nothing: tuple[int | None, _Following] = (None, {})

    @cached_property
    def _table(self) -> dict[str, tuple[int | None, _Following]]:
        """By character: its own place in the list, None where only pairs begin with it, and the places of its pairs.

        Made when a text is first looked up: it is most of what loading a model takes, and whoever only sees whether a
        model can be used looks nothing up.
        """
        table: dict[str, tuple[int | None, _Following]] = {}
        for place, gram in enumerate(np.asarray(self._grams, dtype=np.str_).tolist()):
            own, following = table.get(gram[0], (None, {}))
            if len(gram) == 1:
                own = place
            else:
                following[intern(gram[1])] = place
            table[intern(gram[0])] = own, following
        return table

    def places(self, text: str) -> list[int]:
        """Places in the list of what stands in `text`: each once, in the order of the text.

        Examples
        --------
        >>> Grams(["能", "能发", "吗"]).places("能发吗能发")
        [0, 1, 2]
        """
        found: dict[int | None, None] = {}
        get, nothing = self._table.get, self._nothing
        following = nothing[1]
        for char in text:
            found[following.get(char)] = None
            own, following = get(char, nothing)
            found[own] = None
        found.pop(None, None)
        return list(found)  # type: ignore[arg-type]  # None was just taken out
