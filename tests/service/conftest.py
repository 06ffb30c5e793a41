"""The service around a scorer that needs no model."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from flask import Flask
from flask.testing import FlaskClient

from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service.app import create_app


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
