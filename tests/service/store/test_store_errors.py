"""What drivers say of a database, in words that help whoever runs it."""

from __future__ import annotations

from contextlib import closing

import pytest
from databases import SERVER, database
from sqlalchemy import make_url, text

from service.store.engine import Store
from service.store.errors import StoreError, explained


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("database or disk is full", "free some space"),
        ('could not extend file "base/1/2": No space left on device', "free some space"),
        ("attempt to write a readonly database", "give its owner the right"),
        ("FATAL:  sorry, too many clients already", "start fewer workers"),
        ('FATAL:  password authentication failed for user "shop"', "check user and password"),
        ("fe_sendauth: no password supplied", "check user and password"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ("permission denied for table messages", "make it the owner"),
        ("[Errno -2] failed to resolve host 'db': Name or service not known", "name service"),
        ("connection refused", "see that it runs"),
    ],
)
def test_what_a_driver_says_is_put_in_words_with_a_remedy(said: str, remedy: str) -> None:
    """The text says what to do, and repeats nothing of the driver's own."""
    found = str(explained(RuntimeError(said)))
    assert remedy in found
    assert said not in found
    assert "shop" not in found


@pytest.mark.parametrize(
    ("change", "remedy"),
    [({"database": "baitwatch_no_such"}, "createdb"), ({"username": "baitwatch_nobody"}, "check user")],
)
def test_a_wrong_name_in_the_address_is_told_from_a_server_that_is_away(
    tmp_path: object, change: dict[str, str], remedy: str
) -> None:
    """The server answers, but not to this."""
    with database("postgresql", tmp_path):  # says so where there is no server
        address = make_url(SERVER).set(**change).render_as_string(hide_password=False)
    with closing(Store(address)) as store, pytest.raises(StoreError, match=remedy):
        store.check()


def test_tables_that_are_gone_are_no_mistake_of_ours(store: Store) -> None:
    """Another program has emptied the database while the service ran."""
    store.check()
    with store.writing() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(StoreError, match="put a backup in its place"):
        store.check()
