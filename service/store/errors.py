"""What can go wrong with the store, in words for whoever runs it."""

from __future__ import annotations

import re

from riskmodel.errors import BaitwatchError

__all__ = ["NO_SUCH_TALK", "ConflictError", "NotFoundError", "StoreError", "explained", "is_emptied"]

NO_SUCH_TALK = "there is no such conversation in this shop; check its id and the key, or begin it with a message"


class StoreError(BaitwatchError):
    """The database cannot be used just now; nothing of what was asked has been kept."""


class NotFoundError(BaitwatchError):
    """There is no such thing in this shop."""


class ConflictError(BaitwatchError):
    """What is asked does not fit what is stored; nothing has been changed."""


# what drivers say, as patterns, and what it means to an operator
_MEANINGS = (
    ("disk is full", "the disk is full; free some space, the service goes on by itself"),
    ("no space left", "the disk is full; free some space, the service goes on by itself"),
    ("disk i/o error", "the disk cannot be read or written; see the system's log"),
    ("readonly database", "the database file cannot be written; give its owner the right to, or choose another home"),
    ("read-only transaction", "the database takes nothing just now; see whether it is a standby or set to read only"),
    ("too many clients", "the database has no connection left; allow it more, or start fewer workers"),
    ("connection slots", "the database has no connection left; allow it more, or start fewer workers"),
    ("unable to open", "the database file cannot be opened; see that its folder is there and can be written"),
    ("not a database", "the database file is damaged or of another program; put a backup in its place"),
    ("could not decode", "the database was damaged, or altered by another program; put a backup in its place"),
    ("malformed", "the database file is damaged; put a backup in its place"),
    ("deadlock detected", "the database is busy; try again in a moment"),
    ("database is locked", "the database is busy; try again in a moment"),
    (
        'database ".*" does not exist',
        "the server has no database of the name in BAITWATCH_DATABASE_URL; make it (createdb), or correct the name",
    ),
    (
        'role ".*" does not exist|authentication failed|no password supplied|no pg_hba.conf entry',
        "the server does not let this user in; check user and password in BAITWATCH_DATABASE_URL, and pg_hba.conf",
    ),
    ("permission denied", "the user in BAITWATCH_DATABASE_URL may not do this; make it the owner of the database"),
    (
        "resolve host|translate host name",
        "the host in BAITWATCH_DATABASE_URL is not known; check its name and the name service",
    ),
)
_EMPTIED = "the database has no tables of this program; put a backup in its place, or restart the service to begin anew"
_UNREACHABLE = "the database does not answer; see that it runs and that BAITWATCH_DATABASE_URL names it"


def explained(error: Exception) -> StoreError:
    """The error of a driver as one that says what to do; its own text, which can hold values, is not repeated."""
    if is_emptied(error):
        return StoreError(_EMPTIED)
    said = str(getattr(error, "orig", None) or error).lower()
    return StoreError(next((meaning for sign, meaning in _MEANINGS if re.search(sign, said)), _UNREACHABLE))


def is_emptied(error: Exception) -> bool:
    """Whether a driver says that a table is not there."""
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlstate", None) == "42P01" or "no such table" in str(cause)
