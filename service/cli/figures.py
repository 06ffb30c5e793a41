"""Shows what ``evaluate`` measured: tables, JSON or a page; every table with what it was measured on and its limits."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from riskmodel.errors import FieldProblem, InputError
from riskmodel.evaluation import NOTE, DraftReport, Report
from riskmodel.evaluation.page import page
from riskmodel.evaluation.plots import can_draw
from riskmodel.evaluation.tables import ABOVE, Sheet, draft_sheets, leak_sheets, report_sheets
from riskmodel.synthesis.leaks import LIMITS, Leaks
from service.cli.output import write_json, write_text

__all__ = ["ready_for_page", "show", "show_drafts", "show_leaks", "write_page"]

_WIDTH = 110


def show(report: Report, *, as_json: bool) -> None:
    """Write a report."""
    _write(report, report_sheets(report), as_json=as_json)


def show_drafts(report: DraftReport, *, as_json: bool) -> None:
    """Write a report on drafts."""
    _write(report, draft_sheets(report), as_json=as_json)


def ready_for_page(file: Path) -> None:
    """See, before anything is measured, that a page can be drawn and written.

    Raises
    ------
    InputError
        Where Matplotlib, which draws the plots, is not installed, or the folder does not exist.
    """
    if not can_draw():
        raise InputError([FieldProblem("--html", "its plots take Matplotlib: pip install 'baitwatch[notebook]'")])
    if not file.absolute().parent.is_dir():
        raise InputError([FieldProblem("--html", "its folder does not exist; create it or name another")])


def write_page(report: Report, file: Path) -> None:
    """Write a report as a page of its own."""
    file.write_text(page(report), encoding="utf-8")


def _write(report: Report | DraftReport, sheets: list[Sheet], *, as_json: bool) -> None:
    if as_json:
        write_json(report.as_json())
    else:
        _print(report.split, f"Intervals: {report.interval}. {report.note}", sheets)


def show_leaks(split: str, found: Leaks, *, as_json: bool) -> None:
    """Write what each channel alone gives away, and how many talks come nearly twice."""
    if as_json:
        rows = {name: {**leak._asdict(), "limit": LIMITS[name]} for name, leak in found.channels.items()}
        write_json({"split": split, "note": NOTE, "leaks": rows, "near_duplicates": found.near_duplicates})
        return
    _print(split, NOTE, leak_sheets(found))


def _print(split: str, note: str, sheets: list[Sheet]) -> None:
    console = Console(width=_WIDTH, highlight=False)
    with console.capture() as captured:
        for sheet in sheets:
            console.print(_table(sheet, f"{split}\n{note}"))
            console.print()
    write_text(captured.get().rstrip("\n"))


def _table(sheet: Sheet, caption: str) -> Table:
    table = Table(
        title=sheet.title,
        title_justify="left",
        title_style="bold",
        caption=caption,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        min_width=_WIDTH,
    )
    for number, column in enumerate(sheet.columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in sheet.rows:
        table.add_row(*(Text(cell, "bold red") if cell == ABOVE else cell for cell in row))
    return table
