"""``POST /v1/score``: a Conversation in, its Assessment out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from riskmodel.conversation import parse_conversation
from service.api.body import read_body
from service.auth import needs_if_given
from service.metrics import count_assessments
from service.model import scorer

blueprint = Blueprint("score", __name__)


@blueprint.post("/v1/score")
@needs_if_given("score")
def score() -> dict[str, Any]:
    """Assess a conversation as it stands after its last message."""
    conversation = read_body(parse_conversation)
    assessment = scorer().assess(conversation)
    count_assessments([assessment])
    return assessment
