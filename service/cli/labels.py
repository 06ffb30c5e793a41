"""``labels``: what talks turned out to be, from a file and to the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from riskmodel.errors import FieldProblem, InputError
from service.cli.output import INPUT_WRONG, complain, write_json, write_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.api.given_label import LabelRequest
    from service.store.keyring import Keyring

__all__ = ["register"]

_MOST: Final = 500
_LARGEST: Final = 64 * 2**20  # bytes of a file
_LONGEST_NAME: Final = 100
_NEEDED: Final = ("conversation_id", "label")
COLUMNS: Final = (*_NEEDED, "reason", "probability", "platform_decision", "decided_at", "by")

labels = typer.Typer(help="What talks turned out to be, as people and programs of the shop say.")

ShopOption = Annotated[str, typer.Option("--shop", help="The shop.")]


class Row(NamedTuple):
    """A row of a file: the line that it begins on, the label, and who gave it where the file says so."""

    line: int
    given: LabelRequest
    by: str | None


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(labels, name="labels", no_args_is_help=True)


@labels.command("list")
def show_all(
    shop: ShopOption,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, with the reasons, instead of a table.")] = False,
) -> None:
    """Show the labels of a shop, the latest first."""
    from service.cli.home import open_home
    from service.store.access import find_shop
    from service.store.labels import LabelStore

    home, before = open_home(), None
    while True:
        with home.store.reading() as connection:
            stored = LabelStore(connection, home.keys.current(), find_shop(connection, shop))
            page = stored.page(_MOST, before=before)
        for each in page:
            if as_json:
                decided_at = each.decided_at and each.decided_at.isoformat()
                write_json({**each._asdict(), "made_at": each.made_at.isoformat(), "decided_at": decided_at})
            else:
                more = [f"platform {each.platform_decision}"] if each.platform_decision else []
                more += [f"picked at {each.probability:g}"] if each.probability is not None else []
                at = each.decided_at or each.made_at
                write_text("  ".join([each.conversation_id, each.label, each.made_by, f"{at:%Y-%m-%d}", *more]))
        if len(page) < _MOST:
            return
        before = page[-1].id


@labels.command("import")
def take(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help=f"Columns: {', '.join(COLUMNS)}; the first two are needed.")
    ],
    shop: ShopOption,
) -> None:
    """Keep the labels of a file; a bad row is named by its line and the others are kept. Again, it adds nothing."""
    from service.cli.home import open_home
    from service.store.access import find_shop
    from service.store.errors import NotFoundError

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
    kept = known = wrong = 0
    for found in _rows(_read(file)):
        try:
            if isinstance(found, InputError):
                raise found
            with home.store.writing() as connection:
                new = _keep(connection, home.keys.current(), number, found, home.now)
        except NotFoundError:
            assert isinstance(found, Row)
            complain(
                f"line {found.line}: conversation_id: this shop has no such talk; correct it, or send the talk first"
            )
            wrong += 1
        except InputError as error:
            complain(str(error))
            wrong += 1
        else:
            kept += new
            known += not new
    write_text(f"{kept} labels kept, {known} there already, {wrong} rows wrong")
    if wrong:
        raise typer.Exit(INPUT_WRONG)


def _keep(connection: Connection, keyring: Keyring, shop: int, row: Row, now: datetime) -> bool:
    """Keep one, and say whether it is new: the same said last by the same one is there already."""
    from service.cli.home import ACTOR
    from service.store.labels import LabelStore
    from service.store.reviews import ReviewStore

    try:
        more = row.given.values(now)
    except InputError as error:
        raise InputError(error.problems, line=row.line) from None
    by = ACTOR if row.by is None else f"file {row.by}"
    name, label = row.given.conversation_id, row.given.label
    before = LabelStore(connection, keyring, shop).page(_MOST, conversation_id=name)
    mine = next((each for each in before if each.made_by == by), None)
    told = row.given.platform_decision, row.given.decided_at
    if mine is not None and (mine.label, mine.platform_decision, mine.decided_at) == (label, *told):
        return False
    ReviewStore(connection, keyring, shop).add_label(name, label, by=by, now=now, **more)
    return True


def _read(file: Path) -> str:
    from service.importers.decode import decode

    with file.open("rb") as content:
        found = content.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise InputError([FieldProblem("file", f"is larger than {_LARGEST // 2**20} MiB; import it in parts")])
    return decode(found)


def _rows(text: str) -> Iterator[Row | InputError]:
    """The rows, and what is wrong with those that are none; raises `InputError` where the head is wrong."""
    read = csv.reader(io.StringIO(text, newline=""))
    head = [cell.strip().lower() for cell in next(read, [])]
    missing = [name for name in _NEEDED if name not in head]
    unknown = [name for name in head if name not in COLUMNS]
    if missing or unknown or len(set(head)) < len(head):
        wrong = f"lacks the column {missing[0]}" if missing else "has a column that is not known, or one twice"
        raise InputError([FieldProblem("head", f"{wrong}; columns are {', '.join(COLUMNS)}")], line=1)
    line = read.line_num + 1
    try:
        for cells in read:
            if any(cell.strip() for cell in cells):
                yield _row(head, cells, line)
            line = read.line_num + 1
    except csv.Error:
        yield InputError([FieldProblem("row", "is no row of a CSV file; correct it from here on")], line=line)


def _row(head: list[str], cells: list[str], line: int) -> Row | InputError:
    from riskmodel.conversation import parse_as
    from service.api.given_label import LabelRequest

    if len(cells) > len(head):
        return InputError([FieldProblem("row", "has more cells than the head; put quotes around a comma")], line=line)
    told: dict[str, Any] = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if cell.strip()}
    by = told.pop("by", None)
    if by is not None and (len(by) > _LONGEST_NAME or not by.isprintable()):
        return InputError([FieldProblem("by", f"must be a name of {_LONGEST_NAME} characters at most")], line=line)
    if "probability" in told:
        try:
            told["probability"] = float(told["probability"])
        except ValueError:
            return InputError([FieldProblem("probability", "must be a number above 0 and at most 1")], line=line)
    try:
        return Row(line, parse_as(LabelRequest, told, line), by)
    except InputError as error:
        return error
