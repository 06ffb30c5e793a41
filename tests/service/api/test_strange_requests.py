"""What a careless or hostile client can put into ids, numbers, times and cursors: clean on either database."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW

from riskmodel.scorer import Scorer
from service.api.body import MOST_LEVELS
from service.api.openapi import document
from service.app import create_app
from service.backend import backend_of
from service.store.access import SCOPES, create_key, find_or_make_shop
from service.store.engine import Store

JSON = "application/json"


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A client that sends a good key with all that it asks."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    app = create_app({"DATABASE_URL": url})
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", NOW)
        key = create_key(connection, keyring_of(), number, SCOPES, now=NOW)
    found = app.test_client()
    found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    yield found
    backend_of(app).store.close()


def message(**changes: Any) -> dict[str, Any]:
    return {"message_id": "m", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"} | changes


def wrong_fields(response: Any) -> list[str]:
    """What a 422 names."""
    assert response.status_code == 422, response.get_data(as_text=True)
    return [error["field"] for error in response.get_json()["errors"]]


@pytest.mark.parametrize("name", ["x" * 128, "长" * 128, "😀", "a b\n\u202e", ".", "%2F", "a;b?c#d&e"])
def test_any_other_id_in_a_path_is_one(client: FlaskClient, name: str) -> None:
    """What is percent-encoded UTF-8 without a slash is kept and found."""
    path = f"/v1/conversations/{quote(name, safe='')}"
    assert client.post(f"{path}/messages", json=message()).get_json()["conversation_id"] == name
    assert client.get(path).get_json()["conversation_id"] == name


@pytest.mark.parametrize("name", ["x" * 129, "\x00", "a\x00b", b"\xff", "你".encode("gbk")])
def test_an_id_that_no_talk_can_have_is_not_found_and_not_made(client: FlaskClient, name: str | bytes) -> None:
    """To read it is 404, to write to it is 422 by its name; ids in another encoding do not become one."""
    path = f"/v1/conversations/{quote(name, safe='')}"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/assessments").status_code == 404
    assert wrong_fields(client.post(f"{path}/messages", json=message())) == ["conversation_id"]
    assert wrong_fields(client.post(f"{path}/orders", json={"order_id": "o"})) == ["conversation_id"]
    assert wrong_fields(client.put(f"{path}/facts", json={})) == ["conversation_id"]
    assert client.get("/v1/conversations").get_json()["conversations"] == []


@pytest.mark.parametrize("path", ["a/b", "a//b", "/", "a/b/messages", "%2F", "a%2Fb"])
def test_a_slash_makes_another_path(client: FlaskClient, path: str) -> None:
    """There is no such endpoint; no redirect repeats what was asked."""
    response = client.get(f"/v1/conversations/{path}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert "Location" not in response.headers


def test_a_nul_is_kept_in_words_and_refused_in_ids(client: FlaskClient) -> None:
    """Text may hold any character; an id with NUL is named, whichever database there is."""
    path = "/v1/conversations/t"
    said = message(text="退货\x00吧", attachments=[{"name": "\x00", "media_type": "\x00", "sha256": "0" * 64}])
    assert client.post(f"{path}/messages", json=said).status_code == 200
    order = {"order_id": "o", "ship_to": {"phone": "\x00"}, "items": [{"title": "\x00"}]}
    assert client.post(f"{path}/orders", json=order).status_code == 200
    assert client.put(f"{path}/facts", json={"buyer": {"buyer_id": "\x00"}}).status_code == 200
    read = client.get(path).get_json()
    assert (read["messages"][0]["text"], read["orders"][0]["items"][0]["title"]) == ("退货\x00吧", "\x00")
    assert wrong_fields(client.post(f"{path}/messages", json=message(message_id="\x00"))) == ["message_id"]
    many = {"messages": [message(message_id="n"), message(message_id="a\x00")]}
    assert wrong_fields(client.post(f"{path}/messages", json=many)) == ["messages.1.message_id"]
    assert wrong_fields(client.post(f"{path}/orders", json={"order_id": "\x00"})) == ["order_id"]
    assert len(client.get(path).get_json()["messages"]) == 1


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00-23:59"],
)
def test_times_at_the_ends_of_the_calendar_are_kept(client: FlaskClient, moment: str) -> None:
    """Also where such a time has no form in UTC; the same message again is the same."""
    for sent in ({"messages": [message(sent_at=moment)]}, {"messages": [message(sent_at=moment)]}):
        assert client.post("/v1/conversations/t/messages", json=sent).status_code == 200
    assert client.post("/v1/conversations/t/orders", json={"order_id": "o", "placed_at": moment}).status_code == 200
    assert len(client.get("/v1/conversations/t").get_json()["messages"]) == 1


@pytest.mark.parametrize("digits", [19, 20, 40, 400, 4000])
def test_numbers_beyond_any_machine_word_are_taken_or_named(client: FlaskClient, digits: int) -> None:
    """Counts and amounts of any length are read; what is no number of the computer is named."""
    number = "9" * digits
    facts = f'{{"buyer": {{"orders_in_shop": {number}, "refunds_in_shop": {number}}}}}'
    assert client.put("/v1/conversations/t/facts", data=facts, content_type=JSON).status_code == 200
    assert client.post("/v1/conversations/t/messages", json=message()).status_code == 200
    order = {"order_id": "o", "amount": number, "items": [{"title": "杯子", "unit_price": number}]}
    assert client.post("/v1/conversations/t/orders", json=order).status_code == 200
    assert client.get("/v1/conversations/t").get_json()["orders"][0]["amount"] == number
    facts = f'{{"shop": {{"dispatch_hours": {number}}}, "buyer": {{"good_review_ratio": {number}}}}}'
    wrong = wrong_fields(client.put("/v1/conversations/t/facts", data=facts, content_type=JSON))
    assert wrong == ["buyer.good_review_ratio"] + ["shop.dispatch_hours"] * (digits >= 400)


@pytest.mark.parametrize(
    "content",
    [
        "0001-01-01T00:00:00+14:00 1",
        "9999-12-31T23:59:59-14:00 1",
        "2026-01-01T00:00:00+00:00 9223372036854775808",
        "2026-01-01T00:00:00 1",
        f"2026-01-01T00:00:00+00:00 {'1' * 5000}",
        "\x00 \x00",
    ],
)
def test_a_made_up_cursor_is_named(client: FlaskClient, content: str) -> None:
    """A cursor that was never given is refused, also where it looks like one."""
    cursor = base64.urlsafe_b64encode(content.encode()).decode()
    assert wrong_fields(client.get("/v1/conversations", query_string={"cursor": cursor})) == ["cursor"]


def test_a_body_may_be_nested_so_deep_and_no_deeper(client: FlaskClient) -> None:
    """At the limit it is read, and refused by the contract; beyond, the text says how deep it may be."""
    for route in ("/v1/score", "/v1/conversations/t/messages", "/v1/conversations/t/facts"):
        method = "PUT" if route.endswith("facts") else "POST"
        at_limit = b'{"a":' * MOST_LEVELS + b"1" + b"}" * MOST_LEVELS
        assert client.open(route, method=method, data=at_limit, content_type=JSON).status_code == 422
        beyond = client.open(route, method=method, data=b"[" + at_limit + b"]", content_type=JSON)
        assert beyond.status_code == 400
        assert f"more than {MOST_LEVELS} levels deep" in beyond.get_json()["detail"]


def test_every_route_that_takes_a_body_has_its_limit(client: FlaskClient) -> None:
    """One byte more than the setting is 413 wherever a body is read."""
    client.application.config["MAX_CONTENT_LENGTH"] = 100
    taken = 0
    for rule in client.application.url_map.iter_rules():
        if rule.rule.startswith(("/console/", "/embed/")):
            continue  # these have limits of their own
        for method in {"POST", "PUT", "PATCH"} & (rule.methods or set()):
            path = re.sub("<.*?>", "t", rule.rule)
            sent = document()["paths"][re.sub("<(.*?)>", r"{\1}", rule.rule)][method.lower()]
            media = next(iter(sent.get("requestBody", {"content": {}})["content"]), None)
            if media is None:
                continue  # takes no body
            boundary = "; boundary=x" if media.startswith("multipart") else ""
            response = client.open(path, method=method, data=b" " * 101, content_type=media + boundary)
            assert (response.status_code, response.mimetype) == (413, "application/problem+json"), path
            taken += 1
    assert taken >= 5
