"""``POST /v1/imports``: an export into the store, whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_case import key, problem, served
from flask.testing import FlaskClient
from sqlalchemy import func, select

from riskmodel.scorer import Scorer
from service.cli import main
from service.store.engine import Store
from service.store.schema import conversations, entries, messages

GOOD = "tb_1 (2015-08-04 10:00:00): 杯盖会漏吗\n小店:小雨 (2015-08-04 10:01:00): 不漏的\n"
BAD = "tb_1 (2015-02-30 10:00:00): 标记文字\n" + GOOD
UNCLEAR = GOOD.replace("小店:小雨", "小雨掌柜")
TABLE = (
    "会话,谁,时间,内容\n一,买家,2015-08-04 10:00:00,杯盖会漏吗\n二,买家,2015-08-04 10:00:00,在吗\n"
    "一,客服,2015-08-04 10:02:00,不漏的\n"
)


@pytest.fixture
def client(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    with served(url) as client:
        yield client


def send(client: FlaskClient, headers: dict[str, str], text: str | bytes, name: str = "a.txt", **fields: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    query = "?preview=true" if fields.pop("preview", False) else ""
    return client.post(f"/v1/imports{query}", data={"file": (io.BytesIO(content), name), **fields}, headers=headers)


def count(store: Store, table: Any) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_export_is_taken(client: FlaskClient, store: Store) -> None:
    """With its conversations scored; the same file again changes nothing and names the same conversations."""
    mine = key(store, "甲店", "score", "read")
    first = send(client, mine, GOOD, platform="taobao", prefix="tb-")
    assert first.status_code == 200, first.get_data(as_text=True)
    (taken,) = first.get_json()["conversations"]
    assert (taken["messages"], taken["new_messages"], first.get_json()["new_messages"]) == (2, 2, 2)
    assert taken["conversation_id"].startswith("tb-")
    kept = client.get(f"/v1/conversations/{taken['conversation_id']}", headers=mine).get_json()
    assert ([item["sender"] for item in kept["messages"]], kept["platform"]) == (["buyer", "agent"], "taobao")
    assert client.post("/v1/score", json=kept).get_json()["risk"] == taken["risk"]
    before = [count(store, table) for table in (conversations, entries, messages)]
    again = send(client, mine, GOOD, platform="taobao", prefix="tb-").get_json()
    assert again["new_messages"] == 0
    assert again["conversations"] == [taken | {"new_messages": 0}]
    assert [count(store, table) for table in (conversations, entries, messages)] == before


def test_an_upload_is_what_import_and_posting_make(
    client: FlaskClient, store: Store, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The talks and their last assessments are those of `baitwatch import` sent message by message to another shop."""
    mine, other = key(store, "甲店", "score", "read"), key(store, "乙店", "score", "read")
    path = tmp_path / "a.csv"
    path.write_text(TABLE, "utf-8")
    columns = "conversation=会话,side=谁"
    taken = send(client, mine, TABLE, "a.csv", columns=columns).get_json()["conversations"]
    capfdbinary.readouterr()
    assert main(["import", str(path), "--columns", columns]) == 0
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["conversation_id"] for line in lines] == [one["conversation_id"] for one in taken]
    assert len(lines) == 2
    for line, one in zip(lines, taken, strict=True):
        where = f"/v1/conversations/{line['conversation_id']}"
        for message in line["messages"]:
            answer = client.post(f"{where}/messages", json=message, headers=other).get_json()
        assert client.get(where, headers=mine).get_json() == client.get(where, headers=other).get_json()
        both = [client.get(f"{where}/assessments", headers=who).get_json()["assessments"] for who in (mine, other)]
        assert [row["assessment"] for row in both[0]] == [row["assessment"] for row in both[1]]
        assert (one["risk"], one["band"], one["action"]) == (answer["risk"], answer["band"], answer["action"])


def test_the_command_line_puts_into_the_store_too(
    store: Store,
    url: str,
    client: FlaskClient,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """`import --store` keeps what the upload keeps; a shop that is not there is said so."""
    mine = key(store, "甲店", "score", "read")
    monkeypatch.setenv("BAITWATCH_DATABASE_URL", url)
    path = tmp_path / "a.txt"
    path.write_text(GOOD, "utf-8")
    assert main(["import", str(path), "--store", "甲店"]) == 0
    assert "1 talks in the store, 2 of their 2 messages new" in capfd.readouterr().out
    assert send(client, mine, GOOD).get_json()["new_messages"] == 0
    assert main(["import", str(path), "--store", "丙店"]) == 3
    assert "no shop of this name" in capfd.readouterr().err


def test_with_a_bad_row_nothing_is_kept(client: FlaskClient, store: Store) -> None:
    """Each such row with its number and why, none of its words; `leave_out` takes the rest."""
    mine = key(store, "甲店", "score")
    response = send(client, mine, BAD)
    body = problem(response, 422, "rows")
    assert body["errors"] == [{"field": "row 1", "message": "time: no such day or time; correct it"}]
    assert "标记" not in response.get_data(as_text=True)
    assert count(store, conversations) == 0
    taken = send(client, mine, BAD, leave_out="true").get_json()
    assert (len(taken["conversations"]), taken["left_out"][0]["row"]) == (1, 1)


def test_a_conflict_in_one_talk_keeps_none(client: FlaskClient, store: Store) -> None:
    """Two talks of which the second has another text under a known id: nothing of either is kept."""
    mine = key(store, "甲店", "score")
    said = {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": "在吗"}
    client.post("/v1/conversations/b/messages", json=said, headers=mine)
    talks = [{"conversation_id": name, "messages": [said | {"text": "标记文字"}]} for name in ("a", "b")]
    response = send(client, mine, "\n".join(map(json.dumps, talks)), "a.jsonl")
    assert "Conversation 1: message 0" in problem(response, 409, "conflict")["detail"]
    assert (count(store, conversations), count(store, messages)) == (1, 1)


def test_a_side_that_is_not_clear_is_asked_for(client: FlaskClient, store: Store) -> None:
    """The names to choose from are masked; with one of them named the file is taken."""
    mine = key(store, "甲店", "score")
    response = send(client, mine, UNCLEAR)
    body = problem(response, 422, "side-unclear")
    assert body["names"] == [{"name": "t***1", "messages": 1}, {"name": "小***柜", "messages": 1}]
    assert "--" not in response.get_data(as_text=True)
    assert "小雨" not in response.get_data(as_text=True)
    assert count(store, conversations) == 0
    assert send(client, mine, UNCLEAR, shop="小雨掌柜").status_code == 200


def test_a_preview_keeps_nothing(client: FlaskClient, store: Store) -> None:
    """It says what would be read, which rows cannot be, and what is to be asked."""
    mine = key(store, "甲店", "score")
    found = send(client, mine, TABLE, "a.csv", columns="conversation=会话,side=谁", preview=True).get_json()
    assert (found["conversations"], found["messages"], found["columns"]["time"]) == (2, 3, "时间")
    assert found["first"][0] == {"sender": "buyer", "sent_at": "2015-08-04T10:00:00+08:00", "text": "杯盖会漏吗"}
    assert send(client, mine, BAD, preview=True).get_json()["rejected"][0]["row"] == 1
    (question,) = send(client, mine, UNCLEAR, preview=True).get_json()["questions"]
    assert (question["field"], question["names"][0]["messages"]) == ("shop", 1)
    assert count(store, conversations) == 0


def test_form_zone_and_encoding_can_be_said(client: FlaskClient, store: Store) -> None:
    """A table whose name says nothing, in GBK, with times of another zone."""
    mine = key(store, "甲店", "score")
    more = {"form": "csv", "encoding": "gbk", "zone": "UTC", "columns": "conversation=会话,side=谁"}
    found = send(client, mine, TABLE.encode("gbk"), "export", preview=True, **more).get_json()
    assert (found["messages"], found["first"][0]["sent_at"]) == (3, "2015-08-04T10:00:00Z")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"platform": "no"}, "platform"),
        ({"form": "pdf"}, "form"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"prefix": "a b"}, "prefix"),
        ({"prefix": ["a", "b"]}, "prefix"),
        ({"encoding": "klingon"}, "encoding"),
        ({"columns": "nonsense"}, "columns"),
        ({"more": "1"}, "more"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, store: Store, fields: dict[str, Any], field: str) -> None:
    """By its name in the form; nothing of what was sent is repeated."""
    name = "a.csv" if field == "columns" else "a.txt"
    body = problem(send(client, key(store, "甲店", "score"), GOOD, name, **fields), 422, "contract")
    assert [item["field"] for item in body["errors"]] == [field]
    assert "--" not in str(body)


def test_what_is_no_form_is_refused(client: FlaskClient, store: Store) -> None:
    """Another media type is 415; a form that is none is 400; no file or two is 422."""
    mine = key(store, "甲店", "score")
    problem(client.post("/v1/imports", json={}, headers=mine), 415, "media-type")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem(client.post("/v1/imports", data=b"no form", content_type=kind, headers=mine), 400, "body-not-form")
    problem(
        client.post("/v1/imports", data={"shop": "a"}, content_type="multipart/form-data", headers=mine),
        422,
        "contract",
    )
    two = {"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}
    problem(client.post("/v1/imports", data=two, headers=mine), 422, "contract")
    problem(client.post("/v1/imports?preview=perhaps", data={}, headers=mine), 422, "contract")


def test_too_much_is_refused(
    url: str, store: Store, trained: Scorer, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body over the limit is 413; more messages than are taken at once are 422, and none is kept."""
    mine = key(store, "甲店", "score")
    with served(url, MAX_CONTENT_LENGTH=2_000) as small:
        problem(send(small, mine, GOOD * 100), 413, None)
    monkeypatch.setattr("service.api.imports.MOST_MESSAGES", 1)
    assert "holds 2 messages" in str(problem(send(client, mine, GOOD), 422, "contract"))
    assert count(store, conversations) == 0


def test_a_key_for_scoring_is_needed(client: FlaskClient, store: Store) -> None:
    """No key is 401, one for reading 403."""
    problem(send(client, {}, GOOD), 401, "key")
    problem(send(client, key(store, "甲店", "read"), GOOD), 403, "scope")
