"""How the application writes JSON: with pydantic's writer, which is several times as fast as the standard library's."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.json.provider import JSONProvider
from pydantic_core import from_json, to_json

__all__ = ["FastJSON"]


class FastJSON(JSONProvider):
    """Keys in the order in which they were put, text as it is, no spaces."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """As text."""
        return to_json(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Read back."""
        return from_json(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """As an answer, which ends its line."""
        content = to_json(self._prepare_response_obj(args, kwargs)) + b"\n"
        return Response(content, content_type="application/json")
