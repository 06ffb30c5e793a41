"""Request ids: each answer, its log line and its problem document carry the same one, so that they can be matched.

A client may send a random UUID of its own in ``X-Request-Id`` and finds it again. Anything else that it sends there is
passed over, neither answered nor logged, because it can hold personal data.
"""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

__all__ = ["HEADER", "init_app", "request_id"]

HEADER = "X-Request-Id"
# canonical, and of the versions that are random
_RANDOM_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def request_id() -> str:
    """The id of the request that is being handled."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _RANDOM_UUID.fullmatch(given) else str(uuid.uuid4())
    found: str = g.request_id
    return found


def init_app(app: Flask) -> None:
    """Send the id with every answer of this app."""

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response
