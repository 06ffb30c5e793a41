"""A week against the four before, and thresholds tried on what is stored."""

from __future__ import annotations

import pytest
from gathered_case import found, gathered, speaking, weeks

from service.console.analyst.moved import distribution, moved
from service.console.analyst.what_if import read_threshold, tried, tries
from service.store.figures import Peak

SPREAD = tuple(range(0, 1000, 2))


def test_the_same_risks_show_nothing() -> None:
    """Neither measure, nor the share held; a week with few talks is said to be one."""
    same = moved(gathered(before=weeks(*SPREAD, held=5), now=weeks(*SPREAD, held=5)))
    assert (same.shown, same.few, same.several_models) == (False, False, False)
    assert (same.psi.value, same.ks.value) == (0.0, 0.0)
    assert moved(gathered(before=weeks(*SPREAD), now=weeks(*SPREAD[:199]))).few


def test_other_risks_are_shown() -> None:
    """By the measures; and more that were held by its interval, though the risks be the same."""
    higher = moved(gathered(before=weeks(*SPREAD), now=weeks(*SPREAD[250:])))
    assert (higher.psi.shown, higher.ks.shown, higher.held_shown) == (True, True, False)
    more = moved(gathered(before=weeks(*SPREAD, held=5), now=weeks(*SPREAD, held=50)))
    assert (more.psi.shown, more.held_shown, more.shown) == (False, True, True)


def test_several_models_are_said() -> None:
    """A change may be theirs."""
    assert moved(gathered(now=weeks(1, models=["a"]), before=weeks(1, models=["b"]))).several_models


def test_the_distribution_holds_every_talk() -> None:
    """Risks of 0 and 1 too."""
    rows = distribution(gathered(before=weeks(0, 19, 20, 1000), now=weeks(999))).rows
    assert [row[1] for row in rows][:2] == [2, 1]
    assert [rows[-1][1], rows[-1][2]] == [1, 1]
    assert len(rows) == 50


STORED = {
    "peaks": [Peak(700, "promise_bait", 3), Peak(805, "promise_bait", 2), Peak(806, None, 4)],
    "labelled": [found("abusive", peak=806), found("benign", peak=700), found("unclear", peak=100)],
}


def test_a_lower_threshold_holds_more() -> None:
    """By pattern and by what was decided; one that is the same changes nothing."""
    with speaking():
        choice = tried(gathered(**STORED), 0.806, 0.7)
        assert (choice.held_now, choice.held_then) == (4, 9)
        assert [list(row) for row in choice.by_pattern.rows] == [["诱导承诺", 0, 5, 5], ["不像任何类型", 4, 4, 0]]
        assert {row[0]: row[3] for row in choice.by_label.rows} == {
            "有不当内容": 0, "合理投诉": 0, "普通": 1, "看不出": 0, "没有处理结果": 4
        }  # fmt: skip  # a table, a case a row
        same = tried(gathered(**STORED), 0.806, 0.806)
        assert same.held_now == same.held_then == 4


def test_every_threshold_is_tried_alike() -> None:
    """The rows of the sheet are what trying each gives."""
    with speaking():
        rows = {row[0]: row for row in tries(gathered(**STORED)).rows}
        for threshold in (0.3, 0.7, 0.71, 0.8, 0.81, 0.99):
            choice = tried(gathered(**STORED), 0.5, threshold)
            assert rows[threshold][1] == choice.held_then
            assert list(rows[threshold][2:]) == [row[2] for row in choice.by_label.rows][:4]


@pytest.mark.parametrize(
    ("text", "threshold"),
    [("0.7", 0.7), ("0.30", 0.3), ("0.99", 0.99), ("0.2", None), ("1", None), ("nan", None), ("x", None), ("", None)],
)
def test_what_is_typed_is_a_threshold_or_none(text: str, threshold: float | None) -> None:
    """Within the bounds that can be tried."""
    assert read_threshold(text) == threshold
