"""A database that cannot be used (a full disk, a file that cannot be written, is gone or another), and afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import database
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW
from sqlalchemy import Engine, event, text
from test_problems import assert_problem

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.store.access import create_key, find_or_make_shop
from service.store.audit import audit_shop
from service.store.engine import Store
from service.store.errors import StoreError

SCOPES = ("score", "read")
Headers = dict[str, str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "store.db"


@pytest.fixture
def client(file: Path, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    app = create_app({"DATABASE_URL": f"sqlite:///{file}"})
    yield app.test_client()
    backend_of(app).store.close()


@pytest.fixture
def key(client: FlaskClient) -> Headers:
    with backend_of(client.application).store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", NOW)
        return {"Authorization": f"Bearer {create_key(connection, keyring_of(), number, SCOPES, now=NOW)}"}


def send(client: FlaskClient, key: Headers, number: int) -> Any:
    message = {"message_id": f"m{number}", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"}
    return client.post("/v1/conversations/t/messages", json=message, headers=key)


def kept(client: FlaskClient, key: Headers) -> list[str]:
    found = client.get("/v1/conversations/t", headers=key).get_json()
    return [message["message_id"] for message in found["messages"]]


def is_whole(client: FlaskClient) -> bool:
    backend = backend_of(client.application)
    with backend.store.reading() as connection:
        return list(audit_shop(connection, 1, backend.keys.current(), backend.signing_key.public_key())) == []


def with_setting(engine: Engine, setting: str) -> Callable[[], None]:
    """Open all connections anew with a setting; gives what takes it back."""

    def apply(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {setting}")

    def undo() -> None:
        event.remove(engine, "connect", apply)
        engine.dispose()

    engine.dispose()
    event.listen(engine, "connect", apply)
    return undo


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(client: FlaskClient, key: Headers) -> None:
    """Messages are refused with 503 while there is no room; what was answered is there, and it goes on by itself."""
    engine = backend_of(client.application).store.engine
    assert send(client, key, 0).status_code == 200
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    undo = with_setting(engine, f"max_page_count={pages + 2}")
    answers = [send(client, key, number) for number in range(1, 40)]
    refused = [response for response in answers if response.status_code != 200]
    assert refused
    for response in refused:
        assert "The disk is full" in assert_problem(response, 503, "store-unavailable")["detail"]
        assert int(response.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200
    undo()
    acknowledged = [f"m{number}" for number, response in enumerate(answers, start=1) if response.status_code == 200]
    assert kept(client, key) == ["m0", *acknowledged]
    assert send(client, key, 99).status_code == 200
    assert is_whole(client)


def test_a_database_that_cannot_be_written_is_said(client: FlaskClient, key: Headers) -> None:
    """Messages are refused with 503 and the reason; what is there is still read, and it goes on by itself."""
    assert send(client, key, 0).status_code == 200
    undo = with_setting(backend_of(client.application).store.engine, "query_only=ON")
    problem = assert_problem(send(client, key, 1), 503, "store-unavailable")
    assert "cannot be written" in problem["detail"]
    assert client.get("/v1/conversations", headers=key).get_json()["conversations"][0]["messages"] == 1
    undo()
    assert send(client, key, 1).status_code == 200
    assert kept(client, key) == ["m0", "m1"]


def test_a_file_opened_for_reading_only_is_said(client: FlaskClient, key: Headers, file: Path, trained: Scorer) -> None:
    """What the system refuses to write is said in the same words."""
    send(client, key, 0)
    app = create_app({"DATABASE_URL": f"sqlite:///file:{file}?mode=ro&uri=true"})
    problem = assert_problem(send(app.test_client(), key, 1), 503, "store-unavailable")
    assert "cannot be written" in problem["detail"]
    backend_of(app).store.close()


def test_a_file_that_is_gone_takes_no_message(client: FlaskClient, key: Headers, file: Path) -> None:
    """Nothing is acknowledged that would be lost with the removed file; put back, it goes on by itself."""
    assert send(client, key, 0).status_code == 200
    assert client.get("/readyz").status_code == 200
    file.rename(file.with_name("elsewhere"))
    for response in (send(client, key, 1), client.get("/readyz")):
        assert "is gone" in assert_problem(response, 503, "store-unavailable")["detail"]
        assert int(response.headers["Retry-After"]) > 0
    assert not file.exists()
    assert client.get("/healthz").status_code == 200
    file.with_name("elsewhere").rename(file)
    assert client.get("/readyz").status_code == 200
    assert send(client, key, 1).status_code == 200
    assert kept(client, key) == ["m0", "m1"]


def test_a_backup_that_is_put_in_place_is_used(client: FlaskClient, key: Headers, file: Path) -> None:
    """Connections to the file that was there before are given up."""
    send(client, key, 0)
    backend_of(client.application).store.close()  # so that all is in the one file
    backup = shutil.copy(file, file.with_name("backup"))
    send(client, key, 1)
    for left in file.parent.glob("store.db*"):
        left.unlink()
    Path(backup).rename(file)
    assert kept(client, key) == ["m0"]


def test_a_server_that_takes_nothing_is_said(tmp_path: Path) -> None:
    """A standby answers, but cannot be written."""
    with database("postgresql", tmp_path) as url:
        with closing(Store(url)) as store:
            store.check()
        with closing(Store(f"{url}?options=-cdefault_transaction_read_only%3Don")) as store:
            store.check()
            with pytest.raises(StoreError, match="standby"), store.writing() as connection:
                find_or_make_shop(connection, "甲店", NOW)


def test_readiness_follows_the_database(trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that nobody reaches is said by `/readyz`, not by `/healthz`."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    client = create_app({"DATABASE_URL": "postgresql://somebody@127.0.0.1:1/nothing"}).test_client()
    assert "does not answer" in assert_problem(client.get("/readyz"), 503, "store-unavailable")["detail"]
    assert client.get("/healthz").status_code == 200
