"""The service around a scorer that needs no model; and an empty store on each kind of database, around a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import KINDS, database
from fake_scorer import FakeScorer
from flask import Flask
from flask.testing import FlaskClient
from record_case import Case
from service_time import NOW

from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service.app import create_app
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.talks import Talks


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> FakeScorer:
    """The fake, loaded in place of any model."""
    fake = FakeScorer()
    monkeypatch.setattr(Scorer, "load", lambda directory: fake)
    return fake


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt to load a model fails."""

    def load(directory: Path) -> Scorer:
        raise ModelError("there is no model; run `baitwatch train`")

    monkeypatch.setattr(Scorer, "load", load)


@pytest.fixture
def app(scorer: FakeScorer) -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys" / "keyring.json")


@pytest.fixture
def shop(store: Store) -> int:
    with store.writing() as connection:
        return find_or_make_shop(connection, "甲店", NOW)[0]


@pytest.fixture
def case(store: Store, keys: KeyFile, shop: int) -> Case:
    return Case(store, keys.current(), shop)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one test's own, for commands that keep things."""
    monkeypatch.setenv("BAITWATCH_HOME", str(tmp_path))
    monkeypatch.delenv("BAITWATCH_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def talks(store: Store, keys: KeyFile, trained: Scorer) -> Talks:
    return Talks(store, keys, lambda: trained, lambda: NOW)
