"""``/v1/conversations/{id}/embed-token``: what opens the talk's frame beside a chat workbench, for a while."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, url_for

from service.api.query import sought
from service.auth import caller, needs
from service.backend import backend
from service.console.embed.token import Opened, sign_token
from service.store.access import log_access
from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.talks import TalkStore

blueprint = Blueprint("embed_tokens", __name__, url_prefix="/v1/conversations")


@blueprint.post("/<conversation_id>/embed-token")
@needs("score")
def make_token(conversation_id: str) -> tuple[Response, int]:
    """Give a token for one talk; who asked is noted. The frame shows no more than `score` is told."""
    here, shop_id = backend(), caller().shop_id
    with here.store.writing() as connection:
        found = TalkStore(connection, here.keys.current(), shop_id).find(sought(conversation_id))
        if found is None:
            raise NotFoundError(NO_SUCH_TALK)
        log_access(connection, shop_id, caller().actor, "embed", at=datetime.now(UTC), talk=found.talk)
    token, ends_at = sign_token(here.keys.current(), Opened(shop_id, found.talk))
    place = url_for("embed.frame", talk=found.talk)
    return jsonify({"token": token, "expires_at": ends_at.isoformat(), "url": f"{place}#{token}"}), 201
