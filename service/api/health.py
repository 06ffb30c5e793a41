"""``/healthz``: the process answers. ``/readyz``: it can do its work, shown by doing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from riskmodel.errors import ModelError
from service.backend import backend
from service.model import model_of, probe

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process is alive, model or not."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> dict[str, Any]:
    """Score a small built-in conversation and ask the database; 503 where one of them does not work."""
    model = model_of(current_app)
    loaded = model.get()
    if model.is_gone:
        raise ModelError(
            "The model is gone from its folder; the one in memory still scores, but a restart would not find it. "
            "Put it back, or run `baitwatch train`."
        )
    probe(loaded)
    backend().store.check()
    return {"status": "ready", "model": loaded.info}
