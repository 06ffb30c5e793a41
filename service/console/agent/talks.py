"""The open talks of the shop, the most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console import sessions
from service.console.blueprint import SIGNED_IN, blueprint, needs
from service.console.page import write_page
from service.console.shared import shared
from service.store.open_talks import open_talks
from service.store.users import User

__all__ = ["register"]

OPEN_FOR = timedelta(days=3)
"""A talk in which nothing has happened for so long is no longer looked for on the first page."""
MOST_SHOWN = 100


def register() -> None:
    """Add these pages."""
    blueprint.get("/")(home)
    blueprint.get("/talks")(home_list)


@needs(SIGNED_IN)
def home() -> Response:
    """The first page: the open talks for whoever may see them, for others what their role is for."""
    user = sessions.user()
    if "talks" not in user.rights:
        return write_page("agent/no_talks")
    return _list("agent/home", user)


@needs("talks")
def home_list() -> Response:
    """The list alone, for a page that is open."""
    user = sessions.user()
    return shared(("open talks", user.shop_id), lambda: _list("agent/home_list", user))


def _list(template: str, user: User) -> Response:
    since = datetime.now(UTC) - OPEN_FOR
    with backend().store.reading() as connection:
        found = open_talks(connection, user.shop_id, since=since, limit=MOST_SHOWN + 1)
    return write_page(
        template, talks=found[:MOST_SHOWN], more=len(found) > MOST_SHOWN, days=OPEN_FOR.days, zone=ShopPolicy().zone
    )
