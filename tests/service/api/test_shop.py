"""The shop's own policy over HTTP: set by whoever may, read back, used for stored talks, and noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_case import key, problem, served
from flask.testing import FlaskClient
from sqlalchemy import select

from riskmodel.conversation import ShopPolicy
from service.store.engine import Store
from service.store.schema import access_log

POLICY = {"free_shipping": "except_listed_provinces", "free_shipping_excluded_provinces": ["新疆"]}
SAID = [
    {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-10T17:18:42+08:00", "text": "到新疆包邮吗"},
    {"message_id": "m2", "sender": "agent", "sent_at": "2026-03-10T17:19:00+08:00", "text": "包邮的亲"},
]


@pytest.fixture
def client(url: str, tmp_path: Path, model_folder: Path) -> Iterator[FlaskClient]:
    with served(url, HOME=tmp_path, MODEL_DIR=model_folder) as client:
        yield client


def kept(assessment: dict[str, Any]) -> list[str]:
    return [promise["can_keep"] for promise in assessment["promises"]]


def test_a_policy_is_set_read_and_used(client: FlaskClient, store: Store) -> None:
    """Stored talks are judged by it, until an empty one takes it away; who set it is noted, reading is not."""
    may = key(store, "甲店", "admin", "read", "score")
    assert client.get("/v1/shop/policy", headers=may).get_json() == {}
    for policy, can_keep in ((POLICY, "no"), ({}, "unknown"), ({"free_shipping": "everywhere"}, "yes")):
        response = client.put("/v1/shop/policy", json=policy, headers=may)
        assert (response.status_code, response.get_json()) == (200, policy)
        assert client.get("/v1/shop/policy", headers=may).get_json() == policy
        path = f"/v1/conversations/{can_keep}"
        answer = client.post(f"{path}/messages", json={"messages": SAID}, headers=may).get_json()["assessments"][-1]
        assert kept(answer) == [can_keep]
        shown = client.get(path, headers=may).get_json().get("shop", {})
        assert ShopPolicy.model_validate(shown) == ShopPolicy.model_validate(policy)
    with store.reading() as connection:
        noted = connection.execute(select(access_log.c.actor).where(access_log.c.action == "policy")).scalars().all()
    assert len(noted) == 3
    assert len(set(noted)) == 1
    assert noted[0].startswith("key ")


def test_a_reply_check_of_a_stored_talk_goes_by_it(client: FlaskClient, store: Store) -> None:
    """The talk as it is given out brings the policy along; what is sent without one is judged without one."""
    may = key(store, "甲店", "admin", "read", "score")
    client.put("/v1/shop/policy", json=POLICY, headers=may)
    client.post("/v1/conversations/t/messages", json=SAID[0], headers=may)
    talk = client.get("/v1/conversations/t", headers=may).get_json()
    for conversation, can_keep in ((talk, "no"), (talk | {"shop": None}, "unknown")):
        request = {"conversation": conversation, "draft": "包邮的亲"}
        checked = client.post("/v1/check-reply", json=request, headers=may).get_json()
        assert kept(checked) == [can_keep]


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"same_day_cutoff": "4 pm"}, "same_day_cutoff"),
        ({"unserved_provinces": ["标记"]}, "unserved_provinces.0"),
        (
            {
                "cash_on_delivery": "listed_provinces",
                "cash_on_delivery_provinces": ["浙江"],
                "unserved_provinces": ["浙江省"],
            },
            "cash_on_delivery_provinces.0",
        ),
        ([], "(whole document)"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(client: FlaskClient, store: Store, policy: Any, field: str) -> None:
    """With the field and what to do; the one before stays."""
    may = key(store, "甲店", "admin", "read")
    client.put("/v1/shop/policy", json=POLICY, headers=may)
    body = problem(client.put("/v1/shop/policy", json=policy, headers=may), 422, "contract")
    assert [error["field"] for error in body["errors"]] == [field]
    assert "标记" not in str(body)
    assert client.get("/v1/shop/policy", headers=may).get_json() == POLICY


def test_each_scope_is_for_its_own(client: FlaskClient, store: Store) -> None:
    """To read it is not to set it; each shop has its own."""
    reader, setter = key(store, "甲店", "read"), key(store, "甲店", "admin")
    problem(client.put("/v1/shop/policy", json=POLICY, headers=reader), 403, "scope")
    problem(client.get("/v1/shop/policy", headers=setter), 403, "scope")
    problem(client.put("/v1/shop/policy", json=POLICY), 401, "key")
    client.put("/v1/shop/policy", json=POLICY, headers=setter)
    assert client.get("/v1/shop/policy", headers=reader).get_json() == POLICY
    assert client.get("/v1/shop/policy", headers=key(store, "乙店", "read")).get_json() == {}
