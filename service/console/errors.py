"""Errors as pages: a plain sentence in the language of the reader, what to do, and nothing of what was sent."""

from __future__ import annotations

import secrets

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from riskmodel.errors import ModelError
from service.console.guard import is_part
from service.console.page import write_page
from service.console.texts import catalogue
from service.evidence.keys import KeyFileError
from service.logs import describe, logger
from service.problems import Problem
from service.request_ids import request_id
from service.store.errors import ConflictError, NotFoundError, StoreError
from service.store.keyring import KeyringError

__all__ = ["page_of_error"]


def page_of_error(error: Exception) -> Response:
    """The page that answers whatever ended a request."""
    g.setdefault("signed_in", None)  # the store may be what is gone: it is not asked again
    status = _status(error)
    reference = None
    if status == 500:
        g.signed_in = None  # nor is anything written that may be at fault
        reference = secrets.token_hex(6)
        logger().error("unexpected_error", request_id=request_id(), reference=reference, **describe(error))
    headers = _headers(error, status)
    name = str(status) if f"error.title_{status}" in catalogue() else "other"
    if status == 404 and request.endpoint is None:
        name = "no_page"
    wait = headers.get("Retry-After")
    return write_page(
        "error_part" if is_part() else "error", status, headers=headers, name=name, reference=reference, wait=wait
    )


def _status(error: Exception) -> int:
    if isinstance(error, Problem):
        return error.status
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, ConflictError):
        return 409
    if isinstance(error, StoreError | KeyringError | KeyFileError | ModelError):
        return 503
    return 500


def _headers(error: Exception, status: int) -> dict[str, str]:
    """What programs have to know: which method is good, or when to ask again."""
    if isinstance(error, Problem):
        return error.headers
    if status == 503:
        return {"Retry-After": str(max(1, round(current_app.config["RETRY_SECONDS"])))}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return {}
