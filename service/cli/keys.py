"""``keys``: API keys of shops, and the keys that the store is sealed with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from service.cli.output import complain, write_json, write_text

__all__ = ["register"]

keys = typer.Typer(help="API keys of shops, and the keys that the store is sealed with.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(keys, name="keys")


@keys.command("create")
def create(
    shop: Annotated[str, typer.Option(help="Whose key; a shop that is not there yet is made.")],
    scope: Annotated[
        list[str], typer.Option(help="What it is good for: score, read, label, evidence, admin; can be given again.")
    ],
    label: Annotated[str, typer.Option(help="What it is for, to tell it from others.")] = "",
) -> None:
    """Make an API key and print it, and nothing else; it cannot be shown again."""
    from service.cli.home import open_home
    from service.store.access import create_key, find_or_make_shop

    home = open_home()
    with home.store.writing() as connection:
        number, made = find_or_make_shop(connection, shop, home.now)
        key = create_key(connection, home.keys.current(), number, scope, label=label, now=home.now)
    if made:
        complain("the shop is new and was made")
    write_text(key)


@keys.command("list")
def show(
    shop: Annotated[str | None, typer.Option(help="Of this shop only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
) -> None:
    """Show the API keys, without the keys themselves."""
    from service.cli.home import open_home
    from service.store.access import list_keys

    home = open_home()
    with home.store.reading() as connection:
        found = list_keys(connection, home.keys.current(), shop)
    for key in found:
        times = {"made_at": key.made_at, "last_used_at": key.last_used_at, "revoked_at": key.revoked_at}
        if as_json:
            written = {name: moment.isoformat() if moment else None for name, moment in times.items()}
            write_json(
                {
                    "id": key.id,
                    "shop": key.shop,
                    "label": key.label,
                    "scopes": key.scopes.split(),
                    **written,
                    "genuine": key.genuine,
                }
            )
        else:
            state = "revoked" if key.revoked_at else f"last used {_day(key.last_used_at)}"
            if not key.genuine:
                state = "not made with this keyring, or altered: good for nothing; revoke it"
            write_text(f"{key.id:5}  {key.shop}  {key.scopes}  {key.label or '-'}  made {_day(key.made_at)}, {state}")


@keys.command("revoke")
def revoke(number: Annotated[int, typer.Argument(metavar="ID", help="As `keys list` shows it.")]) -> None:
    """Make an API key useless, for good; a running service takes two seconds to notice."""
    from service.cli.home import open_home
    from service.store.access import revoke_key

    home = open_home()
    with home.store.writing() as connection:
        revoke_key(connection, home.keys.current(), number, home.now)
    write_text(f"key {number} is revoked")


@keys.command("rotate")
def rotate() -> None:
    """Seal all that is stored with a fresh data key, while the service goes on."""
    from service.cli.home import open_home
    from service.cli.progress import progress_bar
    from service.store.rotation import count_sealed, rotate

    home = open_home()
    total = count_sealed(home.store)
    with progress_bar() as move:
        done = rotate(home.store, home.keys, progress=lambda count: move("sealing anew", min(count, total), total))
    write_text(f"sealed {done} values anew")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"
