"""The talks that wait for somebody to decide, the most urgent first: why each waits, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, get_args

from flask import Response, request
from sqlalchemy import Connection

from riskmodel.conversation import Platform, ShopPolicy
from riskmodel.model.bands import Band
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.supervisor.people import names
from service.store.talks import TalkStore
from service.store.users import User
from service.store.waiting import Waiting, waiting_talks

__all__ = ["register"]

MOST_SHOWN: Final = 100
_MOST_READ: Final = 500  # among which those of a platform are looked for: it is sealed
BANDS: Final = tuple(reversed(get_args(Band)))
PLATFORMS: Final = tuple(get_args(Platform))


class _Filter(NamedTuple):
    """What the list is narrowed to; something that there is not narrows nothing."""

    band: str | None
    platform: str | None

    @classmethod
    def asked(cls) -> _Filter:
        """As the address has it."""
        band, platform = request.args.get("band"), request.args.get("platform")
        return cls(band if band in BANDS else None, platform if platform in PLATFORMS else None)


def register() -> None:
    """Add these pages."""
    blueprint.get("/held")(held)
    blueprint.get("/held/list")(held_list)


@needs("held")
def held() -> Response:
    """The queue, with what it can be narrowed to."""
    return _list("supervisor/held")


@needs("held")
def held_list() -> Response:
    """The queue alone, for a page that is open."""
    return _list("supervisor/held_list")


def _list(template: str) -> Response:
    user, chosen = sessions.user(), _Filter.asked()
    with backend().store.reading() as connection:
        waiting = waiting_talks(connection, user.shop_id, limit=_MOST_READ)
        rows = list(_rows(connection, user, waiting, chosen))
    return write_page(
        template,
        rows=rows[:MOST_SHOWN],
        more=len(rows) > MOST_SHOWN,
        chosen=chosen,
        asked={name: value for name, value in chosen._asdict().items() if value},
        bands=BANDS,
        platforms=PLATFORMS,
        zone=ShopPolicy().zone,
    )


def _rows(connection: Connection, user: User, waiting: list[Waiting], chosen: _Filter) -> Iterator[dict[str, Any]]:
    stored, name = TalkStore(connection, backend().keys.current(), user.shop_id), names(connection, user)
    shown = 0
    for each in waiting:
        if shown > MOST_SHOWN or chosen.band not in (None, each.talk.band):
            continue
        platform = stored.facts(each.talk).platform
        if chosen.platform in (None, platform):
            shown += 1
            yield {**each._asdict(), "platform": platform, "by": None if each.by is None else name(each.by)}
