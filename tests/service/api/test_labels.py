"""``/v1/labels``: what talks turned out to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from api_case import key, problem, served
from flask.testing import FlaskClient
from sqlalchemy import select

from riskmodel.evaluation import talks as evaluated
from riskmodel.scorer import Scorer
from service.api.given_label import LabelRequest
from service.backend import backend_of
from service.cases.model import Decision
from service.store.engine import Store
from service.store.labels import LABELS, PLATFORM_DECISIONS
from service.store.rotation import rotate
from service.store.schema import labels
from service.store.waiting import waiting_talks

SAID = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"}


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with served(url) as client:
        yield client


@pytest.fixture
def mine(client: FlaskClient, store: Store) -> dict[str, str]:
    """A key of a shop that has a talk."""
    headers = key(store, "甲店", "score", "label")
    client.post("/v1/conversations/t/messages", json=SAID, headers=headers)
    return headers


def give(client: FlaskClient, headers: dict[str, str], label: str = "abusive", **more: Any) -> Any:
    return client.post("/v1/labels", json={"conversation_id": "t", "label": label, **more}, headers=headers)


def test_a_label_is_kept_with_who_and_when(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """The answer is the label; its reason is sealed in the store."""
    made = give(client, mine, reason="标记理由", probability=0.25)
    assert made.status_code == 201
    told = made.get_json()
    assert (told["label"], told["reason"], told["probability"]) == ("abusive", "标记理由", 0.25)
    assert told["made_by"].startswith("key ")
    assert client.get("/v1/labels", headers=mine).get_json() == {"labels": [told], "next_cursor": None}
    with store.reading() as connection:
        (row,) = connection.execute(select(labels))
    assert "标记理由".encode() not in row.reason


def test_a_label_does_not_replace_another(client: FlaskClient, mine: dict[str, str]) -> None:
    """Labels that contradict one another stay side by side, the latest first, page by page."""
    for label in LABELS:
        assert give(client, mine, label).status_code == 201
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/v1/labels?limit=3&conversation_id=t&cursor={cursor}", headers=mine).get_json()
        found += [item["label"] for item in page["labels"]]
        cursor = page["next_cursor"]
    assert found == list(reversed(LABELS))


def test_a_reason_opens_after_the_keys_were_rotated(
    client: FlaskClient, store: Store, mine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotation finds it where it lies."""
    monkeypatch.setattr("service.store.rotation.time.sleep", lambda seconds: None)
    give(client, mine, reason="因为")
    rotate(store, backend_of(client.application).keys)
    assert client.get("/v1/labels", headers=mine).get_json()["labels"][0]["reason"] == "因为"


def test_another_shops_talk_is_not_there(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """Neither to be labelled nor to be listed."""
    give(client, mine)
    other = key(store, "乙店", "label")
    problem(give(client, other), 404, "not-found")
    problem(client.get("/v1/labels?conversation_id=t", headers=other), 404, "not-found")
    assert client.get("/v1/labels", headers=other).get_json()["labels"] == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"label": "guilty"}, "label"),
        ({"probability": 0}, "probability"),
        ({"probability": 1.5}, "probability"),
        ({"reason": "x" * 2_001}, "reason"),
        ({"conversation_id": ""}, "conversation_id"),
        ({"more": 1}, "more"),
        ({"platform_decision": "won"}, "platform_decision"),
        ({"decided_at": "2026-03-01"}, "decided_at"),
        ({"decided_at": "2099-03-01T00:00:00Z"}, "decided_at"),
    ],
)
def test_a_wrong_label_is_named(client: FlaskClient, mine: dict[str, str], more: dict[str, Any], field: str) -> None:
    """Field by field."""
    body = problem(
        client.post("/v1/labels", json={"conversation_id": "t", "label": "unclear"} | more, headers=mine),
        422,
        "contract",
    )
    assert [item["field"] for item in body["errors"]] == [field]


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "٣"])
def test_a_cursor_that_was_not_given_is_refused(client: FlaskClient, mine: dict[str, str], cursor: str) -> None:
    """It is named, and never reaches the database."""
    body = problem(client.get(f"/v1/labels?cursor={cursor}", headers=mine), 422, "contract")
    assert body["errors"][0]["field"] == "cursor"


def test_a_key_for_labels_is_needed(client: FlaskClient, store: Store) -> None:
    """No key is 401, one for scoring 403."""
    problem(give(client, {}), 401, "key")
    problem(give(client, key(store, "甲店", "score")), 403, "scope")


def test_labels_are_those_that_a_model_learns_from() -> None:
    """And one more for who looked and could not tell; request and store know the same."""
    assert LABELS == (*evaluated.LABELS, "unclear") == get_args(LabelRequest.model_fields["label"].annotation)


def test_what_the_platform_decided_later_is_kept(client: FlaskClient, mine: dict[str, str]) -> None:
    """With when the label was given; a label without either says nothing of it."""
    moment = "2026-03-05T09:00:00+08:00"
    give(client, mine)
    told = give(client, mine, platform_decision="upheld", decided_at=moment).get_json()
    assert (told["platform_decision"], told["decided_at"]) == ("upheld", moment)
    later, before = client.get("/v1/labels", headers=mine).get_json()["labels"]
    assert (later["platform_decision"], before["platform_decision"], before["decided_at"]) == ("upheld", None, None)
    assert later["decided_at"] == "2026-03-05T01:00:00+00:00"


def test_labels_that_contradict_those_of_another_wait_in_the_queue(
    client: FlaskClient, store: Store, mine: dict[str, str]
) -> None:
    """A program's as those of people."""
    give(client, mine, "abusive")
    give(client, key(store, "甲店", "label"), "benign")
    with store.reading() as connection:
        (shop,) = connection.execute(select(labels.c.shop_id).distinct()).scalars()
        assert [each.why for each in waiting_talks(connection, shop, limit=9)] == ["differs"]


def test_requests_store_and_cases_know_the_same_decisions_of_a_platform() -> None:
    """In the same order."""
    for model in (LabelRequest, Decision):
        told = model.model_fields["platform_decision"].annotation
        assert get_args(get_args(told)[0]) == PLATFORM_DECISIONS
