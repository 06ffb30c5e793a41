"""One talk: what to do, why, what was promised, and what was said. Whoever looks at it is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import NotFound

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console import sessions
from service.console.agent.sparkline import HEIGHT, WIDTH, sparkline
from service.console.agent.transcript import read_lines, sum_up
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.store.access import log_access, looked_since
from service.store.open_talks import find_talk
from service.store.talks import TalkStore
from service.store.users import User

__all__ = ["MESSAGES_SHOWN", "register"]

MESSAGES_SHOWN: Final = 100
_ONE_LOOK: Final = timedelta(minutes=10)  # a page that is kept up to date is one look, for so long


def register() -> None:
    """Add these pages."""
    blueprint.get("/talks/<talk>")(show_talk)
    blueprint.get("/talks/<talk>/now")(talk_now)


@needs("talks")
def show_talk(talk: str) -> Response:
    """One talk with its reasons in place, the latest messages or those up to another one, and the box for a reply."""
    return write_page("agent/talk", **_seen(sessions.user(), talk, again=False))


@needs("talks")
def talk_now(talk: str) -> Response:
    """What of the talk changes, for a page that is open."""
    return write_page("agent/talk_now", **_seen(sessions.user(), talk, again=True))


def _seen(user: User, name: str, *, again: bool) -> dict[str, Any]:
    now = datetime.now(UTC)
    with backend().store.reading() as connection:
        talk = find_talk(connection, user.shop_id, name)
        noted = again and looked_since(connection, user.shop_id, user.actor, talk.talk, now - _ONE_LOOK)
    if not noted:
        with backend().store.writing() as connection:
            log_access(connection, user.shop_id, user.actor, "read", at=now, talk=talk.talk)
    with backend().store.reading() as connection:
        stored = TalkStore(connection, backend().keys.current(), user.shop_id)
        talk = find_talk(connection, user.shop_id, name)
        facts, given = stored.facts(talk), stored.assessments(talk, positions=[talk.entries - 1])
        latest = given[0].assessment if given else None
        until = _until(talk.messages)
        first = max(0, until - MESSAGES_SHOWN)
        messages, risks = stored.some_messages(talk, first, until), stored.risks(talk)
        said = stored.texts(talk, [row["message_id"] for row in latest["promises"]] if latest is not None else [])
    points = sum_up(latest["reasons"]) if latest is not None else []
    lines = read_lines(messages, points)
    return {
        "talk": talk,
        "points": points,
        "lines": lines,
        "shown": {note.number for line in lines for note in line.notes},
        "abstained": latest is None or latest["abstained"],
        # facts that came later may have changed what the last message means; of that there are no reasons
        "outdated": latest is not None and latest["risk"] != talk.risk,
        "promises": _promises(latest, said),
        "spark": sparkline(risks),
        "spark_size": (WIDTH, HEIGHT),
        "as_of": now,
        "earlier": first or None,
        "later": min(talk.messages, until + MESSAGES_SHOWN) if until < talk.messages else None,
        "until": None if until == talk.messages else until,
        "zone": (facts.policy or ShopPolicy()).zone,
    }


def _promises(latest: dict[str, Any] | None, said: dict[str, str]) -> list[dict[str, Any]]:
    """What was promised in the talk, what is owed first, each with its words."""
    rows = [
        {**row, "due_at": datetime.fromisoformat(row["due_at"]) if row.get("due_at") else None}
        | {"quote": said.get(row["message_id"], "")[slice(*row["span"])]}
        for row in (latest["promises"] if latest is not None else ())
    ]
    order = ("overdue", "open", "unknown", "kept", "superseded")
    return sorted(rows, key=lambda row: order.index(row["status"]) if row.get("status") in order else len(order))


def _until(count: int) -> int:
    """Up to which message is shown: all, or as many as the address says."""
    text = request.args.get("until", str(count))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 <= int(text) <= count):
        raise NotFound
    return int(text)
