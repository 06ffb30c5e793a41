"""``shops``: what a shop has set for itself."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from riskmodel.conversation import ShopPolicy
from riskmodel.errors import BaitwatchError
from service.cli.output import write_json, write_text

__all__ = ["register"]

NONE = "none"

shops = typer.Typer(help="What a shop has set for itself: its policy, and how long its talks are kept.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The shop.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(shops, name="shops", no_args_is_help=True)


@shops.command("list")
def show_all(as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False) -> None:
    """Show the shops; `baitwatch keys create` makes one."""
    from service.cli.home import open_home
    from service.store.shops import list_shops

    with open_home().store.reading() as connection:
        found = list_shops(connection)
    for shop in found:
        if as_json:
            write_json({**shop._asdict(), "made_at": shop.made_at.isoformat()})
        else:
            policy = "policy set" if shop.has_policy else "no policy"
            kept = f"talks kept {shop.retention_days} days" if shop.retention_days else "no limit of its own"
            write_text(f"{shop.id:5}  {shop.name}  {policy}, {kept}, made {shop.made_at:%Y-%m-%d}")


@shops.command("show")
def show(name: NameArgument) -> None:
    """Show what a shop has set, as one JSON object; its policy is written as `set --policy` reads it."""
    from service.cli.home import open_home
    from service.store.access import find_shop
    from service.store.shops import list_shops, policy_of

    home = open_home()
    with home.store.reading() as connection:
        number = find_shop(connection, name)
        shop = next(shop for shop in list_shops(connection) if shop.id == number)
        policy = policy_of(connection, home.keys.current(), number)
    shown = None if policy is None else policy.model_dump(mode="json", exclude_defaults=True)
    write_json({"shop": shop.name, "retention_days": shop.retention_days, "policy": shown})


@shops.command("set")
def change(
    name: NameArgument,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Its policy, .json or .toml, in the words of the contract; none for none."),
    ] = None,
    retention_days: Annotated[
        str | None,
        typer.Option(metavar="N", help="After how many quiet days talks are erased; none for the general setting."),
    ] = None,
) -> None:
    """Set a shop's policy, how long its talks are kept, or both; a new policy counts for what comes from now on."""
    from service.cli.home import ACTOR, open_home
    from service.store.access import find_shop
    from service.store.shops import set_policy, set_retention

    if policy is None and retention_days is None:
        raise typer.BadParameter("give --policy FILE, --retention-days N or both")
    read = None if policy in (None, NONE) else _read(Path(policy))
    days = None if retention_days in (None, NONE) else _days(retention_days)
    home = open_home()
    with home.store.writing() as connection:
        number = find_shop(connection, name)
        if policy is not None:
            set_policy(connection, home.keys.current(), number, read, actor=ACTOR, now=home.now)
        if retention_days is not None:
            set_retention(connection, number, days, actor=ACTOR, now=home.now)
    write_text("the shop's settings are changed")


def _read(file: Path) -> ShopPolicy:
    from riskmodel.shop_policy import parse_shop_policy

    content: Any = file.read_bytes()
    if file.suffix.lower() == ".toml":
        try:
            content = tomllib.loads(content.decode("utf-8"))
        except ValueError:
            raise BaitwatchError("the policy is not TOML in UTF-8; correct it, or write it as .json") from None
    return parse_shop_policy(content)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise typer.BadParameter("--retention-days takes a number of days, or none")
    return int(text)
