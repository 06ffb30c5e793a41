"""Wordings that misses have more often."""

from __future__ import annotations

from riskmodel.evaluation.wordings import over_represented, spoken

PLAIN = ["今天能发货吗", "请问有货吗", "什么时候到", "可以开发票吗", "颜色有几种"] * 8


def test_what_only_misses_say_is_suggested() -> None:
    """A wording of many misses and no other talk comes first, with its counts."""
    misses = [f"{line}\n你懂的意思一下" for line in PLAIN[:10]]
    first, *_ = over_represented(misses, PLAIN, [f"writer {i}" for i in range(10)])
    assert first.text in "你懂的意思一下"
    assert (first.misses, first.clusters, first.others) == (10, 10, 0)
    assert first.z > 1.96


def test_nothing_is_suggested_where_both_speak_alike() -> None:
    """The same lines on both sides give no wording, and neither do none."""
    assert over_represented(PLAIN, PLAIN, [str(i) for i in range(len(PLAIN))]) == []
    assert over_represented([], PLAIN, []) == []
    assert over_represented(PLAIN, [], ["a"] * len(PLAIN)) == []


def test_a_single_writers_wording_is_none() -> None:
    """What only two writers say is their own way of speaking, however often they do."""
    misses = [f"{line}\n你懂的" for line in PLAIN[:10]]
    assert over_represented(misses, PLAIN, ["a", "b"] * 5) == []
    assert over_represented(misses, PLAIN, ["a", "b"] * 5, least_clusters=2)


def test_of_overlapping_wordings_one_stays() -> None:
    """None of the suggested ones holds another."""
    misses = [f"{line}\n你懂的意思一下就行了" for line in PLAIN[:10]]
    found = [one.text for one in over_represented(misses, PLAIN, [str(i) for i in range(10)])]
    assert found
    assert not [(one, other) for one in found for other in found if one != other and one in other]


def test_rights_places_and_figures_are_no_wordings() -> None:
    """They are taken out before anything is counted, so that nobody makes a signal of them."""
    assert spoken("我在新疆 打12315 退一赔三") == "我在 打"
    misses = [f"{line}\n{spoken('12315见 88块')}" for line in PLAIN[:10]]
    found = over_represented(misses, PLAIN, [str(i) for i in range(10)])
    assert not [one for one in found if "0" in one.text or "1" in one.text]
