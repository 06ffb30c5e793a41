"""``POST /v1/check-reply``: a Conversation and the agent's draft in, its ReplyCheck out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from riskmodel.conversation import parse_draft_request
from service.api.body import read_body
from service.auth import needs_if_given
from service.metrics import count_reply_check
from service.model import scorer

blueprint = Blueprint("check_reply", __name__)


@blueprint.post("/v1/check-reply")
@needs_if_given("score")
def check_reply() -> dict[str, Any]:
    """Say what, if anything, is wrong with the reply that the agent is about to send."""
    request = read_body(parse_draft_request)
    checked = scorer().check_reply(request.conversation, request.draft)
    count_reply_check(checked)
    return checked
