"""What happens before every page of the console: language, who may look, and whether a form is one of ours."""

from __future__ import annotations

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import BadRequest, Forbidden
from wtforms import ValidationError

from service.backend import backend
from service.console.blueprint import ANYONE, SIGNED_IN, asked_by, blueprint, largest_of
from service.console.sessions import BACKGROUND, session_key, signed_in
from service.console.texts import LANGUAGES

__all__ = ["form_token", "is_part", "register"]

_TOKEN = "csrf_token"  # noqa: S105  # the name of a field


def register() -> None:
    """Stand before all pages of the console."""
    blueprint.before_request(_let_in)


def form_token() -> str:
    """What a form of this session carries, so that no other site can send it."""
    token: str = generate_csrf(session_key(current_app), _TOKEN)
    return token


def _let_in() -> ResponseReturnValue | None:
    request.max_content_length = largest_of(current_app.view_functions.get(request.endpoint or ""))
    _ = backend().keys  # without keys there are no sessions: say so before one is looked for
    language = request.args.get("language")
    if language in LANGUAGES:
        session["language"] = language
    if request.endpoint is None:
        return None  # there is no such page, or not for this method: said next
    right = asked_by(current_app.view_functions[request.endpoint])
    if right != ANYONE:
        user = signed_in()
        if user is None:
            return _sign_in_first() if not is_part() else _ended()
        if right != SIGNED_IN and right not in user.rights:
            raise Forbidden
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _see_token()
    return None


def is_part() -> bool:
    """Whether a page asks for a part of itself, or whether it goes on."""
    return "HX-Request" in request.headers or BACKGROUND in request.headers


def _ended() -> ResponseReturnValue:
    from service.console.page import write_page  # noqa: PLC0415  # it imports the token of forms from here

    return write_page("ended", 401)


def _sign_in_first() -> ResponseReturnValue:
    # a cookie that holds nothing is one that has grown too old
    if "token" in session or (not session and current_app.config["SESSION_COOKIE_NAME"] in request.cookies):
        session["note"] = "ended"
    if request.method == "GET":
        session["after"] = request.path
    return redirect(url_for("console.login"), 303)


def _see_token() -> None:
    try:
        validate_csrf(request.form.get(_TOKEN), session_key(current_app), token_key=_TOKEN)
    except ValidationError:
        raise BadRequest from None
