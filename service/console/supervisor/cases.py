"""The cases of the shop, those that are open first and by what is due next; and a new one, begun from its talk."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, get_args

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from riskmodel.conversation import ShopPolicy, parse_as
from riskmodel.errors import InputError
from service.backend import backend
from service.cases.case import Case
from service.cases.model import NewCase
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.evidence.profiles import due, load_profile, profile_names, read_event_date
from service.store.errors import ConflictError
from service.store.open_talks import find_talk

__all__ = ["appeal_due", "register"]

MOST_SHOWN: Final = 100
CLAIMS: Final = tuple(get_args(NewCase.model_fields["claim"].annotation))
_FIELDS: Final = ("claim", "profile", "event_date")


class _Due(NamedTuple):
    """What of a case is due next: the object of the table, or its appeal."""

    at: datetime
    what: str


def register() -> None:
    """Add these pages."""
    blueprint.get("/cases")(cases)
    blueprint.get("/talks/<talk>/case")(new_case)
    blueprint.post("/talks/<talk>/case")(open_case)


@needs("cases")
def cases() -> Response:
    """What is open, and what was decided last."""
    user, now = sessions.user(), datetime.now(UTC)
    opened = backend().cases.listed(user.shop_id, MOST_SHOWN + 1, decided=False)
    decided = backend().cases.listed(user.shop_id, MOST_SHOWN, decided=True)
    rows = sorted(((case, _next_due(case, now)) for case in opened[:MOST_SHOWN]), key=lambda row: _order(*row))
    more = len(opened) > MOST_SHOWN
    return write_page("supervisor/cases", opened=rows, decided=decided, more=more, zone=ShopPolicy().zone)


@needs("cases")
def new_case(talk: str) -> Response:
    """The form."""
    return _form(talk)


@needs("cases")
def open_case(talk: str) -> ResponseReturnValue:
    """Begin a case; sent twice, it is begun once."""
    user, given = sessions.user(), {name: request.form.get(name, "").strip() for name in (*_FIELDS, "case_id")}
    with backend().store.reading() as connection:
        found = find_talk(connection, user.shop_id, talk)
    told = {name: value for name, value in given.items() if value} | {"conversation_id": found.conversation_id}
    try:
        case, _ = backend().cases.open(user.shop_id, parse_as(NewCase, told), actor=user.actor)
    except InputError as error:
        wrong = [problem.field for problem in error.problems if problem.field in _FIELDS]
        return _form(talk, 422, given, wrong[0] if wrong else "claim")
    except ConflictError:  # the page was gone back to, and says something else by now
        return _form(talk, 409, given | {"case_id": ""}, "again")
    return redirect(url_for("console.show_case", case=case.name), 303)


def appeal_due(case: Case) -> datetime | None:
    """Until when an appeal can be filed, where the platform has a time for it and the day is known."""
    if case.facts.profile is None or case.facts.event_date is None:
        return None
    deadline = load_profile(case.facts.profile).deadline
    return due(deadline, read_event_date(case.facts.event_date), ShopPolicy().zone).before if deadline else None


def _next_due(case: Case, now: datetime) -> _Due | None:
    found = [_Due(each.due, each.object) for each in case.standings(now) if each.due is not None]
    appeal = appeal_due(case)
    return min([*found, *([] if appeal is None else [_Due(appeal, "appeal")])], default=None)


def _order(case: Case, following: _Due | None) -> tuple[bool, datetime]:
    return following is None, following.at if following is not None else case.made_at


def _form(name: str, status: int = 200, given: dict[str, Any] | None = None, problem: str | None = None) -> Response:
    user = sessions.user()
    with backend().store.reading() as connection:
        talk = find_talk(connection, user.shop_id, name)
    values = given or dict.fromkeys(_FIELDS, "")
    return write_page(
        "supervisor/new_case",
        status,
        talk=talk,
        given=values,
        case_id=values.get("case_id") or f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}",
        problem=problem,
        claims=CLAIMS,
        profiles=[load_profile(each) for each in profile_names()],
    )
