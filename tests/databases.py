"""The databases that the store is tested on: SQLite in a folder of its own, and PostgreSQL where it runs."""

from __future__ import annotations

import atexit
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, delete, inspect, text
from sqlalchemy.exc import OperationalError

from service.store.engine import Store
from service.store.migrate import REVISION
from service.store.schema import metadata

KINDS = ("sqlite", "postgresql")
SERVER = os.environ.get("BAITWATCH_TEST_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/test")


_free: list[str] = []  # PostgreSQL's databases with empty tables: to empty one is quicker than to make another


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database of this kind with nothing in its tables, which is emptied or gone afterwards."""
    if kind == "sqlite":
        (folder / "store.db").write_bytes(_tables())
        yield f"sqlite:///{folder / 'store.db'}"
        return
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        name = _free.pop() if _free else _make(server)
    except OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(
            "needs PostgreSQL on 127.0.0.1:5432 with the role root and the database test (start it, or name another "
            "with BAITWATCH_TEST_POSTGRESQL)"
        )
    try:
        yield _address(name)
    finally:
        with server.connect() as connection:
            others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            connection.execute(others, {"name": name})
        server.dispose()
        if _empty(name):
            _free.append(name)


@cache
def _tables() -> bytes:
    """A SQLite file with empty tables: to copy it is quicker than to make them anew."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = Store(f"sqlite:///{path}")
        with store.reading():
            pass
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


def _make(server: Engine) -> str:
    name = f"baitwatch_test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    atexit.register(_drop, name)
    return name


def _empty(name: str) -> bool:
    """Take out all rows; False where a test has changed the tables themselves."""
    engine = create_engine(_address(name))
    try:
        with engine.begin() as connection:
            there = set(inspect(connection).get_table_names())
            if there != {table.name for table in metadata.sorted_tables} | {"alembic_version"}:
                return False
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": REVISION})
            return True
    finally:
        engine.dispose()


def _drop(name: str) -> None:
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


def _address(name: str) -> str:
    return SERVER.rpartition("/")[0] + f"/{name}"
