"""What a simulated year's figures say of each month."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.year_figures import BEGIN, END, draw, publish, shown_worse, tables

ARM = {
    f"{name}_{advice}": [share, share / 2, share * 2, 50]
    for name, share in (("recall", 0.4), ("recall_new", 0.3), ("false_alarms", 0.02))
    for advice in ("clarify", "hold")
}
SAME = [0.0, -0.01, 0.01, 50]


def _months() -> list[dict[str, Any]]:
    first: dict[str, Any] = {"month": 1, "talks": 80, "in_use": "first", "never": ARM, "monthly": ARM}
    later = {"recall_at_budget": [-0.1, -0.2, -0.05, 50], "recall_at_hold": SAME}
    return [
        {**first, "learned": 12, "refused": ["recall at hold: refused"], "candidate_less_in_use": later},
        {**first, "month": 2},
    ]


def test_worse_is_where_the_whole_interval_is_on_that_side() -> None:
    """Less recall is worse, and more alarms; what an interval leaves open is not shown."""
    assert shown_worse({"recall_at_hold": [-0.1, -0.2, -0.01, 9], "hold_ordinary": [-0.1, -0.2, -0.01, 9]}) == [
        "recall_at_hold"
    ]
    assert shown_worse({"hold_complaints": [0.1, 0.01, 0.2, 9], "recall_at_budget": SAME}) == ["hold_complaints"]
    assert shown_worse({"recall_at_hold": SAME, "clarify_ordinary": [0.1, None, None, 9]}) == []


def test_tables_hold_each_month_and_each_candidate() -> None:
    """With intervals and numbers of talks; a candidate is told with what it did after."""
    text = tables(_months())
    assert text.count("40.0% [20.0%, 80.0%] of 50") == 4
    assert "| 1 | 12 | refused (1) | -10.0 [-20.0, -5.0] | +0.0 [-1.0, +1.0] | `recall_at_budget` |" in text


def test_the_picture_comes_out_the_same() -> None:
    """Byte for byte, with its text as text."""
    picture = draw(_months(), 2)
    assert picture == draw(_months(), 2)
    assert "abusive talks alarmed" in picture


def test_a_page_keeps_what_is_around_its_figures(tmp_path: Path) -> None:
    """Written twice it is the same; the picture and the figures lie beside it."""
    page = tmp_path / "year.md"
    page.write_text(f"before\n{BEGIN}\nstale\n{END}\nafter\n", "utf-8")
    measured = {"settings": {"talks": 80}, "months": _months()}
    publish(tmp_path, measured, 2)
    once = page.read_text("utf-8")
    assert once.startswith(f"before\n{BEGIN}\nSettings: `talks` 80; 2 months.")
    assert once.endswith(f"{END}\nafter\n")
    assert "stale" not in once
    publish(tmp_path, measured, 2)
    assert page.read_text("utf-8") == once
    assert json.loads((tmp_path / "year.json").read_text("utf-8")) == measured
