"""Tells by headers that an operation is to end: RFC 9745 and RFC 8594, as the document has it.

It says ``deprecated: true``, ``x-deprecated``, the day since when, and ``x-sunset``, the day on which it ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from werkzeug.http import http_date

__all__ = ["init_app"]


def init_app(app: Flask, document: Mapping[str, Any]) -> None:
    """Put `Deprecation` and `Sunset` on every answer of what this document marks as deprecated."""
    ends = {
        (path, method): (_day(operation["x-deprecated"]), _day(operation["x-sunset"]))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and operation.get("deprecated")
    }

    @app.after_request
    def tell(response: Response) -> Response:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule) if ends and request.url_rule else ""
        if found := ends.get((path, "get" if request.method == "HEAD" else request.method.lower())):
            response.headers["Deprecation"] = f"@{found[0].timestamp():.0f}"
            response.headers["Sunset"] = http_date(found[1])
        return response


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
