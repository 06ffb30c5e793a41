"""What was decided of a talk, a second look at it, and the form to decide.

"The complaint was legitimate" is as easy to say as its opposite: nothing is chosen beforehand, no key is nearer, and
which of the two stands first changes from talk to talk. Whoever takes a second look does not see the first decision.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.cases.case import Case
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.guard import is_part
from service.console.page import write_page
from service.console.supervisor.people import names
from service.store.labels import PLATFORM_DECISIONS
from service.store.looks import QUIET, RANDOM, is_unheld
from service.store.open_talks import find_talk
from service.store.reviews import ASKED, ReviewStore
from service.store.talks import Talk
from service.store.users import User

__all__ = ["LONGEST_REASON", "Given", "choices", "is_blind", "problem_of", "register"]

LONGEST_REASON: Final = 2_000
_OPPOSITES: Final = ("abusive", "legit_complaint")
_MOST_CASES: Final = 20


class Given(NamedTuple):
    """What the form to decide had in it."""

    outcome: str = ""
    reason: str = ""
    cause: str = ""
    platform_decision: str = ""

    @classmethod
    def read(cls) -> Given:
        """From the form of this request."""
        outcome, reason, *rest = (request.form.get(name, "") for name in cls._fields)
        return cls(outcome, reason.replace("\r\n", "\n").strip(), *rest)


def register() -> None:
    """Add these pages."""
    blueprint.get("/talks/<talk>/panel")(panel)
    blueprint.get("/talks/<talk>/looks")(looks)
    blueprint.post("/talks/<talk>/ask")(ask)
    blueprint.post("/talks/<talk>/decide")(decide)


def choices(talk: str) -> tuple[str, ...]:
    """What can be decided of the talk of this random name, in its order.

    >>> choices("0" * 32), choices("1" * 32)
    (('abusive', 'legit_complaint', 'unclear'), ('legit_complaint', 'abusive', 'unclear'))
    """
    step = -1 if talk[-1] in "13579bdf" else 1
    return (*_OPPOSITES[::step], "unclear")


def problem_of(given: Given) -> str | None:
    """What is wrong with a decision as it was given, if anything."""
    if given.outcome not in (*_OPPOSITES, "unclear") or given.platform_decision not in ("", *PLATFORM_DECISIONS):
        return "outcome"
    if not given.reason:
        return "reason"
    return "long" if len(given.reason) > LONGEST_REASON or "\0" in given.reason else None


def is_blind(connection: Connection, user: User, talk: str) -> bool:
    """Whether this person is not to see yet what was decided of the talk of this random name."""
    found = find_talk(connection, user.shop_id, talk)
    return ReviewStore(connection, backend().keys.current(), user.shop_id).is_blind(found, user.actor)


@needs("talks")
def panel(talk: str) -> Response:
    """The part of a talk's page where people decide; as a page of its own where there is no script."""
    return _panel(talk)


@needs("talks")
def looks(talk: str) -> Response:
    """What was asked and decided, for a page that is open."""
    user = sessions.user()
    with backend().store.reading() as connection:
        return write_page("supervisor/looks", **_looks(connection, user, find_talk(connection, user.shop_id, talk)))


@needs("talks")
def ask(talk: str) -> ResponseReturnValue:
    """Ask that somebody else look at the talk."""
    user = sessions.user()
    with backend().store.writing() as connection:
        found = find_talk(connection, user.shop_id, talk)
        _reviews(connection, user).ask(found, by=user.actor, now=datetime.now(UTC))
    if is_part():
        return looks(talk)
    session["note"] = "asked"
    return redirect(url_for("console.show_talk", talk=found.talk), 303)


@needs("decisions")
def decide(talk: str) -> ResponseReturnValue:
    """Keep what somebody decided of the talk, and why."""
    user, given = sessions.user(), Given.read()
    problem = problem_of(given)
    with backend().store.writing() as connection:
        found = find_talk(connection, user.shop_id, talk)
        if problem is None:
            name, now = found.conversation_id, datetime.now(UTC)
            _reviews(connection, user).decide(name, given.outcome, by=user.actor, now=now, reason=given.reason)
    if is_part():
        values = _form(found, given if problem else Given(), problem)
        return write_page("supervisor/decide_form", 422 if problem else 200, **values, taken=problem is None)
    if problem is not None:
        return _panel(talk, 422, given, problem)
    session["note"] = "decided"
    return redirect(url_for("console.show_talk", talk=found.talk), 303)


def _panel(name: str, status: int = 200, given: Given | None = None, problem: str | None = None) -> Response:
    user = sessions.user()
    with backend().store.reading() as connection:
        talk = find_talk(connection, user.shop_id, name)
        values = _looks(connection, user, talk)
    found: list[Case] = []
    if "cases" in user.rights:
        asked = talk.conversation_id
        found = backend().cases.page(user.shop_id, _MOST_CASES, conversation_id=asked)
    template = "supervisor/panel" if is_part() else "supervisor/panel_page"
    return write_page(template, status, **values, **_form(talk, given or Given(), problem), taken=False, cases=found)


def _form(talk: Talk, given: Given, problem: str | None) -> dict[str, Any]:
    where = url_for("console.decide", talk=talk.talk)
    return {
        "action": where,
        "keep": f"{talk.talk}:reason",
        "choices": choices(talk.talk),
        "given": given,
        "problem": problem,
        "longest": LONGEST_REASON,
        "causes": (),
    }


def _looks(connection: Connection, user: User, talk: Talk) -> dict[str, Any]:
    stored, name = _reviews(connection, user), names(connection, user)
    given, found = stored.decisions(talk), stored.reviews(talk)
    decides = "decisions" in user.rights
    blind = stored.is_blind(talk, user.actor)
    ended = not given and datetime.now(UTC) - talk.changed_at >= QUIET and is_unheld(connection, talk)
    differs = bool(given) and any(look.agrees is False and look.label_id == given[0].id for look in found)
    return {
        "talk": talk,
        "decisions": [(each, name(each.made_by)) for each in given] if decides and not blind else [],
        "blind": decides and blind,
        "differs": decides and differs and not blind,
        "waiting": [
            (look, name(look.asked_by))
            for look in found
            if look.label_id is None and (look.kind == ASKED or (decides and (look.kind != RANDOM or ended)))
        ],
        "zone": ShopPolicy().zone,
    }


def _reviews(connection: Connection, user: User) -> ReviewStore:
    return ReviewStore(connection, backend().keys.current(), user.shop_id)
