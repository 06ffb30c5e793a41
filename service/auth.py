"""Who asks: the API key of a request, what it is good for, and the answer where it is not."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, request

from service.backend import backend
from service.problems import Problem
from service.store.access import Caller, is_stale, key_digest, note_use, recognise
from service.store.errors import StoreError
from service.store.keyring import Keyring, KeyringError

__all__ = ["caller", "init_app", "key_of_request", "needs", "needs_if_given", "recognised", "see_scope"]

EXTENSION = "baitwatch_known_keys"
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_.~+/-]{1,200}=*)")
# a key that was good a moment ago is good: a revoked one works for so many seconds more
_GOOD_FOR = 2.0
_MOST_KNOWN = 4096

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class _Known:
    """Keys that were good a moment ago, by their hash."""

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes) -> Caller | None:
        with self._lock:
            until, found = self._until.get(digest, (0.0, None))
        return found if time.monotonic() < until else None

    def put(self, digest: bytes, found: Caller) -> None:
        with self._lock:
            self._until[digest] = time.monotonic() + _GOOD_FOR, found
            self._until.move_to_end(digest)
            while len(self._until) > _MOST_KNOWN:
                self._until.popitem(last=False)


def init_app(app: Flask) -> None:
    """Keep a short memory of good keys in this app."""
    app.extensions[EXTENSION] = _Known()


def caller() -> Caller:
    """Who asks, of a view that `needs` a key."""
    found: Caller = g.caller
    return found


def needs(scope: str) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """A view that takes a key with this scope; 401 without one that is good, 403 where it is not good for this."""

    def decorate(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        @wraps(view)
        def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            _check(scope)
            return view(*args, **kwargs)

        return checked

    return decorate


def needs_if_given(scope: str) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """A view that stores nothing: where the settings leave it open, only a key that is given is checked."""

    def decorate(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        @wraps(view)
        def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            if "Authorization" in request.headers or not current_app.config["OPEN_SCORING"]:
                _check(scope)
            return view(*args, **kwargs)

        return checked

    return decorate


def see_scope(scope: str) -> None:
    """Refuse a key that is not good for this, too: of a view that for some requests needs more than one scope."""
    _check(scope)


def key_of_request() -> bytes | None:
    """The digest of the key that came with this request, good or not; None where none came."""
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return None if match is None else key_digest(match.group(1))


def recognised() -> Caller | None:
    """Whose good key came with this request; raises `StoreError` or `KeyringError` where that cannot be known."""
    if "recognised" not in g:
        digest = key_of_request()
        try:
            g.recognised = None if digest is None else _recognised(digest)
        except (StoreError, KeyringError) as error:
            g.recognised = error  # asked for more than once in a request, and slow to fail
    if isinstance(g.recognised, StoreError | KeyringError):
        raise type(g.recognised)(str(g.recognised))
    found: Caller | None = g.recognised
    return found


def _check(scope: str) -> None:
    if key_of_request() is None:
        raise _unauthorized(
            "Send an API key in the header `Authorization: Bearer …`; `baitwatch keys create` makes one."
        )
    found = recognised()
    if found is None:
        raise _unauthorized(
            "The API key is unknown, revoked, or of another keyring; `baitwatch keys create` makes another."
        )
    if scope not in found.scopes:
        raise Problem(
            403,
            f"The API key is not good for this; make one with `baitwatch keys create --scope {scope}`.",
            kind="scope",
            title="The key does not allow this",
        )
    g.caller = found


def _recognised(digest: bytes) -> Caller | None:
    known: _Known = current_app.extensions[EXTENSION]
    found = known.get(digest)
    if found is not None:
        return found
    store = backend().store
    with store.reading() as connection:
        row = recognise(connection, _keyring, digest)
    if row is None:
        return None
    found, last_used_at = row
    now = datetime.now(UTC)
    if is_stale(last_used_at, now):
        with store.writing() as connection:
            note_use(connection, found.key_id, now)
    known.put(digest, found)
    return found


def _keyring() -> Keyring:
    return backend().keys.current()


def _unauthorized(detail: str) -> Problem:
    return Problem(
        401,
        detail,
        kind="key",
        title="A good API key is needed",
        headers={"WWW-Authenticate": 'Bearer realm="baitwatch"'},
    )
