"""What is to end says so with every answer, and nothing else does."""

from __future__ import annotations

import pytest
from flask import Flask

from service.api import ending

DOCUMENT = {
    "paths": {
        "/old/{name}": {
            "parameters": [{"name": "name", "in": "path"}],
            "get": {"deprecated": True, "x-deprecated": "2027-01-01", "x-sunset": "2028-02-29"},
            "post": {"summary": "goes on"},
        },
        "/new": {"get": {"summary": "goes on"}},
    }
}


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__, static_folder=None)
    made.add_url_rule("/old/<string:name>", "old", lambda name: (name, 404), methods=["GET", "POST"])
    made.add_url_rule("/new", "new", lambda: "")
    ending.init_app(made, DOCUMENT)
    return made


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_ends_says_since_when_and_until_when(app: Flask, method: str) -> None:
    """With errors too; the first day of either, in the form of its RFC."""
    headers = app.test_client().open("/old/a", method=method).headers
    assert headers["Deprecation"] == "@1798761600"
    assert headers["Sunset"] == "Tue, 29 Feb 2028 00:00:00 GMT"


@pytest.mark.parametrize(("method", "path"), [("POST", "/old/a"), ("GET", "/new"), ("GET", "/none"), ("PUT", "/old/a")])
def test_what_goes_on_says_nothing(app: Flask, method: str, path: str) -> None:
    """Nor does what was never there."""
    headers = app.test_client().open(path, method=method).headers
    assert not {"Deprecation", "Sunset"} & set(headers.keys())
