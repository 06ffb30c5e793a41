"""The console around an empty store of each kind, with the people of two shops in it; passwords are hashed cheaply."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from people import CHEAP, PEOPLE, populate

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.console.stream import live_of
from service.store import users
from service.store.engine import Store


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[PasswordHasher]:
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    users._nobodys.cache_clear()
    yield CHEAP
    users._nobodys.cache_clear()


@pytest.fixture
def app(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    populate(store, PEOPLE)
    made = create_app({"DATABASE_URL": url, "LIVE_SECONDS": 0.0})  # no answer goes on
    yield made
    live_of(made).stop()  # which would ask the store once more
    backend_of(made).store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
