"""The first user of a fresh installation, made in the browser by whoever has the code from the service's terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from riskmodel.errors import BaitwatchError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import ANYONE, blueprint, needs
from service.console.page import write_page
from service.invitation import invitation_of
from service.store.access import find_or_make_shop, log_access
from service.store.users import LEAST_CHARACTERS, PasswordRefusedError, create_user, is_anyone, user_of_number

__all__ = ["is_open", "register"]


def register() -> None:
    """Add these pages."""
    blueprint.get("/first")(first)
    blueprint.post("/first")(make_first)


@needs(ANYONE)
def first() -> Response:
    """The form, or why there is none."""
    return _form()


@needs(ANYONE)
def make_first() -> ResponseReturnValue:
    """Make the shop and its owner, and sign the owner in; only while there is no user at all."""
    shop, name = (request.form.get(field, "").strip() for field in ("shop", "name"))
    code, chosen = request.form.get("code", ""), request.form.get("chosen", "")
    invitation, here, now = invitation_of(current_app), backend(), datetime.now(UTC)
    if not is_open():
        return _form(409)
    if invitation is None or not invitation.accepts(code):
        return _form(403, problem="code", shop=shop, name=name)
    if chosen != request.form.get("again", ""):
        return _form(422, problem="differ", shop=shop, name=name)
    try:
        with here.store.writing() as connection:
            if is_anyone(connection):
                return _form(409)
            keyring = here.keys.current()
            shop_id, _ = find_or_make_shop(connection, shop, now)
            number = create_user(connection, keyring, shop_id, name, role="owner", password=chosen, now=now)
            user = user_of_number(connection, keyring, number)
            assert user is not None
            log_access(connection, shop_id, user.actor, "first user", at=now)
            sessions.begin(connection, user, now)
    except PasswordRefusedError as error:
        return _form(422, problem=error.code, shop=shop, name=name)
    except BaitwatchError as error:
        if type(error) is not BaitwatchError:
            raise
        return _form(422, problem="names", shop=shop, name=name)
    return redirect(url_for("console.setup"), 303)


def is_open() -> bool:
    """Whether a first user can be made here now."""
    return invitation_of(current_app) is not None and _state() == "open"


def _state() -> str:
    """Whether a first user can be made here: ``open``, ``taken`` or ``shut``."""
    with backend().store.reading() as connection:
        if is_anyone(connection):
            return "taken"
    return "open" if invitation_of(current_app) is not None else "shut"


def _form(status: int = 200, *, problem: str | None = None, shop: str = "", name: str = "") -> Response:
    return write_page(
        "setup/first", status, state=_state(), problem=problem, shop=shop, name=name, least=LEAST_CHARACTERS
    )
