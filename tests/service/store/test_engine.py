"""The connection: tables of this program, writers that wait, and errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_time import NOW
from sqlalchemy import insert, select, text

from service.store.engine import Store, StoreUrlError
from service.store.errors import StoreError
from service.store.schema import metadata, shops


def test_the_migrations_make_the_tables_of_the_program(store: Store) -> None:
    """What migrations make is what the code works with, column by column."""
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_what_fails_midway_is_not_kept(store: Store) -> None:
    """A transaction is kept as a whole or not at all."""

    def fail() -> None:
        with store.writing() as connection:
            connection.execute(insert(shops).values(name="乙店", made_at=NOW))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as connection:
        assert connection.execute(select(shops.c.id)).all() == []


def test_times_come_back_in_utc(store: Store) -> None:
    """The zone of a stored time is not lost, whichever database keeps it."""
    with store.writing() as connection:
        connection.execute(insert(shops).values(name="乙店", made_at=NOW))
    with store.reading() as connection:
        found = connection.execute(select(shops.c.made_at)).scalar_one()
    assert (found, found.utcoffset()) == (NOW, NOW.utcoffset())


def test_many_processes_may_come_first(url: str) -> None:
    """Who opens an empty database at the same moment as others finds the same tables."""
    stores, errors = [Store(url) for _ in range(6)], []

    def open_it(store: Store) -> None:
        try:
            store.check()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for store in stores:
        store.close()


def test_a_database_of_a_newer_program_is_refused(store: Store, url: str) -> None:
    """Tables that this program does not know are left alone."""
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with closing(Store(url)) as again, pytest.raises(StoreError, match="newer version"):
        again.check()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://root:secret@localhost/test", "not supported"),
        ("the secret", "is no address"),
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(address: str, said: str) -> None:
    """The address can hold a password, so that it is named and not shown."""
    with pytest.raises(StoreUrlError, match=said) as caught:
        Store(address)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_not_there_says_so() -> None:
    """Nobody listens: the error says what to look at, and holds nothing of the address."""
    gone = Store("postgresql://somebody:secret@127.0.0.1:1/nothing")
    with closing(gone), pytest.raises(StoreError, match="does not answer") as caught:
        gone.check()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    """Something else lies where the database should be."""
    file = tmp_path / "store.db"
    file.write_bytes(b"something else entirely, and long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="damaged or of another program"):
        Store(f"sqlite:///{file}").check()


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Folder and file are made so that no other user of the machine can read them."""
    Store(f"sqlite:///{tmp_path / 'home' / 'store.db'}").check()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home" / "store.db").stat().st_mode & 0o077 == 0


def test_a_home_that_is_a_file_says_so(tmp_path: Path) -> None:
    """A file lies where the folder should be."""
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="BAITWATCH_HOME"):
        Store(f"sqlite:///{tmp_path / 'home' / 'store.db'}").check()


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    """It goes on once the other has ended, and what it writes is on the disk when it ends."""
    file = tmp_path / "store.db"
    with closing(Store(f"sqlite:///{file}")) as store:
        store.check()
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            ended: list[bool] = []

            def end() -> None:
                ended.append(True)
                other.execute("COMMIT")

            timer = threading.Timer(0.1, end)
            timer.start()
            with store.writing() as connection:
                assert ended
                settings = [
                    connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "busy_timeout")
                ]
            timer.join()
    assert settings == [2, 10_000]


def test_a_writer_gives_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another does not end, the database is said to be busy."""
    monkeypatch.setattr("service.store.engine._PATIENCE", 0.05)
    file = tmp_path / "store.db"
    with closing(Store(f"sqlite:///{file}")) as store:
        store.check()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="busy"), store.writing():
                pass
