"""The frame's page, which holds nothing, and its two parts, which need the token."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, g, request

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console.agent.reply import MOST_BYTES, write_check
from service.console.agent.transcript import sum_up
from service.console.embed.token import open_token
from service.console.page import write_page
from service.problems import Problem
from service.store.open_talks import find_talk
from service.store.talks import Talk, TalkStore

__all__ = ["HEADER", "blueprint"]

HEADER: Final = "Baitwatch-Embed"
blueprint = Blueprint("embed", __name__, url_prefix="/embed")


@blueprint.before_request
def _speak() -> None:
    g.language = request.args.get("language")  # there is no session to keep it in
    request.max_content_length = MOST_BYTES


@blueprint.after_request
def _protect(response: Response) -> Response:
    origins = current_app.config["EMBED_ORIGINS"] or "'none'"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'none'; "
        f"base-uri 'none'; frame-ancestors {origins}"
    )
    return response


@blueprint.get("/talk/<talk>")
def frame(talk: str) -> Response:
    """The page, the same whatever the talk: what it shows it asks for with the token."""
    return write_page("embed/frame", talk=talk, origins=current_app.config["EMBED_ORIGINS"], header=HEADER)


@blueprint.get("/talk/<talk>/now")
def now(talk: str) -> Response:
    """What to do, why, and what was promised."""
    found = _opened(talk)
    here = backend()
    with here.store.reading() as connection:
        stored = TalkStore(connection, here.keys.current(), found.shop_id)
        given = stored.assessments(found, positions=[found.entries - 1])
    latest = given[0].assessment if given else {"reasons": [], "promises": []}
    promises = [
        {**row, "due_at": datetime.fromisoformat(row["due_at"]) if row.get("due_at") else None}
        for row in latest["promises"]
        if row.get("status") in ("open", "overdue")
    ]
    points = [point for point in sum_up(latest["reasons"]) if point.side == "raise"]
    return write_page("embed/now", talk=found, points=points, promises=promises, zone=ShopPolicy().zone)


@blueprint.post("/talk/<talk>/check")
def check(talk: str) -> Response:
    """What is wrong with a draft, if anything, and what could be said instead."""
    return write_check(_opened(talk))


def _opened(name: str) -> Talk:
    """The talk that the token of this request opens; 401 where it opens another or none."""
    opened = open_token(backend().keys.current(), request.headers.get(HEADER, ""))
    if opened is None or opened.talk != name:
        raise Problem(401, "Make another token and give it to the frame.", kind="key", title="No good token")
    with backend().store.reading() as connection:
        return find_talk(connection, opened.shop_id, name)
