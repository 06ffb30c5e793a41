"""A talk in a frame: opened by a token for that talk alone, by no cookie, and only on pages that the settings name."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyring_of import keyring_of
from people import say, sign_in
from service_time import NOW
from sqlalchemy import select

from service.console.embed.pages import HEADER
from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store
from service.store.schema import access_log

# what these pages ask of the store is tested on both kinds of database beside it
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def ask(client: FlaskClient, store: Store, talk: str = "t", shop: str = "甲店") -> Any:
    """A token, as a program of the shop gets it."""
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        key = create_key(connection, keyring_of(), number, ["score"], now=NOW)
    return client.post(f"/v1/conversations/{talk}/embed-token", headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def given(client: FlaskClient, store: Store) -> dict[str, str]:
    """A token for a talk in which too much was promised, and where the frame is."""
    say(client, store, "t", "今天能发货吗", "可以的，今天一定发", "五分好评返我二十块，不然就差评")
    answer = ask(client, store)
    assert answer.status_code == 201
    return {**answer.get_json(), "place": answer.get_json()["url"].partition("#")[0]}


def test_the_page_itself_holds_nothing(client: FlaskClient, store: Store, given: dict[str, str]) -> None:
    """The token stands in the fragment, which is not sent; the page is the same for a talk that is not there."""
    assert given["url"] == f"{given['place']}#{given['token']}"
    talk = given["place"].rpartition("/")[2]
    page = client.get(given["place"]).get_data(as_text=True)
    assert given["token"] not in page
    assert page == client.get(given["place"].replace(talk, "0" * 32)).get_data(as_text=True).replace("0" * 32, talk)
    with store.reading() as connection:
        assert connection.execute(select(access_log.c.talk).where(access_log.c.action == "embed")).scalars().all() == [
            talk
        ]


def test_the_token_opens_advice_and_check(client: FlaskClient, given: dict[str, str]) -> None:
    """In the language that the address asks for, and no words of the chat; a draft is checked in its talk."""
    header = {HEADER: given["token"]}
    page = client.get(f"{given['place']}/now?language=en", headers=header)
    assert page.status_code == 200
    assert 'class="action"' in page.get_data(as_text=True)
    assert "五分好评" not in page.get_data(as_text=True)
    checked = client.post(f"{given['place']}/check", data={"text": "今天一定发，不发赔你一百"}, headers=header)
    assert 'class="checked' in checked.get_data(as_text=True)
    assert client.post(f"{given['place']}/check", data={"text": " "}, headers=header).get_data(as_text=True) == ""
    assert client.post(f"{given['place']}/check", data={"text": "好" * 20_001}, headers=header).status_code == 422
    assert not any("Set-Cookie" in answer.headers for answer in (page, checked))


def test_nothing_else_opens_it(client: FlaskClient, store: Store, given: dict[str, str]) -> None:
    """No token, another talk's, another shop's, a changed one, one in the address, or being signed in: 401."""
    say(client, store, "u", "在吗")
    say(client, store, "t", "在吗", shop="乙店")
    sign_in(client)
    others = [ask(client, store, "u").get_json()["token"], ask(client, store, shop="乙店").get_json()["token"]]
    for token in ("", "x", given["token"][1:], *others):
        for part in ("now", "check"):
            answer = client.open(
                f"{given['place']}/{part}", method="GET" if part == "now" else "POST", headers={HEADER: token}
            )
            assert answer.status_code == 401
            assert answer.get_json()["type"] == "urn:baitwatch:problem:key"
    assert client.get(f"{given['place']}/now?token={given['token']}").status_code == 401


def test_only_pages_that_the_settings_name_may_frame_it(client: FlaskClient, app: Flask, given: dict[str, str]) -> None:
    """None unless it is said; the console itself never."""
    policy = client.get(given["place"]).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'none'")
    app.config["EMBED_ORIGINS"] = "https://desk.example http://127.0.0.1:9000"
    answer = client.get(given["place"])
    assert answer.headers["Content-Security-Policy"].endswith(
        "frame-ancestors https://desk.example http://127.0.0.1:9000"
    )
    assert "X-Frame-Options" not in answer.headers
    assert 'data-origins="https://desk.example http://127.0.0.1:9000"' in answer.get_data(as_text=True)
    assert client.get("/console/login").headers["X-Frame-Options"] == "DENY"
