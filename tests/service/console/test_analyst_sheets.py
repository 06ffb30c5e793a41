"""Figures as CSV: opened by spreadsheets as they are meant, in the language of the page."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from gathered_case import speaking

from riskmodel.intervals import Figure, share_of
from service.console.analyst.sheets import Column, Sheet, as_csv


def read(sheet: Sheet, language: str = "zh") -> list[list[str]]:
    with speaking(language):
        return list(csv.reader(StringIO(as_csv(sheet).decode("utf-8-sig"), newline="")))


def test_a_share_is_written_with_its_bounds() -> None:
    """As fractions in three columns, empty where there is none; days as ISO writes them."""
    columns = [Column("day", "day"), Column("talks"), Column("held_share", "share"), Column("budget", "number")]
    rows = [[date(2026, 3, 4), 1234, share_of(1, 4), 0.5], [date(2026, 3, 5), 0, None, 0.0]]
    titles, first, second = read(Sheet("days", columns, rows))
    assert titles == ["日期", "会话数", "占比", "占比 · 下限", "占比 · 上限", "预算（段）"]
    assert first == ["2026-03-04", "1234", "0.250000", "0.045587", "0.699358", "0.500000"]
    assert second == ["2026-03-05", "0", "", "", "", "0.000000"]
    assert read(Sheet("days", columns, rows), "en")[0][:2] == ["Day", "Talks"]


def test_the_file_says_how_it_is_written() -> None:
    """A byte order mark first, lines ended as spreadsheets expect."""
    with speaking():
        content = as_csv(Sheet("x", [Column("day", "text")], [["甲"]]))
    assert content == "\ufeff日期\r\n甲\r\n".encode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str) -> None:
    """Whatever it begins with; a number below zero stays a number."""
    columns = [Column("platform", "text"), Column("change")]
    assert read(Sheet("x", columns, [[text, -3]]))[1] == [f"'{text}", "-3"]


def test_pictures_of_a_column_have_one_scale() -> None:
    """To the farthest bound on either side; 1 where there is no interval."""
    rows = [["a", Figure(0.1, -0.5, 0.2, 9), None], ["b", Figure(0.1, 0.0, 0.3, 9), None]]
    columns = [Column("which", "text"), Column("held_difference", "difference"), Column("held_share", "share")]
    assert Sheet("x", columns, rows).farthest() == [1.0, 0.5, 1.0]
