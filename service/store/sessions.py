"""Sessions of the console: which have begun and not ended. A copy of a cookie is worth nothing once its session ended.

Kept is the hash of a random token that the cookie holds.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from service.store.schema import sessions

__all__ = ["LONGEST", "begin", "end", "end_all", "holds"]

LONGEST: Final = timedelta(hours=12)
"""After which a session ends, however busy."""
_RANDOM = 32  # bytes


def begin(connection: Connection, user_id: int, now: datetime) -> str:
    """Begin a session of a user; gives its token, which is not known afterwards. Sessions past their time go."""
    # others may be at the same: whoever is second leaves those rows alone instead of waiting
    past = select(sessions.c.id).where(sessions.c.began_at < now - LONGEST).with_for_update(skip_locked=True)
    connection.execute(delete(sessions).where(sessions.c.id.in_(past)))
    token = secrets.token_urlsafe(_RANDOM)
    connection.execute(insert(sessions), {"user_id": user_id, "digest": _digest(token), "began_at": now})
    return token


def holds(connection: Connection, user_id: int, token: str, now: datetime) -> bool:
    """Whether a session of this user has this token and has not ended."""
    query = select(sessions.c.began_at).where(sessions.c.digest == _digest(token), sessions.c.user_id == user_id)
    began_at: datetime | None = connection.execute(query).scalar()
    return began_at is not None and now - began_at <= LONGEST


def end(connection: Connection, token: str) -> None:
    """End the session of this token."""
    connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))


def end_all(connection: Connection, user_id: int) -> None:
    """End all sessions of a user."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
