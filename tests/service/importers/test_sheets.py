"""Tables: columns told or given, each bad row by its number, CSV and XLSX alike."""

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from riskmodel.errors import InputError
from service.importers.sheets import ColumnMap, read_csv, read_sheet, read_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
TABLE = [
    ["会话ID", "角色", "发送时间", "消息内容"],
    ["s1", "买家", "2026-03-04 10:00:00", "几号能到"],
    ["s1", "客服", "2026-03-04 10:00:20", "三天左右"],
    ["s2", "系统", "2026-03-05 08:00:00", "买家已付款"],
]


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("kind", [",", ";", "\t", "xlsx"])
def test_columns_are_told_by_their_heads(kind: str) -> None:
    """The same from a workbook and from three kinds of text."""
    rows = read_xlsx(workbook(TABLE)) if kind == "xlsx" else read_csv("\r\n".join(kind.join(row) for row in TABLE))
    said, rejected, used = read_sheet(rows, ZONE)
    assert not rejected
    assert used == ColumnMap("会话ID", None, "角色", "发送时间", "消息内容")
    assert [(item.row, item.talk, item.side, item.text) for item in said] == [
        (2, "s1", "buyer", "几号能到"),
        (3, "s1", "agent", "三天左右"),
        (4, "s2", "system", "买家已付款"),
    ]


def test_columns_can_be_given() -> None:
    """What is given goes before what could be told; a cell of a workbook may hold a time."""
    rows = [["谁", "话", "时间", "啥时候"], ["tb_1", "在吗", "-", datetime(2026, 3, 4, 10)], [None, None, None, None]]
    said, rejected, _ = read_sheet(rows, ZONE, ColumnMap.parse("name=谁, text=话, time=啥时候"))
    assert not rejected
    assert [(item.name, item.at.isoformat()) for item in said] == [("tb_1", "2026-03-04T10:00:00+08:00")]


def test_bad_rows_are_named_and_the_others_read() -> None:
    """Each with its number, the field and the remedy; no cell is repeated."""
    rows = [
        *TABLE,
        ["s2", "买家", "昨天", "喂"],
        ["s2", "谁", "2026-03-05 09:00:00", "喂"],
        ["s2", "买家", "2026-03-05 09:00", " "],
    ]
    said, rejected, _ = read_sheet(rows, ZONE)
    assert len(said) == 3
    assert [(item.row, item.field) for item in rejected] == [(5, "time"), (6, "side"), (7, "text")]
    assert "昨天" not in str(rejected)


@pytest.mark.parametrize(
    ("heads", "columns", "what"),
    [
        (["a", "b"], None, "no column for time and text and name"),
        (["时间", "内容", "消息", "角色"], None, "2 columns could be the text"),
        (["时间", "内容", "角色"], "time=何时", "the table has 0 columns of that head"),
    ],
)
def test_unclear_columns_are_asked_for(heads: list[str], columns: str | None, what: str) -> None:
    """The option that settles it is named."""
    with pytest.raises(InputError, match="--columns") as caught:
        read_sheet([heads], ZONE, ColumnMap.parse(columns) if columns else None)
    assert what in str(caught.value)


@pytest.mark.parametrize("text", ["time", "when=时间", "time="])
def test_a_column_map_of_another_form_is_refused(text: str) -> None:
    """It says which fields there are."""
    with pytest.raises(InputError, match="conversation, name, side, time, text"):
        ColumnMap.parse(text)


def test_broken_files_are_refused() -> None:
    """A workbook that is none, and a quote that never closes."""
    with pytest.raises(InputError, match="workbook"):
        list(read_xlsx(b"PK not really"))
    with pytest.raises(InputError, match="CSV"):
        list(read_csv('时间,内容\n"2026,喂'))
