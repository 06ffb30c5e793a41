"""The endpoints: one blueprint a resource."""

from __future__ import annotations

from flask import Flask

from service.api import (
    cases,
    check_reply,
    conversations,
    docs,
    embed,
    ending,
    evidence,
    health,
    imports,
    labels,
    metrics,
    openapi,
    score,
    shop,
)

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in (
        score,
        check_reply,
        conversations,
        embed,
        imports,
        labels,
        shop,
        evidence,
        cases,
        health,
        metrics,
        openapi,
        docs,
    ):
        app.register_blueprint(module.blueprint)
    ending.init_app(app, openapi.document())
