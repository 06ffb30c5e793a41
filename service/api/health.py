"""``/healthz``: the process answers. ``/readyz``: it can do its work, shown by doing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from riskmodel.conversation import parse_conversation
from riskmodel.errors import ModelError
from service.logs import describe, logger
from service.model import scorer

blueprint = Blueprint("health", __name__)

PROBE = parse_conversation(
    {
        "conversation_id": "readiness",
        "messages": [
            {
                "message_id": "1",
                "sender": "buyer",
                "sent_at": "2026-01-01T10:00:00+08:00",
                "text": "你好，这个杯子是陶瓷的吗",
            }
        ],
    }
)


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process is alive, model or not."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> dict[str, Any]:
    """Score a small built-in conversation; 503 where that does not work."""
    loaded = scorer()
    try:
        risk = loaded.assess(PROBE)["risk"]
    except Exception as error:
        logger().error("not_ready", **describe(error))
        risk = None
    # also false for not-a-number
    if risk is None or not 0 <= risk <= 1:
        raise ModelError(
            "The model was loaded but gives no usable answer. Run `baitwatch train` to make a new one, then restart."
        )
    return {"status": "ready", "model": loaded.info}
