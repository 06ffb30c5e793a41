"""API keys in the console: shown once, good for what was ticked, revoked for good."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyring_of import keyring_of
from people import form_token, send, sign_in
from service_time import NOW
from sqlalchemy import select

from service.store.access import create_key, find_shop
from service.store.engine import Store
from service.store.schema import access_log, api_keys

# what these pages ask of the store is tested on both kinds of database beside it
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
PAGE = "/console/setup/keys"


@pytest.fixture(autouse=True)
def admin(client: FlaskClient) -> None:
    sign_in(client, "老板")


def status(app: Flask, key: str, path: str = "/v1/shop/policy") -> int:
    return app.test_client().get(path, headers={"Authorization": f"Bearer {key}"}).status_code


def make(client: FlaskClient, *scopes: str, label: str = "") -> str:
    """A key, as the page shows it."""
    data = {"csrf_token": form_token(client, PAGE), "scope": list(scopes), "label": label}
    found = re.search(r'value="(bw_[^"]+)"', client.post(PAGE, data=data).get_data(as_text=True))
    assert found is not None
    return found[1]


def test_a_key_is_shown_once_and_works(client: FlaskClient, app: Flask, store: Store) -> None:
    """For what was ticked and nothing else; who made it is noted."""
    key = make(client, "read", label="旺旺插件")
    assert (status(app, key), status(app, key, "/v1/labels")) == (200, 403)
    page = client.get(PAGE).get_data(as_text=True)
    assert "旺旺插件" in page
    assert key not in page
    with store.reading() as connection:
        assert "key made" in connection.execute(select(access_log.c.action)).scalars().all()


def test_a_revoked_key_is_good_for_nothing(client: FlaskClient, app: Flask) -> None:
    """And is listed as revoked; a second time there is none to revoke."""
    key = make(client, "read")
    assert send(client, f"{PAGE}/revoke", PAGE, key="1").status_code == 303
    assert status(app, key) == 401
    page = client.get(PAGE).get_data(as_text=True)
    assert "密钥已吊销" in page
    assert "吊销于" in page
    assert send(client, f"{PAGE}/revoke", PAGE, key="1").status_code == 404


def test_a_key_without_use_is_refused(client: FlaskClient, store: Store) -> None:
    """Nothing ticked, something that is no scope, or a label that cannot be seen: said, and no key is made."""
    for fields, said in (
        ({"label": "x"}, "请至少勾选一项"),
        ({"scope": "all"}, "请至少勾选一项"),
        ({"scope": "read", "label": "a\u202eb"}, "看得见的字符"),
        ({"scope": "read", "label": "x" * 129}, "看得见的字符"),
    ):
        answer = send(client, PAGE, **fields)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    with store.reading() as connection:
        assert connection.execute(select(api_keys.c.id)).first() is None


def test_another_shops_key_is_not_there(client: FlaskClient, app: Flask, store: Store) -> None:
    """It is not listed, and to revoke it is 404."""
    with store.writing() as connection:
        number = find_shop(connection, "乙店")
        key = create_key(connection, keyring_of(), number, ["read"], label="别店的", now=NOW)
    assert "别店的" not in client.get(PAGE).get_data(as_text=True)
    for given in ("1", "x", ""):
        assert send(client, f"{PAGE}/revoke", PAGE, key=given).status_code == 404
    assert status(app, key) == 200
