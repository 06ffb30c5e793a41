"""One case: what was done, who may do what next and until when, its files, what was decided, and its bundle."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from riskmodel.conversation import ShopPolicy, parse_as
from riskmodel.errors import InputError
from service.api.evidence import bundle_answer, stamp_of_service
from service.backend import backend
from service.cases.case import Case, Happened
from service.cases.desk import TooLargeError
from service.cases.flow import NotPossibleError
from service.cases.model import (
    MEDIA_TYPES,
    MOST_BYTES,
    MOST_EVENTS,
    MOST_EXHIBITS,
    MOST_FILE_BYTES,
    Decision,
    Event,
    Note,
    StepTaken,
    see_file_name,
)
from service.cases.table import load_table
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.supervisor.cases import appeal_due
from service.console.supervisor.decide import LONGEST_REASON, Given, choices, is_blind, problem_of
from service.console.supervisor.people import names
from service.evidence.authority import TimeAuthorityError
from service.evidence.profiles import load_profile
from service.evidence.signature import fingerprint
from service.store.errors import ConflictError
from service.store.labels import PLATFORM_DECISIONS
from service.store.users import User

__all__ = ["register"]

_UPLOAD: Final = 2 * MOST_FILE_BYTES  # what is somewhat too large is told so in its place
_LONGEST_NOTE: Final = 5_000
# the figures that sentences on limits name
_MOST: Final = {
    "one": MOST_FILE_BYTES // 2**20,
    "all": MOST_BYTES // 2**20,
    "files": MOST_EXHIBITS,
    "events": MOST_EVENTS,
    "note": _LONGEST_NOTE,
}


def register() -> None:
    """Add these pages."""
    blueprint.get("/cases/<case>")(show_case)
    blueprint.get("/cases/<case>/files/<position>")(send_file)
    blueprint.post("/cases/<case>/step")(take_step)
    blueprint.post("/cases/<case>/note")(take_note)
    blueprint.post("/cases/<case>/file")(take_file)
    blueprint.post("/cases/<case>/decision")(take_decision)
    blueprint.post("/cases/<case>/bundle")(make_bundle)


@needs("cases")
def show_case(case: str) -> Response:
    """The case as it stands."""
    return _page(case)


@needs("cases")
def send_file(case: str, position: str) -> Response:
    """A file as it was filed, to download; who looked at it is noted. Its address does not say its name."""
    user = sessions.user()
    case_id = backend().cases.id_of(user.shop_id, case)
    name = _file_at(user, case_id, position)
    if name is None:
        raise NotFound
    exhibit, content = backend().cases.content(user.shop_id, case_id, name, actor=user.actor)
    ending = MEDIA_TYPES[exhibit.file.media_type]
    headers = {"Content-Disposition": f'attachment; filename="exhibit.{ending}"'}
    return Response(content, headers=headers, content_type=exhibit.file.media_type)


@needs("cases")
def take_step(case: str) -> ResponseReturnValue:
    """Note something that was done by the table of the flow."""
    name, _, action = request.form.get("step", "").partition(".")
    told: dict[str, Any] = {"kind": "step", "object": name, "action": action}
    if given := request.form.get("at", "").strip():
        at = _moment(given, ShopPolicy().zone)
        if at is None:
            return _page(case, 422, about="step", problem="time")
        told["at"] = at.isoformat()
    return _taken(case, "step", StepTaken, told)


@needs("cases")
def take_note(case: str) -> ResponseReturnValue:
    """Keep something worth noting."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text or len(text) > _LONGEST_NOTE:
        return _page(case, 422, about="note", problem="long_note" if text else "no_note")
    return _taken(case, "note", Note, {"kind": "note", "text": text})


@needs("decisions")
def take_decision(case: str) -> ResponseReturnValue:
    """Keep what the case came to; that is a decision of its talk, too."""
    given = Given.read()
    problem = problem_of(given)
    if problem is not None:
        return _page(case, 422, about="decision", problem=problem)
    told = {"kind": "decision", **{name: value for name, value in given._asdict().items() if value}}
    return _taken(case, "decision", Decision, told)


@needs("cases", most_bytes=_UPLOAD)
def take_file(case: str) -> ResponseReturnValue:
    """Keep a file with the case, or take one out."""
    user = sessions.user()
    case_id = backend().cases.id_of(user.shop_id, case)
    removed, upload = request.form.get("remove"), request.files.get("file")
    if removed is not None:
        file = _file_at(user, case_id, removed)
        if file is not None:  # else somebody else was quicker
            backend().cases.remove(user.shop_id, case_id, file, actor=user.actor)
        return _back(case, "file_removed")
    if not upload or not upload.filename:
        return _page(case, 422, about="file", problem="no_file")
    media_type = upload.mimetype if upload.mimetype in MEDIA_TYPES else "application/octet-stream"
    try:
        name = see_file_name(upload.filename)
        backend().cases.file(user.shop_id, case_id, name, media_type, upload.read(), actor=user.actor)
    except TooLargeError:
        return _page(case, 413, about="file", problem="file_too_large")
    except ConflictError:
        return _page(case, 409, about="file", problem="same_name")
    except (ValueError, InputError):
        return _page(case, 422, about="file", problem="file_name")
    return _back(case, "file_taken")


@needs("cases")
def make_bundle(case: str) -> ResponseReturnValue:
    """The bundle of the case as it stands, to download; who had it made is noted."""
    from service.cases.bundle import bundle_of_case  # noqa: PLC0415  # the templates of a bundle take a while to load

    here, user = backend(), sessions.user()
    case_id = here.cases.id_of(user.shop_id, case)
    with here.store.reading() as connection:
        blind = is_blind(connection, user, here.cases.read(user.shop_id, case_id).talk)
    if blind:  # it says what was decided
        return _page(case, 409, about="bundle", problem="blind")
    try:
        content = bundle_of_case(
            here.store,
            here.keys,
            here.signing_key,
            user.shop_id,
            case_id,
            actor=user.actor,
            now=datetime.now(UTC),
            stamp=stamp_of_service(),
        )
    except InputError:
        return _page(case, 422, about="bundle", problem="no_bundle")
    except TimeAuthorityError:
        return _page(case, 503, about="bundle", problem="no_stamp")
    return bundle_answer(content)


def _file_at(user: User, case_id: str, position: str) -> str | None:
    exhibits = backend().cases.read(user.shop_id, case_id).exhibits
    return next((each.file.name for each in exhibits if str(each.position) == position), None)


def _taken(case: str, about: str, kind: type[Event], told: Mapping[str, Any]) -> ResponseReturnValue:
    """Keep an event; the same form sent twice is kept once."""
    user = sessions.user()
    case_id = backend().cases.id_of(user.shop_id, case)
    once = request.form.get("once") or secrets.token_hex(8)
    try:
        event = parse_as(kind, {**told, "event_id": once})
        backend().cases.add_event(user.shop_id, case_id, event, actor=user.actor)
    except NotPossibleError:
        return _page(case, 409, about=about, problem="not_possible")
    except ConflictError:
        return _page(case, 409, about=about, problem="again")
    except InputError as error:
        late = error.problems[0].field == "at"
        return _page(case, 422, about=about, problem="time" if late else "not_possible" if about == "step" else "long")
    return _back(case, f"{about}_taken")


def _back(case: str, note: str) -> ResponseReturnValue:
    session["note"] = note
    return redirect(url_for("console.show_case", case=case), 303)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """What a field for day and time holds."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None


def _page(name: str, status: int = 200, *, about: str | None = None, problem: str | None = None) -> Response:
    """The case; with a problem, which is said where it arose, and what was typed stays in its field."""
    user, now = sessions.user(), datetime.now(UTC)
    case_id = backend().cases.id_of(user.shop_id, name)
    case = backend().cases.read(user.shop_id, case_id, actor=user.actor)
    return write_page(
        "supervisor/case",
        status,
        **_told(user, case),
        about=about,
        problem=problem,
        most=_MOST,
        typed_at=request.form.get("at", "") if about == "step" else "",
        typed_note=request.form.get("text", "") if about == "note" else "",
        given=Given.read() if about == "decision" else Given(),
        once=secrets.token_hex(8),
        standings=case.standings(now),
        due=appeal_due(case),
        zone=ShopPolicy().zone,
        table=load_table(),
        profile=None if case.facts.profile is None else load_profile(case.facts.profile),
        choices=choices(case.talk),
        platform_decisions=PLATFORM_DECISIONS,
        longest=LONGEST_REASON,
        longest_note=_LONGEST_NOTE,
        signer=fingerprint(backend().signing_key.public_key()),
    )


def _told(user: User, case: Case) -> dict[str, Any]:
    """The case with who did what in it, without what was decided for whoever is not to see that yet."""
    with backend().store.reading() as connection:
        name, blind = names(connection, user), is_blind(connection, user, case.talk)
    happened = [each for each in case.events if not (blind and isinstance(each.event, Decision))]
    return {
        "case": case,
        "blind": blind,
        "happened": [(each, name(each.made_by), _step(each)) for each in reversed(happened)],
        "exhibits": [(each, name(each.made_by)) for each in case.exhibits],
        "made_by": name(case.made_by),
    }


def _step(happened: Happened) -> Any:
    """The move of the table that an event is; None for one that is no step, or is of a table before this one."""
    event = happened.event
    return load_table().move(event.object, event.action) if isinstance(event, StepTaken) else None
