"""Checks a deployment, one thing at a time, and says what to mend. It changes nothing and makes nothing.

Each check gives findings with a status: `ok`; `mend`, with what to do; or `note`, what nobody but the operator knows.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

from limits.storage import storage_from_string
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from riskmodel.errors import BaitwatchError
from riskmodel.scorer import Scorer
from service.evidence.keys import load_or_create_key
from service.model import probe
from service.store.engine import Store
from service.store.errors import StoreError, explained
from service.store.keyring import KeyFile
from service.store.migrate import REVISION
from service.store.retention import limits
from service.store.schema import conversations, entries, heads, messages
from service.store.seal import count_unsealed
from service.store.witness import Witness, missing

__all__ = ["CHECKS", "Finding", "examine"]

_SQLITE = (3, 35)  # the first that gives back what it has inserted
_LEAST_FREE = 1024**3
_LATE = timedelta(minutes=10)
_CLOCKS_DIFFER = timedelta(seconds=5)

Settings = Mapping[str, Any]


class Finding(NamedTuple):
    """What one check found."""

    check: str
    status: Literal["ok", "mend", "note"]
    text: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Run all checks; one that breaks is itself a finding."""
    for name, check in CHECKS.items():
        try:
            for status, said in check(settings):
                yield Finding(name, status, said)  # type: ignore[arg-type]  # the checks give these three words
        except StoreError as error:
            if check is _store:  # said once
                yield Finding(name, "mend", str(error))
        except BaitwatchError as error:
            yield Finding(name, "mend", str(error))
        except OSError as error:
            yield Finding(name, "mend", f"cannot be read: {error.strerror or type(error).__name__}; check its rights")


Found = Iterator[tuple[str, str]]


def _versions(_settings: Settings) -> Found:
    # without the Python that it needs this would not have come so far
    if sqlite3.sqlite_version_info < _SQLITE:
        yield "mend", f"SQLite {sqlite3.sqlite_version} is too old; use a Python with SQLite 3.35 or newer"
    else:
        yield (
            "ok",
            f"Baitwatch {version('baitwatch')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        )


def _home(settings: Settings) -> Found:
    home = settings["HOME"]
    if not home.is_dir():
        yield "mend", f"{home} is not there; start the service once, or set BAITWATCH_HOME"
    elif others := _open_to_others(home):
        yield "mend", f"{home} can be read by others (mode {others}); chmod 700 it"
    elif not os.access(home, os.W_OK | os.X_OK):
        yield "mend", f"{home} cannot be written by this user; chown it to the user that serves"
    else:
        yield "ok", f"{home}, for its owner only"


def _keyring(settings: Settings) -> Found:
    path = settings["HOME"] / "keys" / "keyring.json"
    try:
        with _database(settings) as connection:
            sealed = connection.execute(select(messages.c.content).order_by(messages.c.id.desc()).limit(1)).scalar()
    except StoreError:
        sealed = None  # said by the check of the database
    if not settings["KEYRING"] and not path.is_file():
        yield (
            ("note", "there is none yet; it is made with the first message")
            if sealed is None
            else ("mend", "it is gone, and nothing that is stored can be read without it; restore it from the backup")
        )
        return
    keyring = KeyFile(path, settings["KEYRING"] or None).current()
    if sealed is not None and not keyring.knows(sealed):
        yield "mend", "the keyring does not open what is stored; restore the one that belongs to this database"
    else:
        yield "ok", "from BAITWATCH_KEYRING" if settings["KEYRING"] else f"{path}, for its owner only"


def _signing_key(settings: Settings) -> Found:
    path = settings["HOME"] / "keys" / "signing.pem"
    if not path.is_file():
        with _database(settings) as connection:
            signed = connection.execute(select(heads.c.id).limit(1)).scalar()
        yield (
            ("note", "there is none yet; it is made when the log is sealed first")
            if signed is None
            else ("mend", "it is gone, and a new one would not be known to those who check; restore it from the backup")
        )
        return
    load_or_create_key(path)
    yield "ok", f"{path}, for its owner only"


def _store(settings: Settings) -> Found:
    with _database(settings) as connection:
        kind = connection.dialect.name
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar() if kind == "sqlite" else "wal"
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found == REVISION:
            # taken back when the connection is closed
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    if found != REVISION:
        yield "mend", f"it has the tables of version {found}, this program those of {REVISION}; update or restart"
        return
    if mode != "wal":
        yield "mend", f"SQLite's journal is {mode}, not WAL; keep the home on a local disk, not on a network"
    else:
        yield "ok", f"{kind} answers and can be written; tables of version {REVISION}"


def _disk(settings: Settings) -> Found:
    home = settings["HOME"]
    free = shutil.disk_usage(home if home.is_dir() else Path.cwd()).free
    said = f"{free / 1024**3:.1f} GiB are free"
    yield ("ok", said) if free >= _LEAST_FREE else ("mend", f"only {said}; make room, or move BAITWATCH_HOME")


def _clock(settings: Settings) -> Found:
    now = datetime.now(UTC)
    with _database(settings) as connection:
        newest = connection.execute(select(entries.c.received_at).order_by(entries.c.id.desc()).limit(1)).scalar()
    if newest is not None and newest > now + _CLOCKS_DIFFER:
        yield "mend", f"the clock says {now:%Y-%m-%d %H:%M} UTC, before what was stored last; set it (NTP)"
    else:
        yield "ok", f"{now:%Y-%m-%d %H:%M} UTC, not before what was stored last"


def _model(settings: Settings) -> Found:
    loaded = Scorer.load(settings["MODEL_DIR"])
    probe(loaded)
    yield "ok", f"version {loaded.info['version']}, {loaded.info['sha256'][:12]}, scores"


def _log(settings: Settings) -> Found:
    with _database(settings) as connection:
        waiting, oldest = count_unsealed(connection)
    if oldest is not None and datetime.now(UTC) - oldest > _LATE:
        yield (
            "mend",
            f"{waiting} entries are not sealed, the oldest since {oldest:%Y-%m-%d %H:%M} UTC; start the service, "
            "or run `baitwatch audit`",
        )
    else:
        yield "ok", f"{waiting} entries wait to be sealed, none for long"


def _rollback(settings: Settings) -> Found:
    with closing(Store(settings["DATABASE_URL"])) as store:
        kept = Witness.of(settings["HOME"], store.engine.url).read()
    with _database(settings) as connection:
        lost = missing(connection, kept)
    if lost:
        earliest = min(head.signed_at for head in lost.values())
        yield (
            "mend",
            f"the store was set back to before {earliest:%Y-%m-%d %H:%M:%S} UTC; `baitwatch audit` names the shops; "
            "restore the newer one, or, where a backup was restored on purpose, run `baitwatch audit --accept-restore`",
        )
    elif kept:
        yield "ok", f"the store has the last signed heads of all {len(kept)} shops that are kept in the home"
    else:
        yield "note", "no heads are kept in the home yet; the service keeps them there when it signs the log"


def _limits(settings: Settings) -> Found:
    address = settings["RATE_LIMIT_STORE"]
    if address.startswith("memory:"):
        yield "ok", "each process counts for itself"
    elif storage_from_string(address, socket_connect_timeout=2, socket_timeout=2).check():
        yield "ok", "Redis counts for all processes"
    else:
        yield "mend", "Redis does not answer; see that it runs and that BAITWATCH_RATE_LIMIT_STORE names it"


def _retention(settings: Settings) -> Found:
    now = datetime.now(UTC)
    with _database(settings) as connection:
        days = limits(connection, settings["RETENTION_DAYS"] or None)
        first = func.min(conversations.c.changed_at).label("oldest")
        query = select(conversations.c.shop_id, first).group_by(conversations.c.shop_id)
        oldest = {row.shop_id: row.oldest for row in connection.execute(query)}
    late = [number for number, moment in oldest.items() if (limit := days[number]) and now - moment > _kept(limit)]
    endless = [moment for number, moment in oldest.items() if days[number] is None]
    if late:
        yield (
            "mend",
            f"talks of {len(late)} shops are kept beyond their limit; start the service, or run `baitwatch purge`",
        )
    elif endless:
        yield (
            "note",
            f"{len(endless)} shops have no limit, and their oldest talk is of {min(endless):%Y-%m-%d}; set one with "
            "`baitwatch shops set` or BAITWATCH_RETENTION_DAYS",
        )
    else:
        yield "ok", "every talk has a limit, and none is past it" if oldest else "no talks are kept yet"


def _kept(days: int) -> timedelta:
    """For how long a talk may be there; a service that stood still has some time to catch up."""
    return timedelta(days=days + 1)


def _backups(settings: Settings) -> Found:
    keys = "BAITWATCH_KEYRING" if settings["KEYRING"] else settings["HOME"] / "keys"
    yield "note", f"back up {keys} together with the database: neither can be read without the other"


CHECKS: dict[str, Callable[[Settings], Found]] = {
    "versions": _versions,
    "home": _home,
    "keyring": _keyring,
    "signing key": _signing_key,
    "database": _store,
    "disk": _disk,
    "clock": _clock,
    "model": _model,
    "log": _log,
    "rollback": _rollback,
    "rate limits": _limits,
    "retention": _retention,
    "backups": _backups,
}
"""By name, in the order in which they are shown."""


@contextmanager
def _database(settings: Settings) -> Iterator[Connection]:
    """A connection to the database as it is; nothing stays that is written by it."""
    with closing(Store(settings["DATABASE_URL"])) as store:
        url = store.engine.url
        file = (url.database or "").removeprefix("file:")
        if url.get_backend_name() == "sqlite" and not Path(file).is_file():
            raise StoreError(
                "there is no database file; restore it from the backup, or start the service and ask /readyz"
            )
        try:
            with store.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise explained(error) from None


def _open_to_others(path: Path) -> str | None:
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:o}" if os.name == "posix" and mode & 0o077 else None
