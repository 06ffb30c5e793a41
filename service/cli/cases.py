"""``cases``: the after-sales cases of a shop."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.output import write_json, write_text

__all__ = ["register"]

_MOST = 500

cases = typer.Typer(help="After-sales cases of a shop; they are opened and gone on with over HTTP.")

ShopOption = Annotated[str, typer.Option("--shop", help="The shop.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(cases, name="cases", no_args_is_help=True)


@cases.command("list")
def show_all(
    shop: ShopOption,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
) -> None:
    """Show the cases of a shop, the latest first."""
    from service.cases.desk import CaseDesk
    from service.cases.shown import summary_of
    from service.cli.home import open_home
    from service.store.access import find_shop

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
    desk, before = CaseDesk(home.store, home.keys), None
    while page := desk.page(number, _MOST, before=before):
        for case in page:
            if as_json:
                write_json(summary_of(case))
            else:
                facts = case.facts
                outcome = case.outcome or "not decided"
                write_text(
                    f"{facts.case_id}  about {facts.conversation_id}, {facts.claim}, {outcome}, {case.made_at:%Y-%m-%d}"
                )
        before = page[-1].number


@cases.command("show")
def show(case_id: Annotated[str, typer.Argument(metavar="CASE", help="Its case_id.")], shop: ShopOption) -> None:
    """Show a case as one JSON object: its events and exhibits, and where each thing stands; the look is noted."""
    from service.cases.desk import CaseDesk
    from service.cases.shown import shown_case
    from service.cli.home import ACTOR, open_home
    from service.store.access import find_shop

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, shop)
    write_json(shown_case(CaseDesk(home.store, home.keys).read(number, case_id, actor=ACTOR), home.now))
