"""``/v1/cases``: after-sales cases about stored talks, with their steps, their decision and their exhibits."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from riskmodel.conversation import parse_as
from riskmodel.errors import FieldProblem, InputError
from service.api.body import read_body
from service.api.evidence import bundle_answer, stamp_of_service
from service.api.query import named, number_cursor, page_size, see_query
from service.auth import caller, needs
from service.backend import backend
from service.cases.desk import Case, Exhibit, Happened
from service.cases.flow import Standing
from service.cases.model import MEDIA_TYPES, NewCase, parse_event, see_file_name
from service.cases.table import Move, load_table
from service.problems import Problem

blueprint = Blueprint("cases", __name__, url_prefix="/v1/cases")

_ACTIONS = ("profile", "event_date", "language")


@blueprint.post("")
@needs("evidence")
def open_case() -> tuple[Response, int]:
    """Open a case about a talk; the same again is opened once."""
    new = read_body(lambda body: parse_as(NewCase, body))
    case, is_new = backend().cases.open(caller().shop_id, new, actor=caller().actor)
    return jsonify(_shown(case)), 201 if is_new else 200


@blueprint.get("")
@needs("evidence")
def list_cases() -> Response:
    """The cases of the shop, the latest first; with ``?conversation_id=`` those about one talk."""
    see_query("limit", "cursor", "conversation_id")
    limit, before, name = page_size(), number_cursor(), request.args.get("conversation_id")
    about = None if name is None else named(name)
    found = backend().cases.page(caller().shop_id, limit + 1, before=before, conversation_id=about)
    shown = found[:limit]
    following = str(shown[-1].number) if len(found) > limit else None
    return jsonify({"cases": [_summary(case) for case in shown], "next_cursor": following})


@blueprint.get("/<case_id>")
@needs("evidence")
def read_case(case_id: str) -> Response:
    """The case with its events and exhibits, and where each thing stands; who looked at it is noted."""
    return jsonify(_shown(backend().cases.read(caller().shop_id, _id(case_id), actor=caller().actor)))


@blueprint.post("/<case_id>/events")
@needs("evidence")
def add_case_event(case_id: str) -> tuple[Response, int]:
    """Note a step, a note or a decision; the same again is kept once. Answers with the case as it then stands."""
    event = read_body(parse_event)
    case, is_new = backend().cases.add_event(caller().shop_id, _id(case_id), event, actor=caller().actor)
    return jsonify(_shown(case)), 201 if is_new else 200


@blueprint.put("/<case_id>/exhibits/<name>")
@needs("evidence")
def file_exhibit(case_id: str, name: str) -> tuple[Response, int]:
    """Keep the file that the body is, under this name; the same again is kept once.

    With ``?sha256=`` the content must be that of this digest.
    """
    if request.mimetype not in MEDIA_TYPES or request.content_encoding:
        raise Problem(
            415,
            f"Send the file itself as the body, with its own media type: one of {', '.join(MEDIA_TYPES)}.",
            kind="media-type",
            title="The body is of another media type",
        )
    see_query("sha256")
    try:
        see_file_name(name)
    except ValueError as error:
        raise InputError([FieldProblem("name", str(error))]) from None
    exhibit, is_new = backend().cases.file(
        caller().shop_id,
        _id(case_id),
        name,
        request.mimetype,
        request.get_data(cache=False),
        sha256=request.args.get("sha256"),
        actor=caller().actor,
    )
    return jsonify(_exhibit(exhibit)), 201 if is_new else 200


@blueprint.get("/<case_id>/exhibits/<name>")
@needs("evidence")
def read_exhibit(case_id: str, name: str) -> Response:
    """The file as it was filed; who looked at it is noted."""
    exhibit, content = backend().cases.content(caller().shop_id, _id(case_id), _id(name), actor=caller().actor)
    ending = mimetypes.guess_extension(exhibit.file.media_type) or ""
    headers = {"Content-Disposition": f'attachment; filename="exhibit{ending}"'}  # its own name can be personal
    return Response(content, headers=headers, content_type=exhibit.file.media_type)


@blueprint.delete("/<case_id>/exhibits/<name>")
@needs("evidence")
def delete_exhibit(case_id: str, name: str) -> Response:
    """Delete a file of a case, and answer with those that are left; who did is noted."""
    case = backend().cases.remove(caller().shop_id, _id(case_id), _id(name), actor=caller().actor)
    return jsonify({"exhibits": [_exhibit(each) for each in case.exhibits]})


@blueprint.post("/<case_id>/evidence")
@needs("evidence")
def make_case_evidence(case_id: str) -> Response:
    """The bundle of the case's talk with its exhibits and steps, for the case's platform or another one."""
    from service.cases.bundle import bundle_of_case  # noqa: PLC0415  # the templates of a bundle take a while to load

    see_query(*_ACTIONS)
    content = bundle_of_case(
        backend().store,
        backend().keys,
        backend().signing_key,
        caller().shop_id,
        _id(case_id),
        actor=caller().actor,
        now=datetime.now(UTC),
        stamp=stamp_of_service(),
        **{name: request.args.get(name) for name in _ACTIONS},
    )
    return bundle_answer(content)


def _id(name: str) -> str:
    return name.replace("\0", "\ufffd")  # which no case and no file has; the database takes no NUL


def _summary(case: Case) -> dict[str, Any]:
    facts = case.facts
    return {
        "case_id": facts.case_id,
        "conversation_id": facts.conversation_id,
        "claim": facts.claim,
        "profile": facts.profile,
        "event_date": facts.event_date,
        "language": facts.language,
        "outcome": case.outcome,
        "made_by": case.made_by,
        "made_at": case.made_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
    }


def _shown(case: Case) -> dict[str, Any]:
    decision = case.decision
    return {
        **_summary(case),
        "reason": decision and decision.reason,
        "cause": decision and decision.cause,
        "standings": [_standing(each) for each in case.standings(datetime.now(UTC))],
        "events": [_event(each) for each in case.events],
        "exhibits": [_exhibit(each) for each in case.exhibits],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    followed, deadline = load_table().objects[standing.object], standing.deadline
    state = followed.states[standing.state]
    return {
        "object": standing.object,
        "object_zh": followed.zh,
        "object_en": followed.en,
        "state": standing.state,
        "state_zh": state.zh,
        "state_en": state.en,
        "since": standing.since and standing.since.isoformat(),
        "possible": [_move(move) for move in standing.possible],
        "due": standing.due and standing.due.isoformat(),
        "due_source": deadline and load_table().sources[deadline.source].title,
        "due_confidence": deadline and deadline.confidence,
        "overdue": standing.overdue,
        "if_nobody_acts": standing.if_nobody_acts and _move(standing.if_nobody_acts),
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "action": move.action,
        "by": move.by,
        "to": move.to,
        "text_zh": move.zh,
        "text_en": move.en,
        "if_zh": move.if_zh,
        "if_en": move.if_en,
    }


def _event(happened: Happened) -> dict[str, Any]:
    told = happened.event.model_dump(mode="json", exclude_none=True)
    return {**told, "at": happened.at.isoformat(), "made_by": happened.made_by, "made_at": happened.made_at.isoformat()}


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    return {
        **exhibit.file.model_dump(mode="json"),
        "filed": exhibit.filed,
        "made_by": exhibit.made_by,
        "made_at": exhibit.made_at.isoformat(),
    }
