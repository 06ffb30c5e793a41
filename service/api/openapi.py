"""``/openapi.json``: the API as a contract, written by hand in ``openapi.yaml``.

What is sent is described by the models that read it, so that document and program cannot part.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, json
from pydantic.json_schema import models_json_schema

from riskmodel.conversation import Conversation, DraftRequest
from riskmodel.yaml_files import parse_yaml
from service.api.conversations import Messages, Orders
from service.api.given_label import LabelRequest
from service.cases.model import Decision, NewCase, Note, StepTaken
from service.store.talks import Facts

__all__ = ["blueprint", "document"]

blueprint = Blueprint("openapi", __name__)

_MODELS = (Conversation, Decision, DraftRequest, Facts, LabelRequest, Messages, NewCase, Note, Orders, StepTaken)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Give the document."""
    return Response(_text(), content_type="application/json")


@cache
def document() -> dict[str, Any]:
    """The document as data; not to be changed."""
    written: dict[str, Any] = parse_yaml(Path(__file__).with_name("openapi.yaml").read_text("utf-8"))
    _, found = models_json_schema(
        [(model, "validation") for model in _MODELS], ref_template="#/components/schemas/{model}"
    )
    written["components"]["schemas"] |= found["$defs"]
    return written


@cache
def _text() -> str:
    return json.dumps(document(), ensure_ascii=False) + "\n"
