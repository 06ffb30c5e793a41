"""gunicorn's worker, more patient with requests under way and less with clients, and one shape of error also here.

gunicorn refuses what is no well-formed request before the application sees it, with a page that repeats what was sent;
and what is wrong with the framing of a body is an error of its own in the midst of the application.
"""

from __future__ import annotations

import json
import signal
import socket
import struct
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gunicorn.http import errors  # type: ignore[import-untyped]  # ships no types
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PatientWorker", "whole_bodies"]

_REFUSALS: Mapping[type[Exception], tuple[HTTPStatus, str]] = {
    errors.LimitRequestLine: (
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "The address is too long; send what is long in the body, and ids of at most 128 characters.",
    ),
    errors.LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers are too many or too long; send fewer than 100, each shorter than 8,000 bytes.",
    ),
    errors.ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "The header `Expect` may only ask for `100-continue`; leave it out.",
    ),
}
_MALFORMED = (
    HTTPStatus.BAD_REQUEST,
    "This is no well-formed HTTP/1.1 request; let a client library write it, and percent-encode what is not ASCII.",
)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # the base has no types
    """gunicorn's worker, which would wait for ever for the rest of a request and hold a thread for it.

    Whoever has not sent all of it in time is not listened to any longer: what reads it finds its end and answers. A
    request that is being worked on is not touched.
    """

    patience = 60.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since: dict[Any, float] = {}
        # of what blocks a writing thread the system takes care
        wait = struct.pack("ll", int(self.patience), int(self.patience % 1 * 1_000_000))
        for listener in self.sockets:
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)

    def init_signals(self) -> None:
        """Let a hang-up that comes before the model is loaded do nothing: it will be the one in the folder anyway."""
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Let live pages go, which would not end by themselves."""
        super().handle_exit(sig, frame)
        live = self.wsgi.extensions.get("baitwatch_live") if self.wsgi is not None else None
        if live is not None:
            threading.Thread(target=live.stop, daemon=True).start()  # its lock may be held by what was interrupted

    def handle(self, conn: Any) -> Any:
        """Note when the thread began to listen."""
        self._since[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self._since.pop(conn, None)

    def murder_pending(self) -> None:
        """Stop listening to those who took too long; called about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, since in list(self._since.items()):
            if now - since > self.patience:
                with suppress(OSError):  # the client was quicker
                    conn.sock.shutdown(socket.SHUT_RD)
                self._since.pop(conn, None)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what is no request with a problem, as the application would."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        with suppress(OSError):  # the client was quicker
            client.sendall(_refusal(*_REFUSALS.get(type(exc), _MALFORMED)))


def _refusal(status: HTTPStatus, detail: str) -> bytes:
    request_id = str(uuid.uuid4())
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "request_id": request_id,
    }
    body = json.dumps(problem) + "\n"
    headers = {
        "Content-Type": "application/problem+json",
        "Content-Length": len(body),
        "X-Request-Id": request_id,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode("ascii")


class _Body:
    """The body of a request, which raises what the application takes for a client's fault where it is not whole."""

    def __init__(self, stream: Any, length: str) -> None:
        self._stream = stream
        self._missing = int(length) if length.isdecimal() else 0

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        try:
            found: bytes = self._stream.read(size)
        except errors.ParseException:
            raise OSError("the body is not framed as announced") from None
        self._missing -= len(found)
        if self._missing > 0 and size != 0 and not found:
            raise OSError("the body ended early")
        return found


def whole_bodies(app: WSGIApplication) -> WSGIApplication:
    """The application, given bodies that are whole or raise `OSError`."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"], environ.get("CONTENT_LENGTH", ""))
        return app(environ, start_response)

    return checked
