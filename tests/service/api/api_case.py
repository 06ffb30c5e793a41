"""What tests of the endpoints share: a key of a shop, and the one shape of an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW

from service.app import create_app
from service.backend import backend_of
from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store


@contextmanager
def served(url: str, **settings: Any) -> Iterator[FlaskClient]:
    """The service on a database."""
    app = create_app({"DATABASE_URL": url} | settings)
    yield app.test_client()
    backend_of(app).store.close()


def key(store: Store, shop: str, *scopes: str) -> dict[str, str]:
    """A header with a fresh key."""
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        made = create_key(connection, keyring_of(), number, scopes, now=NOW)
    return {"Authorization": f"Bearer {made}"}


def problem(response: Any, status: int, kind: str | None) -> dict[str, Any]:
    """The body of an error, which has the one shape."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["type"] == (f"urn:baitwatch:problem:{kind}" if kind else "about:blank")
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return body
