"""Signing in and out, and one's own password."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from service.backend import backend
from service.console import sessions
from service.console.blueprint import ANYONE, SIGNED_IN, blueprint, needs
from service.console.page import write_page
from service.console.setup.first import is_open
from service.console.throttle import TooManyTriesError, Try
from service.store.access import log_access
from service.store.users import LEAST_CHARACTERS, PasswordRefusedError, User, authenticate, set_password

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    blueprint.get("/login")(login)
    blueprint.post("/login")(sign_in)
    blueprint.post("/logout")(sign_out)
    blueprint.get("/password")(password)
    blueprint.post("/password")(change_password)


@needs(ANYONE)
def login() -> Response:
    """The form to sign in with."""
    return _login_form()


@needs(ANYONE)
def sign_in() -> ResponseReturnValue:
    """Begin a session, and go on to where one was sent away from."""
    shop, name = (request.form.get(field, "").strip() for field in ("shop", "name"))
    try:
        user = _checked(shop, name, request.form.get("password", ""))
    except TooManyTriesError as error:
        return _login_form(429, problem="wait", wait=error.seconds, shop=shop, name=name)
    if user is None:
        return _login_form(403, problem="refused", shop=shop, name=name)
    after = session.get("after")
    _begin(user, "login")
    return redirect(after or url_for("console.home"), 303)


@needs(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End the session, for whoever has a copy of its cookie, too."""
    user = sessions.signed_in()
    assert user is not None
    with backend().store.writing() as connection:
        log_access(connection, user.shop_id, user.actor, "logout", at=datetime.now(UTC))
        sessions.end(connection)
    session["note"] = "signed_out"
    return redirect(url_for("console.login"), 303)


@needs(SIGNED_IN)
def password() -> Response:
    """The form for another password."""
    return _password_form()


@needs(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Take another password where the present one is given with it; all other sessions of the user end."""
    user = sessions.signed_in()
    assert user is not None
    present, chosen, again = (request.form.get(field, "") for field in ("present", "chosen", "again"))
    if chosen != again:
        return _password_form(422, problem="differ")
    try:
        if _checked(user.shop, user.name, present) is None:
            return _password_form(403, problem="present")
        user = set_password(backend().store, backend().keys.current(), user, chosen, datetime.now(UTC))
    except TooManyTriesError as error:
        return _password_form(429, problem="wait", wait=error.seconds)
    except PasswordRefusedError as error:
        return _password_form(422, problem=error.code)
    _begin(user, "password")
    session["note"] = "password_changed"
    return redirect(url_for("console.home"), 303)


def _checked(shop: str, name: str, given: str) -> User | None:
    """The user whose password this is; raises `TooManyTriesError` where nothing may be tried just now."""
    tried = Try.begin(shop, name)
    user = authenticate(backend().store, backend().keys.current(), shop, name, given, now=datetime.now(UTC))
    if user is not None:
        tried.succeed()
    return user


def _begin(user: User, action: str) -> None:
    """Begin a session of a user, and note why."""
    now = datetime.now(UTC)
    with backend().store.writing() as connection:
        log_access(connection, user.shop_id, user.actor, action, at=now)
        sessions.begin(connection, user, now)


def _login_form(
    status: int = 200, *, problem: str | None = None, wait: int = 0, shop: str = "", name: str = ""
) -> Response:
    return write_page(
        "login", status, headers=_retry(wait), problem=problem, wait=wait, shop=shop, name=name, first=is_open()
    )


def _password_form(status: int = 200, *, problem: str | None = None, wait: int = 0) -> Response:
    return write_page("password", status, headers=_retry(wait), problem=problem, wait=wait, least=LEAST_CHARACTERS)


def _retry(wait: int) -> dict[str, str]:
    return {"Retry-After": str(wait)} if wait else {}
