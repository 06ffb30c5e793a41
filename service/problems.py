"""One shape for every error: RFC 9457 problem+json.

``type`` is ``about:blank`` where the HTTP status says it all, else a name of our own that stays stable. ``detail`` says
what to do. ``errors`` lists the wrong fields with their paths. ``request_id`` is that of the answer and of its log
line. No value that was sent is ever repeated.

====== ========================================= =====================================================
status type (after ``urn:baitwatch:problem:``)   when
====== ========================================= =====================================================
400    body-not-json                             the body is no JSON text, not UTF-8, or nested too deep
400    body-not-form                             the body is no multipart form
401    key                                       no good API key; see ``WWW-Authenticate``
403    scope                                     the key is not good for this
404    about:blank                               no such endpoint
404    not-found                                 nothing of this name in this shop
405    about:blank                               another method is needed; see ``Allow``
409    conflict                                  it contradicts what is stored; nothing was kept
409    not-possible                              the case's flow does not have this step; ``possible`` says which it has
413    about:blank                               the body is too large
413    exhibit-size                              a file, or all files of a case, that are more than is kept
415    media-type                                the body is not declared as what the endpoint takes
422    contract                                  JSON, but not what the contract asks for
422    rows                                      rows of an export cannot be read; nothing was kept
422    side-unclear                              which side of a chat is the shop's; ``names`` to choose from
429    rate-limit                                more requests than allowed; see ``Retry-After``
500    unexpected                                our mistake; the log has the ``reference``
503    model-unavailable                         no model, or one that was altered; see ``Retry-After``
503    store-unavailable                         the database is gone, busy, full or read-only; see ``Retry-After``
503    time-authority                            the time authority gave no time-stamp; see ``Retry-After``
503    keys-unavailable                          the keyring or the signing key cannot be used; see ``Retry-After``
====== ========================================= =====================================================
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from riskmodel.errors import BaitwatchError, FieldProblem, InputError, ModelError
from service.cases.desk import TooLargeError
from service.cases.flow import NotPossibleError
from service.evidence.authority import TimeAuthorityError
from service.evidence.keys import KeyFileError
from service.logs import describe, logger
from service.metrics import UNAVAILABLE
from service.request_ids import request_id
from service.store.errors import ConflictError, NotFoundError, StoreError
from service.store.keyring import KeyringError

__all__ = ["Problem", "init_app"]

MOST_ERRORS_SHOWN = 100

_DETAILS = {
    400: "The request did not come whole, or not within BAITWATCH_REQUEST_SECONDS; send it again.",
    404: "There is no such endpoint; check the path, GET /openapi.json lists all that there are.",
    405: "This endpoint needs another method; use one that the header `Allow` names.",
}


class Problem(Exception):  # noqa: N818  # the RFC's own word
    """An answer that ends a request: raise it anywhere below a view."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str | None = None,
        title: str | None = None,
        errors: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = f"urn:baitwatch:problem:{kind}" if kind else "about:blank"
        self.title = title or HTTPStatus(status).phrase
        self.errors = errors
        self.headers = dict(headers or {})
        self.more = more

    def document(self) -> dict[str, Any]:
        """The members of the problem, as RFC 9457 names them."""
        document: dict[str, Any] = {
            "type": self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id(),
            **self.more,
        }
        if self.errors:
            document["errors"] = [problem._asdict() for problem in self.errors[:MOST_ERRORS_SHOWN]]
        return document

    def response(self) -> Response:
        """The HTTP response."""
        body = json.dumps(self.document(), ensure_ascii=False) + "\n"
        return Response(body, self.status, self.headers, content_type="application/problem+json")


def init_app(app: Flask) -> None:
    """Answer every error of this app as a problem."""
    app.register_error_handler(Problem, Problem.response)
    app.register_error_handler(InputError, _contract)
    app.register_error_handler(ModelError, _unavailable("model-unavailable", "There is no usable model"))
    app.register_error_handler(StoreError, _unavailable("store-unavailable", "The database cannot be used just now"))
    for kind in (KeyringError, KeyFileError):
        app.register_error_handler(kind, _unavailable("keys-unavailable", "The keys of this service cannot be used"))
    app.register_error_handler(TimeAuthorityError, _unavailable("time-authority", "There is no time-stamp to be had"))
    app.register_error_handler(NotFoundError, _refused(404, "not-found", "There is no such thing"))
    app.register_error_handler(ConflictError, _refused(409, "conflict", "It does not fit what is stored"))
    app.register_error_handler(TooLargeError, _refused(413, "exhibit-size", "The file is too large"))
    app.register_error_handler(NotPossibleError, _not_possible)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _contract(error: InputError) -> Response:
    count = len(error.problems)
    fields = "1 field is" if count == 1 else f"{count} fields are"
    shown = f" The first {MOST_ERRORS_SHOWN} are listed." if count > MOST_ERRORS_SHOWN else ""
    return Problem(
        422,
        f"{fields} wrong; correct what `errors` lists and send it again.{shown}",
        kind="contract",
        title="The request does not fit the contract",
        errors=error.problems,
    ).response()


def _unavailable(kind: str, title: str) -> Callable[[BaitwatchError], Response]:
    """What is gone now may be back in a moment."""
    counter = UNAVAILABLE.labels(kind)

    def answer(error: BaitwatchError) -> Response:
        counter.inc()
        wait = {"Retry-After": str(max(1, round(current_app.config["RETRY_SECONDS"])))}
        again = "Ask again after the seconds in `Retry-After`."
        return Problem(503, f"{_sentence(error)} {again}", kind=kind, title=title, headers=wait).response()

    return answer


def _refused(status: int, kind: str, title: str) -> Callable[[BaitwatchError], Response]:
    return lambda error: Problem(status, _sentence(error), kind=kind, title=title).response()


def _not_possible(error: NotPossibleError) -> Response:
    moves = [{"object": move.object, "action": move.action, "by": move.by} for move in error.possible]
    title = "The step is not possible as things stand"
    return Problem(409, _sentence(error), kind="not-possible", title=title, possible=moves).response()


def _sentence(error: BaitwatchError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = _DETAILS.get(status, f"{HTTPStatus(status).phrase}.")
    if status == 413:
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        detail = (
            f"The body is larger than {limit} bytes. Send less at a time, raise BAITWATCH_MAX_BODY_BYTES, or give it "
            "to the command line as a file."
        )
    allow = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Problem(status, detail, headers=allow).response()


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(6)
    logger().error("unexpected_error", request_id=request_id(), reference=reference, **describe(error))
    return Problem(
        500,
        "This is a mistake of the program, not of the request. Tell whoever runs it the reference, under which its log "
        "has more.",
        kind="unexpected",
        title="Something unforeseen happened",
        reference=reference,
    ).response()
