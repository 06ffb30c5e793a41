"""Near-same wording: MinHash signatures of what a buyer said, and how alike two of them are.

The share of places in which two signatures agree estimates the Jaccard similarity of the texts' character sequences
(Broder 1997), here from 64 places, to about 0.06.
"""

from __future__ import annotations

from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from riskmodel.text import normalize

__all__ = ["ALIKE", "BANDS", "Wording", "bands_of", "likeness"]

ALIKE = 0.7
"""From this likeness on two talks have near-same wording."""
BANDS = 16
"""Two signatures are compared where they agree in one of so many parts: at a likeness of 0.7 in 99 % of cases."""
_PLACES = 64
_SEQUENCE = 5  # characters, as for near duplicates in training
_LEAST = 30  # characters that say something: greetings and single questions are everybody's
_MOST = 5000


class Wording:
    """Makes signatures that can be compared with those of the same key only.

    Parameters
    ----------
    key
        Of the shop and the run.
    """

    def __init__(self, key: bytes) -> None:
        chance = Random(key)  # noqa: S311  # spreads hashes; the texts themselves are never stored
        self._start = chance.getrandbits(32)
        self._times = np.array([chance.getrandbits(64) | 1 for _ in range(_PLACES)], dtype=np.uint64)
        self._plus = np.array([chance.getrandbits(64) for _ in range(_PLACES)], dtype=np.uint64)

    def signature(self, texts: list[str]) -> NDArray[np.uint32] | None:
        """The signature of a buyer's messages, shape (64,); None where too little is said."""
        text = "".join(char for char in normalize("".join(texts)[:_MOST]).text if char.isalnum())
        if len(text) < _LEAST:
            return None
        sequences = {text[place : place + _SEQUENCE] for place in range(len(text) - _SEQUENCE + 1)}
        hashes = np.array([crc32(sequence.encode(), self._start) for sequence in sequences], dtype=np.uint64)
        spread = (hashes[:, None] * self._times + self._plus) >> np.uint64(32)
        return np.asarray(spread.min(axis=0), dtype=np.uint32)


def bands_of(signature: NDArray[np.uint32]) -> list[bytes]:
    """The parts of a signature, of which near-same talks have at least one in common."""
    return [number.to_bytes(1) + part.tobytes() for number, part in enumerate(np.split(signature, BANDS))]


def likeness(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """How alike two texts are, from 0 to 1."""
    return float(np.mean(one == other))
