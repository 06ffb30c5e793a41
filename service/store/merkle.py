"""A Merkle tree as in RFC 6962: what was logged first stays first, and one root vouches for all of it.

Examples
--------
>>> leaves = [leaf_hash(bytes([n])) for n in range(5)]
>>> proof = inclusion_proof(leaves, 2)
>>> is_included(leaves[2], 2, 5, proof, root(leaves))
True
>>> is_included(leaves[2], 3, 5, proof, root(leaves))
False
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

__all__ = ["EMPTY", "Peaks", "inclusion_proof", "inclusion_proofs", "is_included", "leaf_hash", "root"]

DIGEST = 32  # bytes of SHA-256
EMPTY = hashlib.sha256(b"").digest()
"""The root of no leaves. Source: RFC 6962, section 2.1."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; the zero in front keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """The roots of the full subtrees that a log falls into, the largest first: all that is needed to go on.

    Parameters
    ----------
    size
        How many leaves there are.
    stored
        The peaks one after the other, 32 bytes each.
    """

    def __init__(self, size: int = 0, stored: bytes = b"") -> None:
        self.size = size
        self._peaks = [stored[at : at + DIGEST] for at in range(0, len(stored), DIGEST)]
        if len(self._peaks) != size.bit_count():
            raise ValueError("as many peaks as the size has ones in binary")

    def append(self, leaf: bytes) -> None:
        """Add a leaf by its hash."""
        self._peaks.append(leaf)
        size = self.size
        while size & 1:
            right, left = self._peaks.pop(), self._peaks.pop()
            self._peaks.append(_node(left, right))
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = _node(peak, found)
        return found

    def stored(self) -> bytes:
        """The peaks as they are kept."""
        return b"".join(self._peaks)


def root(leaves: Iterable[bytes]) -> bytes:
    """The root of these leaves, given by their hashes."""
    peaks = Peaks()
    for leaf in leaves:
        peaks.append(leaf)
    return peaks.root()


def inclusion_proof(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes that lead from a leaf to the root, the nearest first. Source: RFC 6962, section 2.1.1.

    Parameters
    ----------
    leaves
        Hashes of all leaves under the root.
    place
        Which of them, from 0.
    """
    if not 0 <= place < len(leaves):
        raise ValueError("there is no such leaf")
    proof: list[bytes] = []
    start, end = 0, len(leaves)
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if place < middle:
            proof.append(root(leaves[middle:end]))
            end = middle
        else:
            proof.append(root(leaves[start:middle]))
            start = middle
    return proof[::-1]


def inclusion_proofs(leaves: Iterable[bytes], size: int, places: Collection[int]) -> dict[int, list[bytes]]:
    """By place, the proof of each of these leaves, as `inclusion_proof` gives it; in one walk over all leaves.

    Parameters
    ----------
    leaves
        Hashes of all leaves under the root; only the nodes that a proof needs are kept of them.
    size
        How many there are.
    places
        Which of them, from 0.
    """
    height = size.bit_length()
    needed: dict[tuple[int, int], bytes | None] = {}
    for place in places:
        if not 0 <= place < size:
            raise ValueError("there is no such leaf")
        needed |= {(level, (place >> level) ^ 1): None for level in range(height)}
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves):
        level, number, node = 0, index, leaf
        while True:
            if (level, number) in needed:
                needed[level, number] = node
            if not number & 1:
                break
            level, number, node = level + 1, number >> 1, _node(peaks.pop(), node)
        peaks.append(node)
    # the right edge: what is left over of a level stands one level higher as it is
    edge: bytes | None = None
    for level in range(height):
        if edge is not None and (level, size >> level) in needed:
            needed[level, size >> level] = edge
        if size >> level & 1:
            peak = peaks.pop()
            edge = peak if edge is None else _node(peak, edge)
    return {
        place: [step for level in range(height) if (step := needed[level, (place >> level) ^ 1]) is not None]
        for place in places
    }


def is_included(leaf: bytes, place: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether a leaf stands at this place under the root of a log of this size.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= place < size:
        return False
    number, last, found = place, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = _node(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = _node(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == expected
