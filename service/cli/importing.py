"""``import``: chat exports in, Conversations as JSON Lines out or into the store; all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from service.cli.output import INPUT_WRONG, complain, write_json, write_text
from service.cli.score import ModelOption, load_scorer
from service.importers import LARGEST, ColumnMap, Imported, read_export

__all__ = ["register"]

_SHOWN = 8  # messages of a preview
_WIDTH = 110


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("import")(import_chats)


def import_chats(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Text of Qianniu or Wangwang, .csv, .tsv, .xlsx or .jsonl.")
    ],
    *,
    shop: Annotated[
        list[str] | None,
        typer.Option("--shop", metavar="NAME", help="The shop's name in the chat, for all its agents; may come again."),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="taobao, tmall, pinduoduo, jd, douyin or other, of all talks.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="FIELD=HEAD,…", help="Of a table: conversation, name, side, time, text."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text, where it is neither UTF-8 nor GBK.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show how the files are read; write nothing.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Import the rest where some rows cannot be read.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="SHOP", help="Put them into the store of this shop instead of writing them."),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Read exports and write Conversations to standard output; with any row that cannot be read, nothing is written."""
    mapped = ColumnMap.parse(columns) if columns else None
    read: list[Imported] = []
    wrong = False
    for file in files:
        try:
            found = read_export(
                file.name,
                _beginning(file),
                shop=tuple(shop or ()),
                platform=platform,
                columns=mapped,
                encoding=encoding,
            )
        except InputError as error:
            complain(f"{file.name}: {error}")
            wrong = True
            continue
        for row in found.rejected:
            complain(f"{file.name}, row {row.row}: {row.field}: {row.problem}")
        wrong = wrong or (bool(found.rejected) and not leave_out)
        read.append(found)
        if preview:
            _preview(file.name, found)
    if not preview and not wrong:
        _put_out([conversation for found in read for conversation in found.conversations], store, model)
    if wrong:
        if not preview:
            complain("nothing was imported; mend the rows named above, or leave them out with --leave-out")
        raise typer.Exit(INPUT_WRONG)


def _put_out(conversations: Sequence[dict[str, Any]], shop: str | None, model: Path | None) -> None:
    """To standard output, or into the store of a shop."""
    if shop is None:
        for conversation in conversations:
            write_json(conversation)
        return
    from service.cli.home import open_home
    from service.store.access import find_shop
    from service.talks import Talks

    home = open_home()
    with closing(home.store):
        with home.store.reading() as connection:
            number = find_shop(connection, shop)
        scorer = load_scorer(model)
        whole = [parse_conversation(conversation) for conversation in conversations]
        taken = Talks(home.store, home.keys, lambda: scorer, looks=home.random_looks).add_conversations(number, whole)
    new = sum(one.new_messages for one in taken)
    write_text(f"{len(taken)} talks in the store, {new} of their {sum(one.messages for one in taken)} messages new")


def _beginning(file: Path) -> bytes:
    """The file, or of one that is too large as much as tells so."""
    with file.open("rb") as content:
        return content.read(LARGEST + 1)


def _preview(name: str, found: Imported) -> None:
    """The first messages with their sides, as they would be imported."""
    console = Console(width=_WIDTH, highlight=False)
    count = sum(len(conversation["messages"]) for conversation in found.conversations)
    what = f"{name}: {len(found.conversations)} talks, {count} messages, {len(found.rejected)} rows cannot be read"
    if found.columns is not None:
        taken = (f"{field} = {head}" for field, head in found.columns._asdict().items() if head is not None)
        what += f"\ncolumns: {', '.join(taken)}"
    table = Table(title=Text(what), title_justify="left", box=box.SIMPLE_HEAD, min_width=_WIDTH)
    for head in ("sender", "sent_at", "text"):
        table.add_column(head, overflow="ellipsis", no_wrap=True)
    messages: list[dict[str, Any]] = [m for talk in found.conversations for m in talk["messages"]]
    for message in messages[:_SHOWN]:
        table.add_row(*(Text(str(message[head]).replace("\n", " / ")) for head in ("sender", "sent_at", "text")))
    with console.capture() as captured:
        console.print(table)
    write_text(captured.get().rstrip("\n"))
