"""Chats pasted in or uploaded: all or nothing, and plain sentences where something is wrong."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import form_token, sign_in
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.store.engine import Store
from service.store.schema import conversations

CHAT = """tb_cloud77 (2026-03-04 10:00:00): 这款台灯能调亮度吗
灯火小铺:阿青 (2026-03-04 10:01:00): 可以的，三档
tb_cloud77 (2026-03-04 10:02:00): 谢谢
"""


@pytest.fixture(autouse=True)
def agent(client: FlaskClient) -> None:
    sign_in(client)


def give(client: FlaskClient, **fields: Any) -> TestResponse:
    given = {"csrf_token": form_token(client, "/console/paste"), "text": "", **fields}
    if "file" in given:
        content, name = given["file"]
        given["file"] = (io.BytesIO(content), name)
    return client.post("/console/paste", data=given, content_type="multipart/form-data")


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(conversations)).scalar_one())


def test_a_pasted_chat_opens_as_a_talk(client: FlaskClient) -> None:
    """With its sides, assessed, at once."""
    answer = give(client, text=CHAT, shop="灯火小铺:阿青")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert page.count('class="message buyer"') == 2
    assert page.count('class="message agent"') == 1
    assert "照常接待" in page


def test_a_file_is_taken_as_well(client: FlaskClient, store: Store) -> None:
    """In the encoding of Chinese Windows, too."""
    answer = give(client, file=(CHAT.encode("gb18030"), "chat.txt"), shop="灯火小铺:阿青")
    assert "这款台灯能调亮度吗" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert count(store) == 1


def test_the_same_chat_again_is_the_same_talk(client: FlaskClient, store: Store) -> None:
    """Nothing is doubled."""
    places = {give(client, text=CHAT, shop="灯火小铺:阿青").headers["Location"] for _ in range(2)}
    assert (len(places), count(store)) == (1, 1)


def test_unclear_sides_are_asked_for(client: FlaskClient, store: Store) -> None:
    """With the names that it can be, masked, and what was pasted still there, sign by sign."""
    chat = "甲 (2026-03-04 10:00:00): 在\u200b吗\n乙 (2026-03-04 10:01:00): 在的\n"
    answer = give(client, text=chat)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, count(store)) == (422, 0)
    assert "哪一方是本店" in page
    assert "甲***（1 条消息）" in page
    assert "在\u200b吗" in page
    assert give(client, text=chat, shop="乙").status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "没有内容"),
        ({"text": CHAT, "file": (b"x", "a.txt")}, "二选一"),
        ({"text": "no chat at all"}, "没有读入"),
        ({"text": CHAT.replace("03-04 10:01", "02-31 10:01"), "shop": "灯火小铺:阿青"}, "第 2 行"),
        ({"text": CHAT, "shop": "灯火小铺:阿青", "platform": "x"}, "platform"),
        ({"file": (b"\xff\xfe\x00\xd8", "a.txt")}, "没有读入"),
        ({"file": (b"{}", "a.jsonl")}, "conversation_id"),
    ],
)
def test_what_cannot_be_read_is_said(client: FlaskClient, store: Store, fields: dict[str, Any], said: str) -> None:
    """Where, and what to do; nothing is taken."""
    answer = give(client, **fields)
    assert (answer.status_code, count(store)) == (422, 0)
    assert said in answer.get_data(as_text=True)


def test_more_than_the_store_takes_is_said(client: FlaskClient, store: Store, app: Flask) -> None:
    """A chat of too many messages is refused as a whole; a file beyond the limit is too."""
    rows = "".join(
        f"{'客' if place % 2 else '灯火小铺:阿青'} (2026-03-04 10:{place // 60 % 60:02}:{place % 60:02}): 好\n"
        for place in range(5_001)
    )
    answer = give(client, text=rows, shop="灯火小铺:阿青")
    assert answer.status_code in (413, 422)
    assert count(store) == 0
    form = "multipart/form-data; boundary=b"
    large = client.post("/console/paste", data=b"a" * (17 * 1024 * 1024), content_type=form)
    assert large.status_code == 413
