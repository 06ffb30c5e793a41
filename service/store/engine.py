"""The connection to the database: SQLite in write-ahead mode where nothing is said, else PostgreSQL.

A transaction that writes begins as one (`BEGIN IMMEDIATE`), so that two writers wait for one another instead of
failing; what is committed has reached the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from riskmodel.errors import BaitwatchError
from service.files import make_private_folder
from service.store.errors import StoreError, explained
from service.store.migrate import REVISION, migrate

__all__ = ["Store", "StoreUrlError"]

_WRITES = "baitwatch_writes"
_PATIENCE = 10  # seconds that a writer waits for another, and a caller for a connection


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
        """See that the database answers and has the tables of this program; raises `StoreError`."""
        with self.reading() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found != REVISION:
            raise StoreError("the database has the tables of another version; restart the service with this one")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        try:
            if not self._current:
                migrate(self.engine)
                self._current = True
            with self.engine.connect() as connection:
                connection.execution_options(**{_WRITES: writes})
                if not writes and self.engine.dialect.name == "postgresql":
                    # else each statement would see another state, and an audit what is half stored
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except PoolTimeoutError:
            raise StoreError("the database is busy; try again in a moment") from None
        except DBAPIError as error:
            if _is_ours(error):
                raise
            raise explained(error) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(
                f"the database file cannot be made: {reason}; check BAITWATCH_HOME and its rights"
            ) from None


def _is_ours(error: DBAPIError) -> bool:
    """Whether a statement is at fault and not the database: that is a mistake of the program, to be seen as one."""
    return type(error).__name__ in ("IntegrityError", "ProgrammingError", "DataError") and "no such table" not in str(
        error.orig
    )


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
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_timeout=_PATIENCE,
            connect_args={"connect_timeout": _PATIENCE},
        )
    except NoSuchModuleError:
        raise StoreUrlError("BAITWATCH_DATABASE_URL names a driver that is not installed") from None
    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _PATIENCE, "check_same_thread": False})

    @event.listens_for(engine, "do_connect")
    def make_file(*_how: Any) -> None:
        if url.database and not Path(url.database).exists():
            make_private_folder(Path(url.database).parent)
            Path(url.database).touch(mode=0o600)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions by its own rules
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
