"""Who is signed in: a signed cookie says who began a session, the database says each time whether it still holds.

The key that signs is derived from the keyring, so that all processes of a deployment have the same one and nothing else
has to be kept secret. A session ends when whoever began it signs out, when anything about the user changes (disabled,
another password or role), after a short time without a request, and after half a day in any case.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection

from riskmodel.errors import BaitwatchError
from service.backend import backend, backend_of
from service.console.blueprint import PATH
from service.store import sessions as begun
from service.store.users import User, user_of_number

__all__ = ["BACKGROUND", "begin", "end", "init_app", "session_key", "signed_in", "user", "watch"]

BACKGROUND: Final = "Baitwatch-Background"
"""A header of what a page asks for by itself: that nobody did anything, so that a page left open ends as others do."""
_KEPT: Final = ("language",)  # whoever signs in or out
_LOOKED_AGAIN: Final = 10.0  # seconds


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, below the console only."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie; none is looked for elsewhere, nor where the keys cannot be had: the page then says so."""
        if not request.path.startswith(PATH):
            return None
        try:
            return super().open_session(app, request)
        except BaitwatchError:
            return None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Signs with the derived key."""
        how = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        return URLSafeTimedSerializer(session_key(app), salt=self.salt, serializer=self.serializer, signer_kwargs=how)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the browser may send it by https only: where it came so, or the settings say that it does."""
        return request.is_secure or bool(app.config["SECURE_COOKIES"])


def init_app(app: Flask) -> None:
    """Keep the sessions of this app."""
    app.session_interface = ConsoleSessions()
    app.config.update(
        SESSION_COOKIE_NAME="baitwatch_console",
        SESSION_COOKIE_PATH=PATH,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=app.config["IDLE_SECONDS"]),
    )


def session_key(app: Flask) -> bytes:
    """What cookies and forms are signed with; raises `KeyringError`."""
    return backend_of(app).keys.current().mark(b"cookies and forms", "session")


def begin(connection: Connection, user: User, now: datetime) -> None:
    """Begin a session of this user; the one before ends, and nothing of it is left but the language."""
    end(connection)
    session.update(user=user.id, mark=user.mark.hex(), token=begun.begin(connection, user.id, now))
    g.signed_in = user


def end(connection: Connection) -> None:
    """End the session, here and for all copies of its cookie."""
    if "token" in session:
        begun.end(connection, session["token"])
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)
    for name in ("signed_in", "csrf_token"):
        g.pop(name, None)


def signed_in() -> User | None:
    """The user of this request, as the database has it now."""
    if "signed_in" not in g:
        g.signed_in = _found()
    found: User | None = g.signed_in
    return found


def user() -> User:
    """Who is signed in, on a page that nobody else is let in to."""
    found = signed_in()
    assert found is not None
    return found


def _found() -> User | None:
    if "token" not in session:
        return None
    here = backend()
    with here.store.reading() as connection:
        user = user_of_number(connection, here.keys.current(), session["user"])
        held = begun.holds(connection, session["user"], session["token"], datetime.now(UTC))
    if user is None or not held or user.disabled_at is not None:
        return None
    # who signed in while the password was changed did so with the old one
    if not hmac.compare_digest(session["mark"], user.mark.hex()):
        return None
    if BACKGROUND not in request.headers:
        session.modified = True  # the time without a request counts from now
    return user


def watch(app: Flask, user: User, token: str) -> Callable[[], bool]:
    """Whether a session still holds, asked of the database every few seconds at most; for answers that go on."""
    here, last = backend_of(app), time.monotonic()

    def holds() -> bool:
        nonlocal last
        if time.monotonic() - last < _LOOKED_AGAIN:
            return True
        last = time.monotonic()
        with here.store.reading() as connection:
            now = user_of_number(connection, here.keys.current(), user.id)
            held = begun.holds(connection, user.id, token, datetime.now(UTC))
        return held and now is not None and now.mark == user.mark and now.disabled_at is None

    return holds
