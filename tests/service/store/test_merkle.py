"""The tree: known roots and proofs, and a plain recursive reading of RFC 6962 beside it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store.merkle import EMPTY, Peaks, inclusion_proof, is_included, leaf_hash, root

# inputs and roots of the reference implementation of Certificate Transparency (tree hasher tests)
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (place, size) -> the proof of the same source
PROOFS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

leaves = st.lists(st.binary(max_size=3).map(leaf_hash), min_size=1, max_size=70)


def plain_root(hashes: list[bytes]) -> bytes:
    """MTH as the RFC defines it: split at the largest power of two below the size."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while 2 * half < len(hashes):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_root(hashes[:half]) + plain_root(hashes[half:])).digest()


def test_known_roots() -> None:
    """The roots of the first one to eight known inputs, and of none."""
    hashes = [leaf_hash(data) for data in INPUTS]
    assert [root(hashes[:size]).hex() for size in range(1, 9)] == ROOTS
    assert root([]) == EMPTY == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@pytest.mark.parametrize(("place", "size"), PROOFS)
def test_known_proofs(place: int, size: int) -> None:
    """The proofs of known inputs, nearest hash first."""
    hashes = [leaf_hash(data) for data in INPUTS[:size]]
    assert [step.hex() for step in inclusion_proof(hashes, place)] == PROOFS[place, size]


@given(hashes=leaves)
def test_leaf_by_leaf_is_the_plain_definition(hashes: list[bytes]) -> None:
    """After each leaf the root is what the recursive definition gives."""
    peaks = Peaks()
    assert peaks.root() == plain_root([])
    for size, leaf in enumerate(hashes, start=1):
        peaks.append(leaf)
        assert (peaks.size, peaks.root()) == (size, plain_root(hashes[:size]))


@given(hashes=leaves, data=st.data())
def test_stored_peaks_go_on_where_they_stopped(hashes: list[bytes], data: st.DataObject) -> None:
    """Put down anywhere and taken up again, the root is the same."""
    cut = data.draw(st.integers(0, len(hashes)))
    first = Peaks()
    for leaf in hashes[:cut]:
        first.append(leaf)
    again = Peaks(first.size, first.stored())
    for leaf in hashes[cut:]:
        again.append(leaf)
    assert again.root() == plain_root(hashes)
    assert len(again.stored()) == 32 * len(hashes).bit_count()


@given(hashes=leaves, data=st.data())
def test_a_proof_holds_for_its_leaf_and_place_alone(hashes: list[bytes], data: st.DataObject) -> None:
    """No other place, leaf or root, and no proof with a hash changed, missing or added, is taken."""
    size = len(hashes)
    place = data.draw(st.integers(0, size - 1))
    proof, expected, leaf = inclusion_proof(hashes, place), plain_root(hashes), hashes[place]
    assert is_included(leaf, place, size, proof, expected)
    assert not any(
        is_included(leaf, other, size, proof, expected)
        for other in range(-1, size + 2)
        if other != place and not (0 <= other < size and hashes[other] == leaf)
    )
    assert not is_included(leaf_hash(b"another leaf"), place, size, proof, expected)
    assert not is_included(leaf, place, size, proof, leaf_hash(b"another root"))
    assert not is_included(leaf, place, size, [*proof, leaf], expected)
    for number in range(len(proof)):
        assert not is_included(leaf, place, size, proof[:number] + proof[number + 1 :], expected)
        changed = [*proof[:number], leaf_hash(b"another step"), *proof[number + 1 :]]
        assert not is_included(leaf, place, size, changed, expected)


@given(hashes=leaves, data=st.data())
def test_a_proof_is_of_one_size(hashes: list[bytes], data: st.DataObject) -> None:
    """Under the root of a log of another size no proof of this one is taken."""
    place = data.draw(st.integers(0, len(hashes) - 1))
    proof = inclusion_proof(hashes, place)
    more = [*hashes, leaf_hash(b"one more, unlike all before")]
    assert not is_included(hashes[place], place, len(more), proof, plain_root(more))


def test_there_is_no_proof_of_what_is_not_there() -> None:
    """A place outside of the log, and peaks that do not fit the size, are refused."""
    for place in (-1, 1):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_proof([leaf_hash(b"")], place)
    with pytest.raises(ValueError, match="as many peaks"):
        Peaks(3, bytes(32))
