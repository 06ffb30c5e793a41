"""Proofs of many leaves at once are those of each alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store.merkle import inclusion_proof, inclusion_proofs, is_included, leaf_hash, root


@given(st.data())
def test_many_proofs_in_one_walk_are_those_of_each(data: st.DataObject) -> None:
    """For any size of a log and any of its places, and each leads to the root."""
    leaves = [leaf_hash(bytes([number])) for number in range(data.draw(st.integers(1, 130)))]
    places = data.draw(st.sets(st.integers(0, len(leaves) - 1)))
    found = inclusion_proofs(iter(leaves), len(leaves), places)
    assert found == {place: inclusion_proof(leaves, place) for place in places}
    assert all(is_included(leaves[place], place, len(leaves), found[place], root(leaves)) for place in places)


@pytest.mark.parametrize("place", [-1, 3])
def test_a_place_that_is_not_there_has_no_proof(place: int) -> None:
    """It is a mistake of the caller."""
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proofs([leaf_hash(b"")] * 3, 3, [place])
