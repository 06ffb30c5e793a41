"""``/v1/cases``: a case from its opening to its bundle, and what is refused on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from api_case import key, problem, served
from flask.testing import FlaskClient

from riskmodel.scorer import Scorer
from service.evidence import verify_bundle
from service.evidence.bag import take_base_off
from service.evidence.container import read_container
from service.store.engine import Store

SAID = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "给钱就改好评"}
BOX = b"a picture of the box"
LISTED = {"name": "later.mp4", "media_type": "video/mp4", "sha256": hashlib.sha256(b"later").hexdigest()}
NEW = {
    "case_id": "k",
    "conversation_id": "t",
    "claim": "review",
    "profile": "taobao_review",
    "event_date": "2026-03-05",
}


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with served(url) as client:
        yield client


@pytest.fixture
def mine(client: FlaskClient, store: Store) -> dict[str, str]:
    """A key of a shop that has a talk, and a case about it."""
    headers = key(store, "甲店", "score", "evidence")
    client.post("/v1/conversations/t/messages", json=SAID, headers=headers)
    made = client.post("/v1/cases", json={**NEW, "exhibits": [LISTED]}, headers=headers)
    assert made.status_code == 201, made.text
    return headers


def tell(client: FlaskClient, headers: dict[str, str], **event: Any) -> Any:
    return client.post("/v1/cases/k/events", json={"event_id": "e1", **event}, headers=headers)


def put(client: FlaskClient, headers: dict[str, str], name: str = "box.jpg", content: bytes = BOX, **more: Any) -> Any:
    given = {"content_type": "image/jpeg", "headers": headers, **more}
    return client.put(f"/v1/cases/k/exhibits/{quote(name, safe='')}", data=content, **given)


def files_of(bundle: bytes) -> dict[str, bytes]:
    return take_base_off(read_container(bundle))


def test_a_case_from_its_opening_to_its_bundle(client: FlaskClient, mine: dict[str, str]) -> None:
    """Told twice each thing is kept once; the bundle has its exhibits, checklist, letter and deadline, and verifies."""
    assert client.post("/v1/cases", json={**NEW, "exhibits": [LISTED]}, headers=mine).status_code == 200
    request = {"kind": "step", "object": "after_sales", "action": "request_refund", "at": "2026-03-04T11:00:00+08:00"}
    decision = {"kind": "decision", "outcome": "abusive", "reason": "评价与付款挂钩", "event_id": "e2"}
    for event in (request, decision):
        assert [tell(client, mine, **event).status_code for _ in range(2)] == [201, 200]
    assert [put(client, mine, "箱子 📦.jpg").status_code for _ in range(2)] == [201, 200]
    case = client.get("/v1/cases/k", headers=mine).get_json()
    assert (case["outcome"], case["reason"]) == ("abusive", "评价与付款挂钩")
    assert [(each["kind"], each["made_by"][:4]) for each in case["events"]] == [("step", "key "), ("decision", "key ")]
    assert [(each["name"], each["filed"]) for each in case["exhibits"]] == [("later.mp4", False), ("箱子 📦.jpg", True)]
    standing = next(each for each in case["standings"] if each["object"] == "after_sales")
    assert standing["state_zh"].startswith("已申请仅退款")
    assert standing["if_nobody_acts"]["to"] == "agreed"
    assert (standing["due"], standing["overdue"]) == (None, False), "no figure of Taobao could be verified"
    answer = client.post("/v1/cases/k/evidence", headers=mine)
    assert answer.status_code == 200, answer.text
    assert verify_bundle(answer.get_data()).failures == ()
    files = files_of(answer.get_data())
    assert BOX in files.values()
    listed = json.loads(files["data/exhibits.json"])["exhibits"]
    assert [(each["message_id"], bool(each["file"])) for each in listed] == [(None, False), (None, True)]
    assert "2026-04-03" in files["data/checklist.zh.txt"].decode(), "thirty days, the event's day among them"
    assert "data/letter.txt" in files
    assert "店铺记录" in files["data/transcript.html"].decode()


def test_the_query_says_otherwise_than_the_case(client: FlaskClient, mine: dict[str, str]) -> None:
    """Another platform or language for one bundle; what is wrong is named."""
    answer = client.post("/v1/cases/k/evidence?profile=ebay&language=en", headers=mine)
    assert json.loads(files_of(answer.get_data())["data/checklist.json"])["profile"] == "ebay"
    body = problem(client.post("/v1/cases/k/evidence?profile=taobo", headers=mine), 422, "contract")
    assert [error["field"] for error in body["errors"]] == ["profile"]


def test_a_step_that_is_not_possible_is_told_what_is(client: FlaskClient, mine: dict[str, str]) -> None:
    """409 with the steps that the table has."""
    body = problem(tell(client, mine, kind="step", object="refund", action="succeed"), 409, "not-possible")
    assert body["possible"] == [{"object": "refund", "action": "start", "by": "platform"}]
    assert client.get("/v1/cases/k", headers=mine).get_json()["events"] == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({}, "kind"),
        ({"kind": "verdict"}, "kind"),
        ({"kind": "decision", "outcome": "abusive"}, "reason"),
        ({"kind": "decision", "outcome": "abusive", "reason": ""}, "reason"),
        ({"kind": "decision", "outcome": "benign", "reason": "x"}, "outcome"),
        ({"kind": "decision", "outcome": "unclear", "reason": "x", "cause": "weather"}, "cause"),
        ({"kind": "step", "object": "parcel", "action": "ship"}, "object"),
        ({"kind": "step", "object": "order", "action": "pay", "at": "2099-01-01T00:00:00Z"}, "at"),
        ({"kind": "note", "text": "x", "event_id": "a\0b"}, "event_id"),
    ],
)
def test_a_wrong_event_is_named(client: FlaskClient, mine: dict[str, str], event: dict[str, Any], field: str) -> None:
    """Field by field; a decision always has a reason."""
    body = problem(tell(client, mine, **event), 422, "contract")
    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"case_id": "a/b"}, "case_id"),
        ({"claim": "revenge"}, "claim"),
        ({"profile": "taobo"}, "profile"),
        ({"event_date": "soon"}, "event_date"),
        ({"exhibits": [{**LISTED, "name": "../../x"}]}, "exhibits.0.name"),
        ({"exhibits": [{**LISTED, "media_type": "text/html"}]}, "exhibits.0.media_type"),
        ({"exhibits": [LISTED, LISTED]}, "exhibits.1.name"),
        ({"exhibits": [{**LISTED, "sha256": "no"}]}, "exhibits.0.sha256"),
    ],
)
def test_a_wrong_case_is_named(client: FlaskClient, mine: dict[str, str], more: dict[str, Any], field: str) -> None:
    """Field by field."""
    body = problem(client.post("/v1/cases", json={**NEW, "case_id": "l", **more}, headers=mine), 422, "contract")
    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("name", ["..", "..\\x", "a" * 300, "a\nb", "\u202egpj.exe", "a\ufffd"])
def test_a_name_that_is_no_file_name_is_refused(client: FlaskClient, mine: dict[str, str], name: str) -> None:
    """422 names it; a slash, also an encoded one, makes another path, which is not there."""
    body = problem(put(client, mine, name), 422, "contract")
    assert [error["field"] for error in body["errors"]] == ["name"]
    assert put(client, mine, "../../x").status_code == 404


def test_what_a_file_can_be(client: FlaskClient, mine: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another digest than was declared, another media type, or too much is refused with its own status."""
    wrong = problem(put(client, mine, query_string={"sha256": "0" * 64}), 422, "contract")
    assert wrong["errors"][0]["field"] == "sha256"
    wrong = problem(put(client, mine, "later.mp4", content_type="video/mp4"), 422, "contract")
    assert wrong["errors"][0]["field"] == "name"
    problem(put(client, mine, content_type="text/html"), 415, "media-type")
    monkeypatch.setattr("service.cases.desk.MOST_FILE_BYTES", 10)
    problem(put(client, mine), 413, "exhibit-size")


def test_a_file_comes_back_as_it_went_in(client: FlaskClient, mine: dict[str, str]) -> None:
    """To be saved, never to be shown by a browser, under a name that says nothing; deleted it is gone."""
    put(client, mine, "张三.jpg")
    path = f"/v1/cases/k/exhibits/{quote('张三.jpg')}"
    answer = client.get(path, headers=mine)
    assert (answer.get_data(), answer.mimetype) == (BOX, "image/jpeg")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="exhibit.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    left = client.delete(path, headers=mine).get_json()["exhibits"]
    assert [each["name"] for each in left] == ["later.mp4"]
    for method in ("GET", "DELETE"):
        problem(client.open(path, method=method, headers=mine), 404, "not-found")


def test_cases_are_listed_page_by_page(client: FlaskClient, store: Store, mine: dict[str, str]) -> None:
    """The latest first; another shop sees none, and needs the scope to ask."""
    client.post("/v1/cases", json={**NEW, "case_id": "l"}, headers=mine)
    first = client.get("/v1/cases?limit=1", headers=mine).get_json()
    second = client.get(f"/v1/cases?limit=1&cursor={first['next_cursor']}", headers=mine).get_json()
    assert [page["cases"][0]["case_id"] for page in (first, second)] == ["l", "k"]
    assert second["next_cursor"] is None
    other = key(store, "乙店", "evidence")
    assert client.get("/v1/cases", headers=other).get_json()["cases"] == []
    problem(client.get("/v1/cases?conversation_id=t", headers=other), 404, "not-found")
    problem(client.get("/v1/cases", headers=key(store, "甲店", "read")), 403, "scope")


def test_a_case_id_with_a_nul_is_not_there(client: FlaskClient, mine: dict[str, str]) -> None:
    """It never reaches the database."""
    problem(client.get("/v1/cases/a%00b", headers=mine), 404, "not-found")
    problem(client.get("/v1/cases/k/exhibits/a%00b", headers=mine), 404, "not-found")
