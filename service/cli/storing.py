"""``audit`` and ``purge``: whether the store is as it arrived, and what need not be kept any longer."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.errors import BaitwatchError
from service.cli.output import INPUT_WRONG, write_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("audit")(audit)
    app.command("purge")(purge)


def audit(
    shop: Annotated[str | None, typer.Option(help="This shop only.")] = None,
    accept_restore: Annotated[
        bool,
        typer.Option(
            "--accept-restore", help="A backup was restored on purpose: go on from what the store has; noted."
        ),
    ] = False,
) -> None:
    """Check that every stored message and order is as it arrived. Status 0 all is, 1 altered (what, and where)."""
    from service.cli.home import ACTOR, open_home
    from service.store.access import log_access
    from service.store.audit import audit_shop
    from service.store.seal import seal_log
    from service.store.witness import missing

    home = open_home()
    kept = home.witness.read()
    with home.store.reading() as connection:
        numbers = _shops(connection, shop, kept)
        lost = missing(connection, {name: head for name, head in kept.items() if name in numbers})
    wrong = 0
    for name, number in numbers.items():
        found: list[object] = []
        if number is not None:
            with home.store.reading() as connection:
                found += audit_shop(connection, number, home.keys.current(), home.signing_key.public_key())
        if name in lost and accept_restore and not found:
            write_text(f"{name}: accepted: {lost[name]}")
            if number is not None:
                with home.store.writing() as connection:
                    log_access(connection, number, ACTOR, "restore accepted", at=home.now)
            home.witness.accept([name], home.now)
        elif name in lost:
            found.append(f"{lost[name]}; if a backup was restored on purpose, say so with --accept-restore")
        for finding in found:
            write_text(f"{name}: {finding}")
        wrong += len(found)
        if number is not None and not found:
            with home.store.writing() as connection:
                head = seal_log(connection, number, home.signing_key, home.now)
            entries = f"{head.size} entries, root {head.root.hex()}" if head else "no entries yet"
            write_text(f"{name}: as it arrived; {entries}")
    home.witness.note(home.store)
    if wrong:
        raise typer.Exit(INPUT_WRONG)


def _shops(connection: Connection, only: str | None, kept: Collection[str]) -> dict[str, int | None]:
    """The numbers of the shops to check; None of one that the store has not, though a head of it is kept."""
    from service.store.access import all_shops, find_shop

    there = {name: number for number, name in all_shops(connection).items()}
    if only is None:
        return {**there, **{name: None for name in kept if name not in there}}
    if only in kept and only not in there:
        return {only: None}
    return {only: find_shop(connection, only)}


def purge(
    shop: Annotated[str, typer.Option(help="Of which shop.")],
    older_than: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", help="Talks in which nothing has happened for so many days; as set where not given."
        ),
    ] = None,
    buyer: Annotated[
        str | None, typer.Option(metavar="BUYER_ID", help="All talks of this buyer; - reads it from standard input.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many there are.")] = False,
) -> None:
    """Delete what need not be kept; the record of arrival stays whole and says that it was erased."""
    from service.cli.home import ACTOR, open_home
    from service.cli.progress import progress_bar
    from service.store import retention
    from service.store.access import find_shop

    if older_than is not None and buyer is not None:
        raise typer.BadParameter("give either --older-than DAYS or --buyer BUYER_ID")
    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
        if buyer is None and older_than is None:
            older_than = retention.limits(connection, home.retention_days)[number]
            if older_than is None:
                raise typer.BadParameter(
                    "this shop has no limit; give --older-than DAYS or --buyer BUYER_ID, or set a limit with "
                    "`baitwatch shops set`"
                )
        if older_than is not None:
            found = retention.past_retention(connection, number, older_than, home.now)
        else:
            found = retention.of_buyer(connection, home.keys.current(), number, _typed(buyer or ""))
    if dry_run:
        write_text(f"{len(found)} talks would be erased")
        return
    with progress_bar() if len(found) > 100 else nullcontext(None) as move:
        erased = 0
        for done, talk in enumerate(found, start=1):
            with home.store.writing() as connection:
                # a talk that has gone on since it was found is not past its time any more
                erased += retention.erase(
                    connection, home.keys.current(), talk, ACTOR, home.now, unless_changed=buyer is None
                )
            if move is not None:
                move("erasing", done, len(found))
    if older_than is not None:
        with home.store.writing() as connection:
            retention.forget_accesses(connection, number, older_than, home.now)
    write_text(f"{erased} talks erased; backups still hold them until they are replaced")


def _typed(buyer: str) -> str:
    """The buyer's id; from standard input it stays out of the shell's history."""
    found = typer.get_text_stream("stdin").readline().strip() if buyer == "-" else buyer
    if not found:
        raise BaitwatchError("the buyer's id is empty; give the one that the talks were sent with")
    return found
