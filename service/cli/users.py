"""``users``: the people who sign in to the console of a shop."""

from __future__ import annotations

from typing import Annotated

import typer

from riskmodel.errors import BaitwatchError
from service.cli.output import complain, write_json, write_text

__all__ = ["register"]

users = typer.Typer(help="The people who sign in to the console of a shop.", no_args_is_help=True)

ShopOption = Annotated[str, typer.Option(help="Of which shop.")]
NameOption = Annotated[str, typer.Option(help="The name that the user signs in with.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(users, name="users")


@users.command("create")
def create(
    shop: Annotated[str, typer.Option(help="Whose user; a shop that is not there yet is made.")],
    name: NameOption,
    role: Annotated[str, typer.Option(help="agent, supervisor, analyst, admin or owner.")],
    password_stdin: StdinOption = False,
) -> None:
    """Make a user; the password, of 12 characters or more, is asked for twice."""
    from service.cli.home import open_home
    from service.store.access import find_or_make_shop
    from service.store.users import create_user

    password = _password(from_stdin=password_stdin)
    home = open_home()
    with home.store.writing() as connection:
        number, made = find_or_make_shop(connection, shop, home.now)
        create_user(connection, home.keys.current(), number, name, role=role, password=password, now=home.now)
    if made:
        complain("the shop is new and was made")
    write_text("the user is made and can sign in at /console/")


@users.command("list")
def show(
    shop: Annotated[str | None, typer.Option(help="Of this shop only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
) -> None:
    """Show the users."""
    from service.cli.home import open_home
    from service.store.users import list_users

    home = open_home()
    with home.store.reading() as connection:
        found = list_users(connection, home.keys.current(), shop)
    for user in found:
        if as_json:
            disabled = user.disabled_at.isoformat() if user.disabled_at else None
            row = {"id": user.id, "shop": user.shop, "name": user.name, "role": user.role}
            times = {"made_at": user.made_at.isoformat(), "disabled_at": disabled}
            write_json({**row, **times, "genuine": user.genuine})
        else:
            state = f"disabled {user.disabled_at:%Y-%m-%d}" if user.disabled_at else "in use"
            if not user.genuine:
                state = "not made with this keyring, or altered: cannot sign in; remove it"
            write_text(f"{user.id:5}  {user.shop}  {user.name}  {user.role}  made {user.made_at:%Y-%m-%d}, {state}")


@users.command("disable")
def disable(
    shop: ShopOption,
    name: NameOption,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user in again.")] = False,
) -> None:
    """Shut a user out at once, and end its sessions."""
    from service.cli.home import open_home
    from service.store.users import set_disabled

    home = open_home()
    with home.store.writing() as connection:
        set_disabled(connection, home.keys.current(), shop, name, home.now, out=not undo)
    write_text("the user can sign in again" if undo else "the user is disabled")


@users.command("password")
def password(shop: ShopOption, name: NameOption, password_stdin: StdinOption = False) -> None:
    """Give a user another password, and end its sessions."""
    from service.cli.home import open_home
    from service.store.errors import NotFoundError
    from service.store.users import find_user, set_password

    chosen = _password(from_stdin=password_stdin)
    home = open_home()
    with home.store.reading() as connection:
        user = find_user(connection, home.keys.current(), shop, name)
    if user is None:
        raise NotFoundError("there is no such user in this shop; `baitwatch users list` shows them")
    set_password(home.store, home.keys.current(), user, chosen, home.now)
    write_text("the password is changed")


@users.command("role")
def role(
    shop: ShopOption,
    name: NameOption,
    role: Annotated[str, typer.Option(help="agent, supervisor, analyst, admin or owner.")],
) -> None:
    """Give a user another role, and end its sessions."""
    from service.cli.home import open_home
    from service.store.users import set_role

    home = open_home()
    with home.store.writing() as connection:
        set_role(connection, home.keys.current(), shop, name, role=role, now=home.now)
    write_text("the role is changed")


@users.command("remove")
def remove(shop: ShopOption, name: NameOption) -> None:
    """Take a user out, for good; what it did stays noted under its number."""
    from service.cli.home import open_home
    from service.store.users import remove_user

    home = open_home()
    with home.store.writing() as connection:
        remove_user(connection, home.keys.current(), shop, name, home.now)
    write_text("the user is removed")


def _password(*, from_stdin: bool) -> str:
    if not from_stdin:
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
        return typed
    try:
        line = typer.get_binary_stream("stdin").readline().decode("utf-8")
    except UnicodeDecodeError:
        raise BaitwatchError("the password is not encoded in UTF-8; write it anew") from None
    return line.rstrip("\r\n")
