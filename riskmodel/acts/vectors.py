"""The table of vectors: for characters and pairs of them where an encoder puts the lines that they stand in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GramVectors", "load_vectors"]


class GramVectors(NamedTuple):
    """Sequences of one or two characters, shape (G,); their inverse document frequency (G,); their vectors (G, D)."""

    grams: NDArray[np.str_]
    idf: NDArray[np.float64]
    vectors: NDArray[np.float64]


@cache
def load_vectors() -> GramVectors:
    """The table that comes with the program; how it was made is in `riskmodel.acts.distil`."""
    content = files("riskmodel.acts").joinpath("data/vectors.npz").read_bytes()
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        return GramVectors(stored["grams"], stored["idf"].astype(np.float64), stored["vectors"].astype(np.float64))
