"""Errors as pages: a plain sentence in the language of the reader, what to do, and nothing of what was sent."""

from __future__ import annotations

import secrets

from flask import Response, current_app, g
from werkzeug.exceptions import HTTPException

from riskmodel.errors import ModelError
from service.console.page import write_page
from service.console.texts import catalogue
from service.evidence.keys import KeyFileError
from service.logs import describe, logger
from service.store.errors import NotFoundError, StoreError
from service.store.keyring import KeyringError

__all__ = ["page_of_error"]


def page_of_error(error: Exception) -> Response:
    """The page that answers whatever ended a request."""
    g.setdefault("signed_in", None)  # the store may be what is gone: it is not asked again
    status = _status(error)
    reference = None
    headers = {}
    if status == 500:
        g.signed_in = None  # nor is anything written that may be at fault
        reference = secrets.token_hex(6)
        logger().error("unexpected_error", reference=reference, **describe(error))
    if status == 503:
        headers["Retry-After"] = str(max(1, round(current_app.config["RETRY_SECONDS"])))
    known = f"error.title_{status}" in catalogue()
    return write_page("error", status, headers=headers, name=str(status) if known else "other", reference=reference)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, StoreError | KeyringError | KeyFileError | ModelError):
        return 503
    return 500
