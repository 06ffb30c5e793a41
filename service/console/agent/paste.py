"""Chats pasted in or uploaded, for shops whose chat program sends nothing: taken as a whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, get_args

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from riskmodel.conversation import Platform, parse_conversation
from riskmodel.errors import FieldProblem, InputError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.texts import say
from service.importers import Imported, UnclearSideError, read_export
from service.store.access import log_access
from service.store.errors import ConflictError

__all__ = ["register"]

MOST_MESSAGES: Final = 5_000
MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_SHOWN: Final = 20
PLATFORMS: Final = tuple(get_args(Platform))


class _Given(NamedTuple):
    """What the form had in it."""

    text: str
    name: str
    content: bytes
    shop: tuple[str, ...]
    platform: str | None


def register() -> None:
    """Add these pages."""
    blueprint.get("/paste")(paste)
    blueprint.post("/paste")(take)


@needs("replies")
def paste() -> Response:
    """The form."""
    return _form()


@needs("replies", most_bytes=MOST_BYTES)
def take() -> ResponseReturnValue:
    """Take what was pasted or uploaded and show it."""
    user, given = sessions.user(), _given()
    if bool(given.text.strip()) == bool(given.content):
        return _form(422, given, problem=say("paste.both" if given.content else "paste.empty"))
    try:
        found = _read(given)
        if found.rejected:
            rows = [(say("paste.row", row=row.row), f"{row.field}: {row.problem}") for row in found.rejected]
            return _form(422, given, problem=say("paste.problem"), rows=rows)
        count = sum(len(conversation["messages"]) for conversation in found.conversations)
        if count > MOST_MESSAGES:
            return _form(422, given, problem=say("paste.too_many", count=count, most=MOST_MESSAGES))
        conversations = [parse_conversation(conversation) for conversation in found.conversations]
        taken = backend().talks.add_conversations(user.shop_id, conversations)
    except UnclearSideError as error:
        return _form(422, given, problem=say("paste.unclear"), names=error.names)
    except InputError as error:
        return _form(422, given, problem=say("paste.problem"), rows=[_row(problem) for problem in error.problems])
    except ConflictError as error:
        return _form(409, given, problem=say("paste.problem"), rows=[("", str(error))])
    with backend().store.writing() as connection:
        log_access(connection, user.shop_id, user.actor, "import", at=datetime.now(UTC))
    return _after(user.shop_id, [one.conversation_id for one in taken])


def _after(shop_id: int, names: list[str]) -> ResponseReturnValue:
    session["note"] = "one_taken" if len(names) == 1 else "taken"
    if len(names) == 1:
        talk, _ = backend().talks.named_conversation(shop_id, names[0])
        return redirect(url_for("console.show_talk", talk=talk), 303)
    return redirect(url_for("console.home"), 303)


def _given() -> _Given:
    upload = request.files.get("file")
    return _Given(
        request.form.get("text", ""),
        (upload.filename or "") if upload else "",
        upload.read() if upload else b"",
        tuple(name for name in request.form.getlist("shop") if name.strip()),
        request.form.get("platform") or None,
    )


def _read(given: _Given) -> Imported:
    if given.platform is not None and given.platform not in PLATFORMS:
        raise InputError([FieldProblem("platform", f"use one of {', '.join(PLATFORMS)}")])
    if given.content:
        return read_export(given.name, given.content, shop=given.shop, platform=given.platform)
    return read_export("chat.txt", given.text.encode("utf-8", "replace"), shop=given.shop, platform=given.platform)


def _row(problem: FieldProblem) -> tuple[str, str]:
    return problem.field, problem.message


def _form(status: int = 200, given: _Given | None = None, **found: Any) -> Response:
    values: dict[str, Any] = {"problem": None, "rows": [], "names": [], **found}
    values["more_rows"] = max(0, len(values["rows"]) - _MOST_SHOWN)
    values["rows"] = values["rows"][:_MOST_SHOWN]
    return write_page("agent/paste", status, given=given, platforms=PLATFORMS, **values)
