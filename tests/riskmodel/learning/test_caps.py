"""What one person's labels count for together is bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.learning.caps import cap


def test_the_labels_of_one_person_are_capped_and_shown() -> None:
    """None is dropped, those of others are left as they are, and what is shown says by how much."""
    by, abusive = ["a"] * 80 + ["b"] * 10 + ["c"] * 10, np.ones(100, dtype=bool)
    kept, (capped,) = cap(np.ones(100), by, abusive, share=0.4, free=0)
    assert (capped.by, capped.abusive, capped.talks, capped.share) == ("a", True, 80, 0.8)
    assert np.allclose(kept[:80], 0.5)
    assert np.allclose(kept[80:], 1.0)
    assert capped.kept == 0.5


def test_who_gives_few_labels_but_most_of_a_class_is_capped_in_that() -> None:
    """A class has its share in training whatever its size."""
    by = ["a"] * 30 + ["b"] * 10 + ["b"] * 960
    abusive = np.arange(1000) < 40
    _, capped = cap(np.ones(1000), by, abusive, share=0.5, free=0)
    assert [(each.by, each.abusive) for each in capped] == [("b", False), ("a", True)]


def test_a_few_labels_are_not_capped() -> None:
    """A shop begins with one person's."""
    weight = np.full(20, 3.0)
    kept, capped = cap(weight, ["a"] * 20, np.ones(20, dtype=bool))
    assert capped == []
    assert (kept == weight).all()


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.booleans(), st.floats(0.1, 50)), min_size=1, max_size=60),
    st.floats(0.05, 1),
)
def test_nobody_has_more_than_the_share(rows: list[tuple[str, bool, float]], share: float) -> None:
    """Of any class, of what all its labels would count for; and no weight grows."""
    by, kinds, weights = ([row[place] for row in rows] for place in range(3))
    weight, abusive = np.array(weights), np.array(kinds)
    kept, _ = cap(weight, by, abusive, share=share, free=0)
    assert (kept <= weight * (1 + 1e-12)).all()
    for kind in (True, False):
        of_class = abusive == kind
        for name in set(by):
            mine = of_class & (np.array(by) == name)
            assert kept[mine].sum() <= share * weight[of_class].sum() * (1 + 1e-6)
