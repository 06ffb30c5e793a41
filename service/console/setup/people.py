"""The people of the shop: made, given another role or password, shut out, let in again, taken out.

Nobody changes this for themselves, so that whoever sets a shop up cannot shut it out of its own set-up by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.exceptions import BadRequest, Forbidden

from riskmodel.conversation import ShopPolicy
from riskmodel.errors import BaitwatchError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.texts import say
from service.store import users
from service.store.access import log_access
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import Keyring
from service.store.schema import shops
from service.store.users import LEAST_CHARACTERS, ROLES, PasswordRefusedError, User

__all__ = ["CHANGES", "register"]

_Change = Callable[[Connection, Keyring, User, datetime], None]


def register() -> None:
    """Add these pages."""
    blueprint.get("/setup/people")(people)
    blueprint.post("/setup/people")(make_person)
    blueprint.post("/setup/people/change")(change_person)


@needs("users")
def people() -> Response:
    """Who can sign in, and the form for another."""
    return _list()


@needs("users")
def make_person() -> ResponseReturnValue:
    """Make somebody who can sign in."""
    user, now, here = sessions.user(), datetime.now(UTC), backend()
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    typed = {"name": name, "role": role}
    if role not in ROLES:
        return _list(422, problem=say("people.problem_role"), **typed)
    try:
        with here.store.writing() as connection:
            _see_allowed(connection, here.keys.current(), user)
            password = request.form.get("password", "")
            keyring = here.keys.current()
            users.create_user(connection, keyring, user.shop_id, name, role=role, password=password, now=now)
            log_access(connection, user.shop_id, user.actor, "user made", at=now)
    except PasswordRefusedError as error:
        return _list(422, problem=_refused(error), **typed)
    except ConflictError:
        return _list(409, problem=say("people.problem_taken"), **typed)
    except BaitwatchError as error:
        if type(error) is not BaitwatchError:
            raise
        return _list(422, problem=say("people.problem_unseen"), **typed)
    session["note"] = "person_made"
    return redirect(url_for("console.people"), 303)


@needs("users")
def change_person() -> ResponseReturnValue:
    """Change somebody else; all sessions of that user end."""
    user, now, here = sessions.user(), datetime.now(UTC), backend()
    number, what = request.form.get("user", ""), request.form.get("do", "")
    with here.store.reading() as connection:
        found = {str(each.id): each for each in users.list_users(connection, here.keys.current(), user.shop)}
    if number not in found:
        raise NotFoundError("there is no such user in this shop")
    other = found[number]
    if other.id == user.id:
        return _list(409, problem=say("people.problem_self"))
    if what == "password":
        try:
            users.set_password(here.store, here.keys.current(), other, request.form.get("password", ""), now)
        except PasswordRefusedError as error:
            return _list(422, problem=_refused(error))
    elif what not in CHANGES or (what == "role" and request.form.get("role") not in ROLES):
        raise BadRequest
    with here.store.writing() as connection:
        _see_allowed(connection, here.keys.current(), user)
        if what in CHANGES:
            CHANGES[what](connection, here.keys.current(), other, now)
        log_access(connection, user.shop_id, user.actor, f"user {what}", at=now)
    session["note"] = f"person_{what}"
    return redirect(url_for("console.people"), 303)


def _see_allowed(connection: Connection, keyring: Keyring, user: User) -> None:
    """See that whoever changes others has not been changed meanwhile: of two who shut each other out, one stays."""
    connection.execute(select(shops.c.id).where(shops.c.id == user.shop_id).with_for_update(key_share=True))
    if users.user_of_number(connection, keyring, user.id) != user:
        raise Forbidden


def _set_role(connection: Connection, keyring: Keyring, other: User, now: datetime) -> None:
    users.set_role(connection, keyring, other.shop, other.name, role=request.form["role"], now=now)


def _disable(connection: Connection, keyring: Keyring, other: User, now: datetime) -> None:
    users.set_disabled(connection, keyring, other.shop, other.name, now, out=True)


def _enable(connection: Connection, keyring: Keyring, other: User, now: datetime) -> None:
    users.set_disabled(connection, keyring, other.shop, other.name, now, out=False)


def _remove(connection: Connection, keyring: Keyring, other: User, now: datetime) -> None:
    users.remove_user(connection, keyring, other.shop, other.name, now)


CHANGES: Final[Mapping[str, _Change]] = {
    "role": _set_role,
    "disable": _disable,
    "enable": _enable,
    "remove": _remove,
}


def _refused(error: PasswordRefusedError) -> str:
    return say(f"people.problem_{error.code}", least=LEAST_CHARACTERS)


def _list(status: int = 200, **values: Any) -> Response:
    here = backend()
    with here.store.reading() as connection:
        found = users.list_users(connection, here.keys.current(), sessions.user().shop)
    given = {"problem": None, "name": "", "role": "agent", **values}
    return write_page(
        "setup/people", status, people=found, roles=ROLES, least=LEAST_CHARACTERS, zone=ShopPolicy().zone, **given
    )
