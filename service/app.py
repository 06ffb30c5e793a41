"""The application: settings, the model of this worker, one error shape, one blueprint a resource."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from service import (
    api,
    auth,
    backend,
    config,
    console,
    limits,
    logs,
    metrics,
    model,
    problems,
    request_ids,
)
from service.fast_json import FastJSON

__all__ = ["create_app"]

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the WSGI application.

    Parameters
    ----------
    settings
        Wins over the environment and the defaults; see `service.config.settings`.

    Raises
    ------
    ConfigError
        Where the environment holds a setting that cannot be used. A missing model is no error here: it is answered
        with 503 until there is one.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(config.settings(os.environ, settings))
    app.json = FastJSON(app)
    app.url_map.merge_slashes = False  # a path is what it says; a redirect would repeat it
    logs.init_app(app)
    request_ids.init_app(app)
    metrics.init_app(app)
    problems.init_app(app)
    backend.init_app(app, model.init_app(app))
    auth.init_app(app)
    limits.init_app(app)
    api.init_app(app)
    console.init_app(app)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # a page may say what it needs
        return response

    return app
