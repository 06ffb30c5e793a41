"""Who saw what of a talk: the access log in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from flask import Response

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.supervisor.people import names
from service.console.texts import catalogue, say
from service.store.access import accesses, log_access
from service.store.open_talks import find_talk

__all__ = ["register"]

MOST_SHOWN: Final = 200


def register() -> None:
    """Add this page."""
    blueprint.get("/talks/<talk>/log")(seen)


@needs("decisions")
def seen(talk: str) -> Response:
    """Who read the talk, decided about it and exported it, and when; that somebody looked here is noted, too."""
    user = sessions.user()
    with backend().store.reading() as connection:
        found = find_talk(connection, user.shop_id, talk)
        noted, name = accesses(connection, user.shop_id, found.talk, MOST_SHOWN + 1), names(connection, user)
        rows = [(each.at, name(each.actor), _words(each.action)) for each in noted[:MOST_SHOWN]]
    with backend().store.writing() as connection:
        log_access(connection, user.shop_id, user.actor, "read log", at=datetime.now(UTC), talk=found.talk)
    more = len(noted) > MOST_SHOWN
    return write_page("supervisor/seen", talk=found, rows=rows, more=more, zone=ShopPolicy().zone)


def _words(action: str) -> str:
    name = f"access.{action.replace(' ', '_')}"
    return say(name) if name in catalogue() else action  # of a version before or after this one
