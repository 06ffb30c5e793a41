"""For how long talks are kept: what would be erased by a limit is counted before the limit is set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.texts import say
from service.store.retention import MOST_DAYS, count_past, limits, own_limit
from service.store.shops import set_retention

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    blueprint.get("/setup/retention")(retention)
    blueprint.post("/setup/retention")(keep_for)


@needs("settings")
def retention() -> Response:
    """What is set, and the form for another limit."""
    return _form()


@needs("settings")
def keep_for() -> ResponseReturnValue:
    """Count what a limit would erase; set it where it comes a second time, as confirmed."""
    user, now = sessions.user(), datetime.now(UTC)
    text = request.form.get("days", "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 7 and 0 < int(text) <= MOST_DAYS):
        return _form(422, days=text, problem=say("retention.problem", most=MOST_DAYS))
    days = int(text) if text else None
    if request.form.get("confirmed") != (text or "none"):
        with backend().store.reading() as connection:
            count = _due(connection, user.shop_id, days, now)
        return _form(days=text, asked=True, count=count)
    with backend().store.writing() as connection:
        set_retention(connection, user.shop_id, days, actor=user.actor, now=now)
    session["note"] = "retention_saved"
    return redirect(url_for("console.retention"), 303)


def _due(connection: Connection, shop_id: int, days: int | None, now: datetime) -> int:
    """How many talks are past a limit now, the general one where it is None."""
    limit = days or _general()
    return count_past(connection, shop_id, limit, now) if limit else 0


def _general() -> int | None:
    return current_app.config["RETENTION_DAYS"] or None


def _form(status: int = 200, **values: Any) -> Response:
    shop_id, now = sessions.user().shop_id, datetime.now(UTC)
    with backend().store.reading() as connection:
        own = own_limit(connection, shop_id)
        present = limits(connection, _general())[shop_id]
        due = _due(connection, shop_id, own, now)
    given = {"days": str(own or ""), "problem": None, "asked": False, "count": 0, **values}
    return write_page("setup/retention", status, own=own, present=present, general=_general(), due=due, **given)
