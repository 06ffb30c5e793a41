"""``/v1/imports``: a chat export, uploaded. What it holds is taken into the store as a whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify

from riskmodel.conversation import parse_conversation
from riskmodel.errors import FieldProblem, InputError
from service.api.form import Upload, read_upload
from service.api.query import is_asked, see_query
from service.auth import caller, needs
from service.backend import backend
from service.importers import ColumnMap, Imported, Rejected, UnclearSideError, read_export
from service.importers.files import SHANGHAI
from service.importers.sides import PREFIX
from service.problems import MOST_ERRORS_SHOWN, Problem

blueprint = Blueprint("imports", __name__, url_prefix="/v1/imports")

MOST_MESSAGES = 5_000
"""Of one request, as many as a talk may have: others wait with their messages while it is written."""
# each field of the form beside the file, and whether it may come more than once
_FIELDS = {
    "form": False,
    "shop": True,
    "platform": False,
    "columns": False,
    "encoding": False,
    "zone": False,
    "prefix": False,
    "leave_out": False,
}
_FORMS = ("text", "csv", "tsv", "xlsx", "jsonl")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,64}")
_SHOWN, _SHOWN_TEXT = 8, 80  # messages of a preview, and how much of each
_OPTION = re.compile(r"--([a-z-]+)")


@blueprint.post("")
@needs("score")
def import_chats() -> Response:
    """Read an export and take its conversations, all of them or none; with ``?preview=true`` only say what it holds."""
    see_query("preview")
    preview = is_asked("preview")
    upload = read_upload(_FIELDS)
    leave_out = _one(upload.fields, "leave_out", "false") == "true"
    try:
        found = _read(upload)
    except UnclearSideError as error:
        if preview:
            return jsonify(_previewed(Imported([], [], None), error))
        raise _unclear(error) from None
    except InputError as error:
        raise InputError([_over_http(problem) for problem in error.problems]) from None
    if preview:
        return jsonify(_previewed(found))
    if found.rejected and not leave_out:
        raise _rejected(found.rejected)
    count = sum(len(conversation["messages"]) for conversation in found.conversations)
    if count > MOST_MESSAGES:
        problem = f"holds {count} messages; at most {MOST_MESSAGES} are taken at once, export fewer talks at a time"
        raise InputError([FieldProblem("file", problem)])
    taken = backend().talks.add_conversations(
        caller().shop_id, [parse_conversation(conversation) for conversation in found.conversations]
    )
    return jsonify(
        {
            "conversations": [one._asdict() for one in taken],
            "messages": count,
            "new_messages": sum(one.new_messages for one in taken),
            "left_out": [_row(row) for row in found.rejected],
        }
    )


def _read(upload: Upload) -> Imported:
    fields = upload.fields
    columns = _one(fields, "columns", "")
    return read_export(
        _name(upload.name, _one(fields, "form", "")),
        upload.content,
        shop=tuple(name for name in fields.get("shop", []) if name),
        platform=_one(fields, "platform", "") or None,
        columns=ColumnMap.parse(columns) if columns else None,
        encoding=_one(fields, "encoding", "") or None,
        zone=_zone(_one(fields, "zone", "")),
        prefix=_prefix(_one(fields, "prefix", PREFIX)),
    )


def _one(fields: Mapping[str, list[str]], field: str, default: str) -> str:
    return fields.get(field, [default])[0].strip()


def _name(name: str, form: str) -> str:
    """A name whose ending says what the file is: the given form where there is one, else that of the upload."""
    if form and form not in _FORMS:
        raise InputError([FieldProblem("form", f"unknown; use {', '.join(_FORMS)}, or leave it out")])
    return f"export.{form}" if form else name


def _zone(name: str) -> ZoneInfo:
    if not name:
        return SHANGHAI
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InputError([FieldProblem("zone", "is not a known IANA time zone, e.g. Asia/Shanghai")]) from None


def _prefix(text: str) -> str:
    if _PREFIX.fullmatch(text) is None:
        raise InputError([FieldProblem("prefix", "has at most 64 of the characters A-Z a-z 0-9 . _ -")])
    return text


def _previewed(found: Imported, question: UnclearSideError | None = None) -> dict[str, Any]:
    messages = [message for conversation in found.conversations for message in conversation["messages"]]
    return {
        "conversations": len(found.conversations),
        "messages": len(messages),
        "columns": found.columns._asdict() if found.columns is not None else None,
        "first": [
            {"sender": message["sender"], "sent_at": message["sent_at"], "text": message["text"][:_SHOWN_TEXT]}
            for message in messages[:_SHOWN]
        ],
        "rejected": [_row(row) for row in found.rejected],
        "questions": [] if question is None else [_question(question)],
    }


def _row(row: Rejected) -> dict[str, Any]:
    return {"row": row.row, "field": row.field, "message": _plain(row.problem)}


def _question(error: UnclearSideError) -> dict[str, Any]:
    return {
        "field": "shop",
        "row": error.row,
        "message": _plain(error.what),
        "names": [{"name": name, "messages": count} for name, count in error.names],
    }


def _unclear(error: UnclearSideError) -> Problem:
    question = _question(error)
    return Problem(
        422,
        "Say which side is the shop's: send its name in the chat as the field `shop`, and send the file again. "
        "Nothing was kept.",
        kind="side-unclear",
        title="Which side is the shop's is not clear",
        errors=(FieldProblem(f"row {error.row}", question["message"]),),
        names=question["names"],
    )


def _rejected(rows: list[Rejected]) -> Problem:
    more = f"; the first {MOST_ERRORS_SHOWN} are shown" if len(rows) > MOST_ERRORS_SHOWN else ""
    return Problem(
        422,
        f"{len(rows)} rows cannot be read{more}. Mend them, or send the field `leave_out=true` to take the rest. "
        "Nothing was kept.",
        kind="rows",
        title="Rows of the export cannot be read",
        errors=tuple(FieldProblem(f"row {row.row}", f"{row.field}: {_plain(row.problem)}") for row in rows),
    )


def _over_http(problem: FieldProblem) -> FieldProblem:
    return FieldProblem(problem.field.removeprefix("--"), _plain(problem.message))


def _plain(text: str) -> str:
    """What the importers say, with fields of a form in place of options of a command."""
    return _OPTION.sub(lambda option: f"the field {option[1].replace('-', '_')}", text)
