"""Intervals of shares: of counts, weighted, and of differences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.intervals import difference, share_of, weighted, wilson

SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES)
def test_counts_and_flags_give_the_same(counted: tuple[int, int]) -> None:
    """And a share of equally weighted ones is a plain share."""
    hits, n = counted
    flags = [place < hits for place in range(n)]
    assert wilson(flags) == share_of(hits, n)
    same = weighted(flags, [7.0] * n)
    assert same.n == n
    assert (same.value, same.low, same.high) == pytest.approx((hits / n, share_of(hits, n).low, share_of(hits, n).high))


def test_of_nothing_there_is_no_share() -> None:
    """Nor a difference from one."""
    assert share_of(0, 0).value is None
    assert weighted([], []).value is None
    assert difference(share_of(1, 2), share_of(0, 0)).value is None


def test_unequal_weights_say_less() -> None:
    """The share follows the weights; its interval is wider than that of as many equal ones."""
    flags, weights = [True] * 10 + [False] * 30, [9.0] * 10 + [1.0] * 30
    found, plain = weighted(flags, weights), share_of(10, 40)
    assert found.value == pytest.approx(90 / 120)
    assert found.high is not None
    assert found.low is not None
    assert plain.high is not None
    assert plain.low is not None
    assert found.high - found.low > plain.high - plain.low


@given(SHARES, SHARES)
def test_a_difference_lies_in_its_interval(first: tuple[int, int], second: tuple[int, int]) -> None:
    """It turns with its sides, and with more comparisons it is wider."""
    one, other = share_of(*first), share_of(*second)
    found, turned = difference(one, other), difference(other, one)
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    wide = difference(share_of(*first, comparisons=30), share_of(*second, comparisons=30))
    assert wide.low is not None
    assert wide.high is not None
    assert wide.low <= found.low
    assert wide.high >= found.high
