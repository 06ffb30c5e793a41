"""The open talks of the shop, the most urgent first; and one talk, which is noted as looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response, request
from werkzeug.exceptions import NotFound

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console import sessions
from service.console.blueprint import SIGNED_IN, blueprint, needs
from service.console.page import write_page
from service.console.transcript import read_lines, sum_up
from service.store.access import log_access
from service.store.open_talks import find_talk, open_talks
from service.store.talks import TalkStore
from service.store.users import User

__all__ = ["register"]

OPEN_FOR = timedelta(days=3)
"""A talk in which nothing has happened for so long is no longer looked for on the first page."""
MOST_SHOWN = 100
MESSAGES_SHOWN = 200


def register() -> None:
    """Add these pages."""
    blueprint.get("/")(home)
    blueprint.get("/talks")(home_list)
    blueprint.get("/talks/<talk>")(show_talk)


@needs(SIGNED_IN)
def home() -> Response:
    """The first page: the open talks for whoever may see them, for others what their role is for."""
    user = _user()
    if "talks" not in user.rights:
        return write_page("no_talks")
    return _list("home", user)


@needs("talks")
def home_list() -> Response:
    """The list alone, for a page that is open."""
    return _list("home_list", _user())


def _list(template: str, user: User) -> Response:
    since = datetime.now(UTC) - OPEN_FOR
    with backend().store.reading() as connection:
        found = open_talks(connection, user.shop_id, since=since, limit=MOST_SHOWN + 1)
    return write_page(
        template, talks=found[:MOST_SHOWN], more=len(found) > MOST_SHOWN, days=OPEN_FOR.days, zone=ShopPolicy().zone
    )


@needs("talks")
def show_talk(talk: str) -> Response:
    """One talk with its reasons in place, the latest messages or those up to another one."""
    user = _user()
    with backend().store.writing() as connection:
        found = find_talk(connection, user.shop_id, talk)
        log_access(connection, user.shop_id, user.actor, "read", at=datetime.now(UTC), talk=found.talk)
    with backend().store.reading() as connection:
        stored = TalkStore(connection, backend().keys.current(), user.shop_id)
        found = find_talk(connection, user.shop_id, talk)
        facts, messages = stored.facts(found), list(stored.messages(found))
        given = stored.assessments(found, positions=[found.entries - 1])
    until = _until(len(messages))
    latest = given[0].assessment if given else None
    points = sum_up(latest["reasons"]) if latest is not None else []
    first = max(0, until - MESSAGES_SHOWN)
    lines = read_lines(messages[first:until], points)
    return write_page(
        "talk",
        talk=found,
        points=points,
        lines=lines,
        shown={note.number for line in lines for note in line.notes},
        abstained=latest is None or latest["abstained"],
        # facts that came later may have changed what the last message means; of that there are no reasons
        outdated=latest is not None and latest["risk"] != found.risk,
        earlier=first or None,
        later=min(len(messages), until + MESSAGES_SHOWN) if until < len(messages) else None,
        zone=(facts.policy or ShopPolicy()).zone,
    )


def _until(count: int) -> int:
    """Up to which message is shown: all, or as many as the address says."""
    text = request.args.get("until", str(count))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 <= int(text) <= count):
        raise NotFound
    return int(text)


def _user() -> User:
    user = sessions.signed_in()
    assert user is not None
    return user
