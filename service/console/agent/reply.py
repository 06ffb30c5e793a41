"""The box for a reply: checks what is being typed, and takes down what was said where no program sends it.

Nothing is sent to a buyer from here: the agent copies the reply into the platform's chat.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from riskmodel.conversation import Message, ShopPolicy, parse_as
from riskmodel.errors import InputError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.guard import is_part
from service.console.page import write_page
from service.metrics import count_reply_check
from service.store.access import log_access
from service.store.open_talks import find_talk
from service.store.talks import Talk

__all__ = ["TYPED", "Stretch", "register", "stretches", "write_check"]

TYPED: Final = "typed-"
"""How the ids of messages begin that people of the shop took down themselves."""
LONGEST: Final = 20_000  # of a draft, as the contract has it
MOST_BYTES: Final = 12 * LONGEST + 4096  # each sign of the longest as %XX three or four times, and the form around it
_SIDES: Final = ("buyer", "agent")


class Stretch(NamedTuple):
    """A part of a draft, and the numbers of the findings that it is under."""

    text: str
    findings: tuple[int, ...]


def register() -> None:
    """Add these pages."""
    blueprint.post("/talks/<talk>/check")(check)
    blueprint.post("/talks/<talk>/say")(say)


@needs("replies", most_bytes=MOST_BYTES)
def check(talk: str) -> Response:
    """What is wrong with a draft, if anything, and what could be said instead."""
    with backend().store.reading() as connection:
        found = find_talk(connection, sessions.user().shop_id, talk)
    return write_check(found)


def write_check(talk: Talk) -> Response:
    """The part of a page that answers a draft, the field ``text`` of this request, in a talk."""
    draft = request.form.get("text", "").replace("\r\n", "\n")
    if not draft.strip():
        return write_page("agent/check", checked=None, problem=None)
    if len(draft) > LONGEST:
        return write_page("agent/check", 422, checked=None, problem="long")
    checked = backend().talks.check_reply(talk.shop_id, talk.conversation_id, draft)
    count_reply_check(checked)
    return write_page(
        "agent/check",
        checked=checked,
        problem=None,
        stretches=list(stretches(draft, checked["findings"])),
        as_of=datetime.now(UTC),
        zone=ShopPolicy().zone,
    )


@needs("replies", most_bytes=MOST_BYTES)
def say(talk: str) -> ResponseReturnValue:
    """Take down what one side said just now; the page then shows the talk with it."""
    user, now = sessions.user(), datetime.now(UTC)
    side, text = request.form.get("side", ""), request.form.get("text", "").replace("\r\n", "\n")
    with backend().store.reading() as connection:
        found = find_talk(connection, user.shop_id, talk)
    if side not in _SIDES:
        raise BadRequest
    problem = None if text.strip() else "empty"
    if problem is None:
        name = TYPED + secrets.token_hex(8)
        try:
            told = {"message_id": name, "sender": side, "sent_at": now.isoformat(), "text": text}
            backend().talks.add_messages(user.shop_id, found.conversation_id, [parse_as(Message, told)])
        except InputError:
            problem = "long"
    if problem is not None:
        return write_page("agent/said", 422, problem=problem, talk=found)
    with backend().store.writing() as connection:
        log_access(connection, user.shop_id, user.actor, "say", at=now, talk=found.talk)
    if is_part():
        return write_page("agent/said", problem=None, talk=found)
    return redirect(url_for("console.show_talk", talk=found.talk), 303)


def stretches(draft: str, findings: Sequence[dict[str, Any]]) -> Iterator[Stretch]:
    """A draft cut where findings begin and end.

    >>> list(stretches("好的一定到", [{"span": [2, 4]}]))
    [Stretch(text='好的', findings=()), Stretch(text='一定', findings=(1,)), Stretch(text='到', findings=())]
    """
    edges = sorted({0, len(draft), *(edge for finding in findings for edge in finding["span"])})
    for start, end in pairwise(edges):
        under = [
            number
            for number, finding in enumerate(findings, start=1)
            if finding["span"][0] <= start and end <= finding["span"][1]
        ]
        yield Stretch(draft[start:end], tuple(under))
