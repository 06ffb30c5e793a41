"""Shops do not see each other: every route is asked about a talk of one shop by another, with its key and signed in.

A new route fails here until it is said how it is asked: in `good_requests.py`, or for the console's forms in `FORMS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from good_requests import OPERATIONS, good
from keyring_of import keyring_of
from people import CHEAP, PASSWORD, PEOPLE, form_token, populate, say, sign_in
from service_time import NOW
from sqlalchemy import select
from werkzeug.test import TestResponse

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.console.assets import asset
from service.console.stream import live_of
from service.store import users
from service.store.access import SCOPES, create_key, find_or_make_shop
from service.store.engine import Store
from service.store.schema import cases, conversations, metadata

SECRET = "甲店的顾客说的话"
# a talk of this name is another one in each shop: whoever sends to it makes or continues its own
MAKES = ("addMessages", "addOrders", "setFacts")
# what the forms of the console take, beside their token
FORMS: dict[str, dict[str, str]] = {
    "console.sign_in": {"shop": "乙店", "name": "掌柜", "password": PASSWORD},
    "console.change_password": {"present": PASSWORD, "chosen": "tall lamps wander", "again": "tall lamps wander"},
    "console.sign_out": {},
    "console.check": {"text": "可以的"},
    "console.say": {"side": "buyer", "text": "在吗"},
    "console.take": {"text": ""},  # what it took would be the other shop's own
    "console.save_policy": {"same_day_cutoff": "16:00"},
    "console.make_key": {"scope": "read"},
    "console.take_key": {"key": "1"},  # of the first shop
    "console.make_person": {"name": "新人", "role": "agent", "password": PASSWORD},
    "console.change_person": {"user": "1", "do": "remove"},  # of the first shop
    "console.keep_for": {"days": "30", "confirmed": "30"},
    "console.make_first": {},
    "console.ask": {},
    "console.decide": {"outcome": "unclear", "reason": "看过"},
    "console.open_case": {"claim": "review", "case_id": "k2"},
    "console.take_step": {"step": "handling.contact", "once": "e2"},
    "console.take_note": {"text": "看过", "once": "e3"},
    "console.take_decision": {"outcome": "unclear", "reason": "看过", "once": "e4"},
    "console.take_file": {"remove": "1"},
    "console.make_bundle": {},
}
# what is refused though no talk is named: nothing was given, what is the first shop's, or there is a user already;
# figures are an analyst's, see test_analyst_figures.py
REFUSED = (
    *("console.take", "console.take_key", "console.change_person", "console.make_first"),
    *("console.figures", "console.other_threshold", "console.figures_csv"),
)


@pytest.fixture
def app(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A service in which the first shop has a talk and the second one has none; people can sign in to both."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    monkeypatch.setattr(users, "_HASHER", CHEAP)
    users._nobodys.cache_clear()
    populate(store, PEOPLE)
    made = create_app({"DATABASE_URL": url, "RATE_LIMIT": "", "LIVE_SECONDS": 0.0})
    say(made.test_client(), store, "t", SECRET, "在的", SECRET, shop="甲店")
    label = {"conversation_id": "t", "label": "benign", "reason": SECRET}
    assert made.test_client().post("/v1/labels", json=label, headers=a_key(store, "甲店")).status_code == 201
    for name in ("openCase", "addCaseEvent", "fileExhibit"):
        asked = good(name)
        assert made.test_client().open(asked.pop("path"), headers=a_key(store, "甲店"), **asked).status_code == 201
    yield made
    live_of(made).stop()  # which would ask the store once more
    backend_of(made).store.close()
    users._nobodys.cache_clear()


def a_key(store: Store, shop: str) -> dict[str, str]:
    """A header with a fresh key that is good for everything."""
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        return {"Authorization": f"Bearer {create_key(connection, keyring_of(), number, SCOPES, now=NOW)}"}


def kept(store: Store, *, but: str = "") -> dict[str, list[Any]]:
    """All rows of the first shop, and all of its talk."""
    with store.reading() as connection:
        first = select(conversations.c.id, conversations.c.shop_id).order_by(conversations.c.id).limit(1)
        talk, shop = connection.execute(first).one()
        found = {}
        for table in metadata.sorted_tables:
            column, value = ("shop_id", shop) if "shop_id" in table.c else ("talk_id", talk)
            if column in table.c and table.name != but:
                found[table.name] = sorted(map(repr, connection.execute(select(table).where(table.c[column] == value))))
        return found


def concerns_a_talk(asked: dict[str, Any]) -> bool:
    """Whether a request names the talk of the first shop, or its case."""
    return re.search(r"/[tk](/|$)", asked["path"]) is not None or asked.get("json", {}).get("conversation_id") == "t"


def test_no_route_of_the_api_shows_or_changes_another_shops_talk(app: Flask, store: Store) -> None:
    """Where a talk is named the answer is 404, as if there were none; lists are empty; all is as it was."""
    key = a_key(store, "乙店")
    client, before = app.test_client(), kept(store)
    assert before["messages"]
    for name in sorted(OPERATIONS, key=lambda each: each in MAKES):
        asked = good(name)
        response = client.open(asked.pop("path"), headers=key, **asked)
        assert SECRET not in response.get_data(as_text=True), name
        stateless = name in ("score", "checkReply")
        if concerns_a_talk(good(name)) and name not in MAKES and not stateless:
            assert response.status_code == 404, name
            assert response.get_json()["type"] == "urn:baitwatch:problem:not-found"
        else:
            assert response.status_code < 300, (name, response.get_data(as_text=True))
    assert client.get("/v1/labels?conversation_id=none", headers=key).status_code == 404
    assert kept(store) == before


def test_no_page_of_the_console_shows_another_shops_talk(app: Flask, store: Store) -> None:
    """Each page is asked for by someone of the other shop; the talk is not there, and all is as it was."""
    client = app.test_client()
    assert sign_in(client, "掌柜", "乙店").status_code == 303
    with store.reading() as connection:
        talk = str(connection.execute(select(conversations.c.talk)).scalar())
        case = str(connection.execute(select(cases.c.name)).scalar())
    before = kept(store, but="access_log")  # where the look of the talk's own shop, at the end, is noted
    pages = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith("/console/")
    ]
    for rule, method in sorted(pages, key=lambda page: page[0].endpoint == "console.sign_out"):
        style = f"{asset('style.css').digest}/style.css"
        path = rule.rule.replace("<talk>", talk).replace("<digest>/<asset_name>", style)
        path = path.replace("<sheet>", "days").replace("<case>", case).replace("<position>", "1")
        assert "<" not in path, f"say here how {rule.rule} is filled"
        response = _page(client, path, method, rule.endpoint)
        assert SECRET not in response.get_data(as_text=True), path
        theirs = talk in path or case in path
        assert response.status_code == (404 if theirs else response.status_code), path
        assert response.status_code < 400 or theirs or rule.endpoint in REFUSED, path
    assert sign_in(client, shop="甲店").status_code == 303
    assert SECRET in client.get(f"/console/talks/{talk}").get_data(as_text=True)
    assert kept(store, but="access_log") == before


def _page(client: FlaskClient, path: str, method: str, endpoint: str) -> TestResponse:
    if method == "GET":
        return client.get(path)
    assert endpoint in FORMS, f"say in FORMS what {endpoint} takes"
    page = "/console/login" if endpoint in ("console.sign_in", "console.make_first") else "/console/password"
    return client.open(path, method=method, data={"csrf_token": form_token(client, page), **FORMS[endpoint]})


def test_every_route_is_asked(app: Flask) -> None:
    """What the application serves is in the document, or a page of the console or of the frame."""
    documented = {(path.replace("{", "<").replace("}", ">"), method) for method, path, _ in OPERATIONS.values()}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (rule.rule, method) in documented or rule.rule.startswith(("/console/", "/embed/"))
