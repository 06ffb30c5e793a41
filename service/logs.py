"""The log: one JSON object a line, with nothing in it that a client sent.

Paths, queries, bodies, header values and addresses can all hold personal data, so a request is known by its id, its
method, the rule that matched it, its status and how long it took.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request

from service.request_ids import request_id

__all__ = ["describe", "init_app", "logger"]

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class _StandardError:
    # looked up at every line, so that whoever redirects standard error later gets the log too
    def msg(self, line: str) -> None:
        # a line that finds no room, on a full disk say, is no reason to refuse what it tells of
        with suppress(OSError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    info = warning = error = msg


def logger() -> Any:
    """A logger to standard error; what it writes is only what it is given."""
    return structlog.wrap_logger(
        _StandardError(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an unforeseen error: its kind and the places it went through, never its message."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "where": where}


def init_app(app: Flask) -> None:
    """Log every request of this app once."""
    log = logger()

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        log.info(
            "request",
            request_id=request_id(),
            method=request.method if request.method in METHODS else "(other)",
            route=request.url_rule.rule if request.url_rule else "(none)",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.started) * 1000, 2),
        )
        return response
