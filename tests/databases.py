"""The databases that the store is tested on: SQLite in a folder of its own, and PostgreSQL where it runs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

KINDS = ("sqlite", "postgresql")
SERVER = os.environ.get("BAITWATCH_TEST_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/test")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind, which is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    name = f"baitwatch_test_{secrets.token_hex(6)}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(
            "needs PostgreSQL on 127.0.0.1:5432 with the role root and the database test (start it, or name another "
            "with BAITWATCH_TEST_POSTGRESQL)"
        )
    try:
        yield SERVER.rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
