"""A set of figures as rows, written as a table on the page and as CSV from the same values."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Final, Literal, NamedTuple, TypeAlias

from riskmodel.intervals import Figure
from service.console.texts import say

__all__ = ["Cell", "Column", "Sheet", "as_csv"]

Cell: TypeAlias = str | int | float | date | Figure | None
Kind: TypeAlias = Literal["text", "day", "count", "number", "share", "difference"]
_ACTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a text for a formula, where it begins so."""


class Column(NamedTuple):
    """A column: its text is ``figures.<name>``; `digits` are those of percents on the page."""

    name: str
    kind: Kind = "count"
    digits: int = 1

    @property
    def title(self) -> str:
        """What it says in the language of this request."""
        return say(f"figures.{self.name}")


class Sheet(NamedTuple):
    """Rows under columns; of a share the cell is a `Figure`."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    def farthest(self) -> list[float]:
        """How far from zero the intervals of each column reach: what their pictures are drawn to."""
        return [
            max((_reach(row[place]) for row in self.rows), default=0.0) or 1.0 for place in range(len(self.columns))
        ]


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with the mark that spreadsheets look for; shares with their bounds; no text can be a formula."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_safe(title) for column in sheet.columns for title in _titles(column)])
    for row in sheet.rows:
        writer.writerow(
            [value for column, cell in zip(sheet.columns, row, strict=True) for value in _flat(column, cell)]
        )
    return written.getvalue().encode("utf-8-sig")


def _reach(cell: Cell) -> float:
    return max(abs(cell.low or 0.0), abs(cell.high or 0.0)) if isinstance(cell, Figure) else 0.0


def _titles(column: Column) -> tuple[str, ...]:
    if column.kind not in ("share", "difference"):
        return (column.title,)
    bounds = (say(f"figures.{bound}") for bound in ("low", "high"))
    return column.title, *(f"{column.title} · {bound}" for bound in bounds)


def _flat(column: Column, cell: Cell) -> Iterator[str | int]:
    if column.kind in ("share", "difference"):
        assert cell is None or isinstance(cell, Figure)
        for value in (None, None, None) if cell is None else (cell.value, cell.low, cell.high):
            yield "" if value is None else f"{value:.6f}"
    elif isinstance(cell, str):
        yield _safe(cell)
    elif isinstance(cell, date):
        yield cell.isoformat()
    elif isinstance(cell, float):
        yield f"{cell:.6f}"
    else:
        assert not isinstance(cell, Figure)
        yield "" if cell is None else cell


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_ACTS) else text
