"""``/v1/conversations`` over HTTP: keys, bodies, lists, and another shop's eyes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW
from sqlalchemy import select

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store
from service.store.schema import access_log


def message(number: int, text: str = "今天能发货吗", sender: str = "buyer") -> dict[str, Any]:
    return {
        "message_id": f"m{number}",
        "sender": sender,
        "sent_at": f"2026-03-04T10:{number:02}:00+08:00",
        "text": text,
    }


def key(store: Store, shop: str, *scopes: str) -> dict[str, str]:
    """A header with a fresh key."""
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        made = create_key(connection, keyring_of(), number, scopes, now=NOW)
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    app = create_app({"DATABASE_URL": url})
    yield app.test_client()
    backend_of(app).store.close()


def problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    """The body of an error, which has the one shape."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["type"] == f"urn:baitwatch:problem:{kind}"
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return body


def test_one_message_is_answered_with_one_assessment(client: FlaskClient, store: Store, trained: Scorer) -> None:
    """The answer is the Assessment itself, for several messages a list of them."""
    mine = key(store, "甲店", "score", "read")
    one = client.post("/v1/conversations/t/messages", json=message(1), headers=mine)
    assert one.status_code == 200
    assert (one.get_json()["conversation_id"], one.get_json()["as_of_message_id"]) == ("t", "m1")
    several = client.post(
        "/v1/conversations/t/messages", json={"messages": [message(2), message(3)]}, headers=mine
    ).get_json()
    assert [item["as_of_message_id"] for item in several["assessments"]] == ["m2", "m3"]
    whole = client.get("/v1/conversations/t", headers=mine).get_json()
    assert client.post("/v1/score", json=whole).get_json() == several["assessments"][-1]


def test_a_looked_at_transcript_is_noted(client: FlaskClient, store: Store) -> None:
    """Who read a talk, and when, is in the access log; the talk by its random name."""
    mine = key(store, "甲店", "score", "read")
    client.post("/v1/conversations/t/messages", json=message(1), headers=mine)
    client.get("/v1/conversations/t", headers=mine)
    with store.reading() as connection:
        (row,) = connection.execute(select(access_log))
    assert (row.action, row.actor.split()[0], len(row.talk)) == ("read", "key", 32)


def test_orders_and_facts_are_answered_with_an_assessment(client: FlaskClient, store: Store) -> None:
    """Orders come one or many, facts as a whole."""
    mine = key(store, "甲店", "score", "read")
    order = {"order_id": "o1", "status": "paid", "amount": "9.90"}
    assert client.post("/v1/conversations/t/orders", json=order, headers=mine).get_json()["abstained"] is True
    many = client.post("/v1/conversations/t/orders", json={"orders": [order]}, headers=mine)
    assert len(many.get_json()["assessments"]) == 1
    facts = {"platform": "taobao", "shop": {"same_day_cutoff": "16:00"}}
    assert client.put("/v1/conversations/t/facts", json=facts, headers=mine).status_code == 200
    found = client.get("/v1/conversations/t", headers=mine).get_json()
    assert (found["platform"], found["orders"], found["messages"]) == ("taobao", [order | {"items": []}], [])


def test_without_a_good_key_nothing_is_answered(client: FlaskClient, store: Store) -> None:
    """No key, a wrong one and a revoked one are 401; a key for something else is 403; each says what to do."""
    path = "/v1/conversations/t/messages"
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer bw_wrong"}):
        response = client.post(path, json=message(1), headers=headers)
        problem(response, 401, "key")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    body = problem(client.post(path, json=message(1), headers=key(store, "甲店", "read")), 403, "scope")
    assert "--scope score" in body["detail"]


def test_the_same_id_with_another_text_is_a_conflict(client: FlaskClient, store: Store) -> None:
    """409 says which of the request's messages, and that nothing was kept."""
    mine = key(store, "甲店", "score", "read")
    client.post("/v1/conversations/t/messages", json=message(1), headers=mine)
    response = client.post("/v1/conversations/t/messages", json=message(1, "明天呢"), headers=mine)
    assert "Message 0 of the request" in problem(response, 409, "conflict")["detail"]
    assert "明天" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [message(1), {"message_id": "m2"}]}, "messages.1.sender"),
        ({"messages": [message(1)], "more": 1}, "more"),
        ({"message_id": "m1"}, "sender"),
        (message(1) | {"sent_at": "yesterday"}, "sent_at"),
        (message(1) | {"message_id": "a\0"}, "message_id"),
        ({"messages": [message(1), message(2) | {"message_id": "a\0"}]}, "messages.1.message_id"),
        ([], "(whole document)"),
    ],
)
def test_a_wrong_body_is_named_field_by_field(client: FlaskClient, store: Store, body: Any, field: str) -> None:
    """A body is held to what it tries to be: one message, or a list of them."""
    response = client.post("/v1/conversations/t/messages", json=body, headers=key(store, "甲店", "score"))
    assert field in [item["field"] for item in problem(response, 422, "contract")["errors"]]


def test_lists_go_on_where_they_stopped(client: FlaskClient, store: Store) -> None:
    """Pages follow one another by a cursor, the talk that changed last first."""
    mine = key(store, "甲店", "score", "read")
    for number in range(7):
        client.post(f"/v1/conversations/t{number}/messages", json=message(1), headers=mine)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/v1/conversations?limit=3&cursor={cursor}", headers=mine).get_json()
        found += [item["conversation_id"] for item in page["conversations"]]
        cursor = page["next_cursor"]
    assert found == [f"t{number}" for number in range(6, -1, -1)]
    assert client.get("/v1/conversations?band=critical", headers=mine).get_json()["conversations"] == []


def test_assessments_over_time_go_on_where_they_stopped(client: FlaskClient, store: Store) -> None:
    """Each assessment of a talk with its position, page by page."""
    mine = key(store, "甲店", "score", "read")
    sent = client.post(
        "/v1/conversations/t/messages", json={"messages": [message(n) for n in range(5)]}, headers=mine
    ).get_json()["assessments"]
    first = client.get("/v1/conversations/t/assessments?limit=3", headers=mine).get_json()
    rest = client.get(f"/v1/conversations/t/assessments?cursor={first['next_cursor']}", headers=mine).get_json()
    assert [row["assessment"] for row in first["assessments"] + rest["assessments"]] == sent
    assert [row["position"] for row in rest["assessments"]] == [3, 4]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "path", ["/v1/conversations?bands=high", "/v1/conversations/t/assessments?band=high", "/v1/conversations?=x"]
)
def test_an_unknown_parameter_is_refused(client: FlaskClient, store: Store, path: str) -> None:
    """A slip in a parameter's name does not show everything."""
    body = problem(client.get(path, headers=key(store, "甲店", "read")), 422, "contract")
    assert (body["errors"][0]["field"], "use limit, cursor" in body["errors"][0]["message"]) == ("(query)", True)


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=٣", "cursor=x", "cursor=eA==", "band=no"])
def test_a_wrong_query_is_named(client: FlaskClient, store: Store, query: str) -> None:
    """What is wrong in a query is said by its name."""
    body = problem(client.get(f"/v1/conversations?{query}", headers=key(store, "甲店", "read")), 422, "contract")
    assert body["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00 1", "9999-12-31T23:59:59-14:00 1", "2026-01-01 1"])
def test_a_cursor_that_was_not_given_is_refused(client: FlaskClient, store: Store, moment: str) -> None:
    """Also one that looks like those that are."""
    made = base64.urlsafe_b64encode(moment.encode()).decode()
    response = client.get(f"/v1/conversations?cursor={made}", headers=key(store, "甲店", "read"))
    assert problem(response, 422, "contract")["errors"][0]["field"] == "cursor"


def test_another_shop_sees_nothing(client: FlaskClient, store: Store) -> None:
    """Every route of a talk is 404 for a key of another shop, and its lists are empty."""
    client.post("/v1/conversations/t/messages", json=message(1), headers=key(store, "甲店", "score"))
    other = key(store, "乙店", "score", "read", "label", "evidence", "admin")
    rules = [rule for rule in client.application.url_map.iter_rules() if "conversation_id" in rule.arguments]
    reading = [rule for rule in rules if "GET" in (rule.methods or ())]
    assert reading
    for rule in reading:
        path = rule.rule.replace("<conversation_id>", "t")
        problem(client.get(path, headers=other), 404, "not-found")
    assert client.get("/v1/conversations", headers=other).get_json()["conversations"] == []
