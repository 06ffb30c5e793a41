"""``/v1/cases``: after-sales cases about stored talks, with their steps, their decision and their exhibits."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from riskmodel.conversation import parse_as
from riskmodel.errors import FieldProblem, InputError
from service.api.body import read_body
from service.api.evidence import bundle_answer, stamp_of_service
from service.api.query import named, number_cursor, page_size, see_query
from service.auth import caller, needs
from service.backend import backend
from service.cases.case import Case
from service.cases.model import MEDIA_TYPES, NewCase, parse_event, see_file_name
from service.cases.shown import shown_case, shown_exhibit, summary_of
from service.problems import Problem

blueprint = Blueprint("cases", __name__, url_prefix="/v1/cases")

_ASKED = ("profile", "event_date", "language")


@blueprint.post("")
@needs("evidence")
def open_case() -> tuple[Response, int]:
    """Open a case about a talk; the same again is opened once."""
    new = read_body(lambda body: parse_as(NewCase, body))
    case, is_new = backend().cases.open(caller().shop_id, new, actor=caller().actor)
    return _case(case), 201 if is_new else 200


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
    return jsonify({"cases": [summary_of(case) for case in shown], "next_cursor": following})


@blueprint.get("/<case_id>")
@needs("evidence")
def read_case(case_id: str) -> Response:
    """The case with its events and exhibits, and where each thing stands; who looked at it is noted."""
    return _case(backend().cases.read(caller().shop_id, _id(case_id), actor=caller().actor))


@blueprint.post("/<case_id>/events")
@needs("evidence")
def add_case_event(case_id: str) -> tuple[Response, int]:
    """Note a step, a note or a decision; the same again is kept once. Answers with the case as it then stands."""
    event = read_body(parse_event)
    case, is_new = backend().cases.add_event(caller().shop_id, _id(case_id), event, actor=caller().actor)
    return _case(case), 201 if is_new else 200


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
    return jsonify(shown_exhibit(exhibit)), 201 if is_new else 200


@blueprint.get("/<case_id>/exhibits/<name>")
@needs("evidence")
def read_exhibit(case_id: str, name: str) -> Response:
    """The file as it was filed; who looked at it is noted."""
    exhibit, content = backend().cases.content(caller().shop_id, _id(case_id), _id(name), actor=caller().actor)
    ending = MEDIA_TYPES[exhibit.file.media_type]
    headers = {"Content-Disposition": f'attachment; filename="exhibit.{ending}"'}  # its own name can be personal
    return Response(content, headers=headers, content_type=exhibit.file.media_type)


@blueprint.delete("/<case_id>/exhibits/<name>")
@needs("evidence")
def delete_exhibit(case_id: str, name: str) -> Response:
    """Delete a file of a case, and answer with those that are left; who did is noted."""
    case = backend().cases.remove(caller().shop_id, _id(case_id), _id(name), actor=caller().actor)
    return jsonify({"exhibits": [shown_exhibit(each) for each in case.exhibits]})


@blueprint.post("/<case_id>/evidence")
@needs("evidence")
def make_case_evidence(case_id: str) -> Response:
    """The bundle of the case's talk with its exhibits and steps, for the case's platform or another one."""
    from service.cases.bundle import bundle_of_case  # noqa: PLC0415  # the templates of a bundle take a while to load

    see_query(*_ASKED)
    content = bundle_of_case(
        backend().store,
        backend().keys,
        backend().signing_key,
        caller().shop_id,
        _id(case_id),
        actor=caller().actor,
        now=datetime.now(UTC),
        stamp=stamp_of_service(),
        **{name: request.args.get(name) for name in _ASKED},
    )
    return bundle_answer(content)


def _id(name: str) -> str:
    return name.replace("\0", "\ufffd")  # which no case and no file has; the database takes no NUL


def _case(case: Case) -> Response:
    return jsonify(shown_case(case, datetime.now(UTC)))
