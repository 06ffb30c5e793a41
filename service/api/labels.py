"""``/v1/labels``: what talks turned out to be. Every label is kept, also where another one says something else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from riskmodel.conversation import parse_as
from service.api.body import read_body
from service.api.given_label import LabelRequest
from service.api.query import named, number_cursor, page_size, see_query
from service.auth import caller, needs
from service.backend import backend
from service.store.labels import Label, LabelStore
from service.store.reviews import ReviewStore

blueprint = Blueprint("labels", __name__, url_prefix="/v1/labels")


@blueprint.post("")
@needs("label")
def add_label() -> tuple[Response, int]:
    """Keep a label of a talk, with who gave it and when."""
    given = read_body(lambda body: parse_as(LabelRequest, body))
    now = datetime.now(UTC)
    more = given.values(now)
    with backend().store.writing() as connection:
        stored = ReviewStore(connection, backend().keys.current(), caller().shop_id)
        made = stored.add_label(given.conversation_id, given.label, by=caller().actor, now=now, **more)
    return jsonify(_shown(made)), 201


@blueprint.get("")
@needs("label")
def list_labels() -> Response:
    """The labels of the shop, the latest first; with ``?conversation_id=`` those of one talk."""
    see_query("limit", "cursor", "conversation_id")
    limit, before, name = page_size(), number_cursor(), request.args.get("conversation_id")
    with backend().store.reading() as connection:
        stored = LabelStore(connection, backend().keys.current(), caller().shop_id)
        found = stored.page(limit + 1, before=before, conversation_id=None if name is None else named(name))
    shown = found[:limit]
    following = str(shown[-1].id) if len(found) > limit else None
    return jsonify({"labels": [_shown(label) for label in shown], "next_cursor": following})


def _shown(label: Label) -> dict[str, Any]:
    decided_at = label.decided_at and label.decided_at.isoformat()
    return {**label._asdict(), "made_at": label.made_at.isoformat(), "decided_at": decided_at}
