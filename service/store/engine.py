"""The connection to the database: SQLite in write-ahead mode where nothing is said, else PostgreSQL.

A transaction that writes begins as one (`BEGIN IMMEDIATE`), so that two writers wait for one another instead of
failing; what is committed has reached the disk.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from threading import Lock
from typing import Any

import psycopg
from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from riskmodel.errors import BaitwatchError
from service.files import make_private_folder
from service.store.errors import StoreError, explained, is_emptied
from service.store.migrate import REVISION, migrate

__all__ = ["Store", "StoreUrlError", "without_waiting"]

_WRITES = "baitwatch_writes"
_PATIENCE = 10  # seconds that a writer waits for another, and a caller for a connection
_ASKS_AGAIN = 0.0003, 0.0015  # seconds after which a writer to SQLite asks again, at random so that none is favoured
_FRESH = 1.0  # seconds for which a connection is taken to live on
# pages of SQLite's log that are written back at once, each change to a page only once: 16 MB
_WRITTEN_BACK = 4_000
SETTINGS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"wal_autocheckpoint={_WRITTEN_BACK}")
"""Of each connection to SQLite."""
# columns of JSON, several times faster than with the standard library
_JSON: dict[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}


class StoreUrlError(BaitwatchError):
    """An address of a database that cannot be used."""


class Store:
    """A database with the current tables, which are made or brought up to date when it is first used.

    Parameters
    ----------
    url
        ``sqlite:///path`` or ``postgresql://user@host/database``.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._current = False
        self._refused = False  # the last change that was to be made
        # SQLite has one writer: of the threads of this process one asks for its turn, the others wait for that one
        self._turn = Lock() if self.engine.dialect.name == "sqlite" else None
        file = self.engine.url.database or ""
        if self.engine.dialect.name == "sqlite" and file and not file.startswith((":", "file:")):
            self._watch_file(Path(file))

    @property
    def was_used(self) -> bool:
        """Whether it has been opened by this process."""
        return self._current

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of things; raises `StoreError` where there is none to be had."""
        with self._connected(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, and on the disk, when the block ends, or nothing."""
        with self._connected(writes=True) as connection:
            yield connection

    def check(self) -> None:
        """See that the database answers and has the tables of this program; raises `StoreError`.

        Where it refused the last change, for a full disk say, it has to write again: reading shows nothing of that.
        """
        with self.reading() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found != REVISION:
            raise StoreError("the database has the tables of another version; restart the service with this one")
        if self._refused:
            with self.writing() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _turn_of(self, writes: bool) -> Iterator[None]:
        if self._turn is None or not writes:
            yield
            return
        if not self._turn.acquire(timeout=_PATIENCE):
            raise StoreError("the database is busy; try again in a moment")
        try:
            yield
        finally:
            self._turn.release()

    def _watch_file(self, file: Path) -> None:
        """Connect anew where another file took the place of the database, and refuse to go on where it is gone.

        What is written to a file that was removed is lost, though the system lets one write to it.
        """

        @event.listens_for(self.engine, "do_connect")
        def make(*_how: Any) -> None:
            if file.exists():
                return
            if self._current:
                raise StoreError("the database file is gone; put it back, or restart the service to begin a new one")
            make_private_folder(file.parent)
            file.touch(mode=0o600)

        @event.listens_for(self.engine, "connect")
        def remember(_connection: Any, record: Any) -> None:
            record.info["file"] = _identity(file)

        @event.listens_for(self.engine, "checkout")
        def compare(_connection: Any, record: Any, _proxy: Any) -> None:
            if record.info["file"] != _identity(file):
                raise DisconnectionError

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        try:
            if not self._current:
                migrate(self.engine)
                self._current = True
            with self._turn_of(writes), self.engine.connect() as connection:
                connection.execution_options(**{_WRITES: writes})
                if not writes and self.engine.dialect.name == "postgresql":
                    # else each statement would see another state, and an audit what is half stored
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
            self._refused = self._refused and not writes
        except PoolTimeoutError:
            raise StoreError("the database is busy; try again in a moment") from None
        except DBAPIError as error:
            if _is_ours(error):
                raise
            self._refused = self._refused or writes
            raise explained(error) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(
                f"the database file cannot be made: {reason}; check BAITWATCH_HOME and its rights"
            ) from None


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def without_waiting(connection: Connection) -> Iterator[None]:
    """Send statements that give no rows one after the other, and wait once for all of them when the block ends.

    SQLite has nothing to wait for.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.OperationalError as error:
        raise explained(error) from None


def _is_ours(error: DBAPIError) -> bool:
    """Whether a statement is at fault and not the database: that is a mistake of the program, to be seen as one."""
    return type(error).__name__ in ("IntegrityError", "ProgrammingError", "DataError") and not is_emptied(error)


def _engine(address: str) -> Engine:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreUrlError(
            "BAITWATCH_DATABASE_URL is no address; use sqlite:///path or postgresql://user@host/database"
        ) from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    elif url.get_backend_name() != "sqlite":
        raise StoreUrlError("BAITWATCH_DATABASE_URL names a database that is not supported; use SQLite or PostgreSQL")
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return _postgresql(url)
    except NoSuchModuleError:
        raise StoreUrlError("BAITWATCH_DATABASE_URL names a driver that is not installed") from None


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, pool_timeout=_PATIENCE, connect_args={"connect_timeout": _PATIENCE}, **_JSON
    )

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def see_that_it_lives(connection: Any, record: Any, _proxy: Any) -> None:
        # the pool's own check asks before every use, which takes as long as a statement
        if time.monotonic() - record.info.get("used", 0.0) < _FRESH:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error:
            raise DisconnectionError from None  # the pool takes another

    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _PATIENCE, "check_same_thread": False}, **_JSON
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions by its own rules
        for setting in SETTINGS:
            _set(connection, setting)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_WRITES, True):
            connection.exec_driver_sql("BEGIN")
        elif not _begun_to_write(connection.connection.driver_connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, for its error

    return engine


def _set(connection: Any, setting: str) -> None:
    """Set something of a connection; to go over to the log, SQLite asks for the whole file and does not wait for it."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute(f"PRAGMA {setting}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(uniform(*_ASKS_AGAIN))  # noqa: S311  # a time to wait, no secret
        else:
            return


def _begun_to_write(connection: Any) -> bool:
    """Whether it is this writer's turn at last.

    SQLite itself would wait for up to a tenth of a second before it asks again, while others come and go.
    """
    until = time.monotonic() + _PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(uniform(*_ASKS_AGAIN))  # noqa: S311  # a time to wait, no secret
            else:
                return True
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={round(_PATIENCE * 1000)}")
