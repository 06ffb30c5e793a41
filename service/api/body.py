"""How a body is read: what is no JSON is told from JSON that breaks the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request
from pydantic_core import from_json

from riskmodel.errors import InputError
from service.problems import Problem

__all__ = ["MOST_LEVELS", "read_body"]

MOST_LEVELS = 200
"""How deep a body may be nested: the limit of the parser, which stops there before it takes memory or stack."""

Parsed = TypeVar("Parsed")


def read_body(parse: Callable[[bytes], Parsed]) -> Parsed:
    """Read the body of this request with one of the contract's parsers.

    Raises
    ------
    Problem
        415 where the body is not declared as plain JSON in UTF-8; 400 where it is not JSON or nested too deep; 413,
        raised by the framework, where it is too large.
    InputError
        Where it is JSON but not what the contract asks for (answered with 422).
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8") or request.content_encoding:
        raise Problem(
            415,
            "Send the body as JSON in UTF-8, not compressed, with the header `Content-Type: application/json`.",
            kind="media-type",
            title="The body is of another media type",
        )
    body = request.get_data(cache=False)
    try:
        return parse(body)
    except InputError as error:
        if not _is_json(body):
            wrong = error.problems[0].message.rstrip(".")
            wrong = f"The body {wrong}" if wrong.startswith("is ") else f"{wrong[:1].upper()}{wrong[1:]}"
            if "recursion limit" in wrong:
                wrong = f"The body is nested more than {MOST_LEVELS} levels deep, far deeper than the contract"
            raise Problem(
                400,
                f"{wrong}. Send one JSON object, encoded in UTF-8.",
                kind="body-not-json",
                title="The body is not JSON",
            ) from None
        raise


def _is_json(body: bytes) -> bool:
    try:
        from_json(body)
    except ValueError:
        return False
    return True
