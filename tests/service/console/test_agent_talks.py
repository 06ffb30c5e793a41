"""The list of open talks, and one talk with its reasons in place."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from people import say, sign_in
from sqlalchemy import select, update

from service.console.agent import talk, talks
from service.console.agent.transcript import sum_up
from service.store.engine import Store
from service.store.schema import access_log, conversations

PRESSING = ("今天必须赔我200块现金，不然差评加投诉", "您好，请走平台售后", "加我微信转给我，不给就给你们全部差评")
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} &amp; \u202eabc 零\u200b宽 \x1b[2J"


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def name_of(store: Store, conversation_id: str = "t") -> str:
    with store.reading() as connection:
        query = select(conversations.c.talk).where(conversations.c.conversation_id == conversation_id)
        found: str = connection.execute(query).scalar_one()
    return found


def looks(store: Store) -> list[Any]:
    with store.reading() as connection:
        query = select(access_log).where(access_log.c.action == "read").order_by(access_log.c.id)
        return list(connection.execute(query))


def test_the_most_urgent_is_read_first(client: FlaskClient, store: Store) -> None:
    """Each with its action, band and time in words; looking at the list is no look at a transcript."""
    say(client, store, "pressing", *PRESSING)
    say(client, store, "ordinary", "你好，这个杯子是陶瓷的吗", "是的")
    with store.writing() as connection:
        known = connection.execute(
            update(conversations)
            .where(conversations.c.conversation_id == "pressing")
            .values(band="critical", action="escalate")
        )
        assert known.rowcount == 1
    sign_in(client)
    text = page(client, "/console/")
    rows = re.findall(r"<li.*?</li>", text, re.DOTALL)
    assert ["pressing" in rows[0], "ordinary" in rows[1], len(rows)] == [True, True, 2]
    for said in ("转主管", "风险 很高", "3 条消息", "<time"):
        assert said in rows[0]
    assert "照常接待" in rows[1]
    assert looks(store) == []


def test_an_empty_list_says_so(client: FlaskClient) -> None:
    """And where talks come from."""
    sign_in(client)
    assert "最近没有会话" in page(client, "/console/")


def test_a_long_list_ends(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that there are more."""
    monkeypatch.setattr(talks, "MOST_SHOWN", 2)
    for number in range(3):
        say(client, store, f"t{number}", "你好")
    sign_in(client)
    text = page(client, "/console/")
    assert text.count("<li ") == 2
    assert "只列出最前面的 2 个" in text


def test_a_talk_shows_both_sides_and_why(client: FlaskClient, store: Store) -> None:
    """All that was said; each reason of weight in words, and each of its quotes marked where it stands."""
    latest = say(client, store, "t", *PRESSING)[-1]
    points = sum_up(latest["reasons"])
    quotes = [
        PRESSING[int(note.reason["message_id"][1:])][slice(*note.reason["span"])]
        for point in points
        for note in point.notes
        if note.reason["span"]
    ]
    assert quotes
    sign_in(client)
    text = page(client, f"/console/talks/{name_of(store)}")
    plain = unescape(re.sub(r"<sup>.*?</sup>|<[^>]+>", "", text))
    marked = unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", text)))
    for said in PRESSING:
        assert said in plain
    for point in points:
        assert point.text_zh in plain
    for quote in quotes:
        assert quote in marked
    for number in range(1, sum(len(point.notes) for point in points) + 1):
        assert text.count(f'id="note-{number}"') == 1
    for said in ("提高风险的内容", "有利于买家的内容", "不是对任何人的结论"):
        assert said in plain


def test_what_speaks_for_the_buyer_is_shown_too(client: FlaskClient, store: Store) -> None:
    """In its own list, with its own sign."""
    latest = say(client, store, "t", "你好，这个杯子是陶瓷的吗，洗碗机能洗吗", "能", "好的谢谢，那我等到货")[-1]
    lowering = [point for point in sum_up(latest["reasons"]) if point.side == "lower"]
    assert lowering
    sign_in(client)
    text = page(client, f"/console/talks/{name_of(store)}")
    for point in lowering:
        assert f"▼ {point.text_zh}" in text


def test_text_of_a_chat_is_text(client: FlaskClient, store: Store) -> None:
    """Tags are seen as they were typed, what hides is shown, and nothing runs; in names of talks too."""
    say(client, store, "%3Cb%3Ename", EVIL, EVIL, EVIL)
    sign_in(client)
    for path in ("/console/", f"/console/talks/{name_of(store, '<b>name')}"):
        text = page(client, path)
        assert "&lt;b&gt;name" in text
        for never in ("<script>", "<img", "<b>name", "\u202e", "\u200b", "\x1b", " 49 "):
            assert never not in text
    assert text.count("onerror=alert(1)&gt;") == 3
    plain = unescape(re.sub(r"<sup>.*?</sup>|</?(?:mark|span)[^>]*>", "", text))
    assert plain.count("{{ 7*7 }} &amp; ⟦U+202E⟧abc 零⟦U+200B⟧宽 ⟦U+001B⟧[2J") == 3


def test_every_look_is_noted(client: FlaskClient, store: Store) -> None:
    """Who looked at which talk, each time; a page that was refused was no look."""
    say(client, store, "t", "你好")
    name = name_of(store)
    sign_in(client, "小数")
    client.get(f"/console/talks/{name}")
    assert looks(store) == []
    sign_in(client)
    client.get(f"/console/talks/{name}")
    client.get(f"/console/talks/{name}?until=1")
    client.get(f"/console/talks/{'0' * 32}")
    found = looks(store)
    assert [row.talk for row in found] == [name, name]
    assert all(row.actor.startswith("user ") for row in found)


def test_a_long_talk_is_read_in_parts(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest messages first, links lead to the others, and no link leads to a reason that is not shown."""
    monkeypatch.setattr(talk, "MESSAGES_SHOWN", 3)
    say(client, store, "t", *PRESSING, *(f"第{number}句" for number in range(4)))
    path = f"/console/talks/{name_of(store)}"
    sign_in(client)
    latest = page(client, path)
    assert re.findall("第([0-9])句", latest) == ["1", "2", "3"]
    assert f'href="{path}?until=4"' in latest
    assert "更晚的消息" not in latest
    middle = page(client, f"{path}?until=4")
    assert "第0句" in middle
    assert (f'href="{path}?until=1"' in middle, f'href="{path}?until=7"' in middle) == (True, True)
    assert "更早的消息" not in page(client, f"{path}?until=1")
    for text in (latest, middle):
        assert set(re.findall(r'href="#(note-[0-9]+)"', text)) <= set(re.findall(r'id="(note-[0-9]+)"', text))
    for wrong in ("8", "-1", "x", "٣", "1" * 9):
        assert client.get(f"{path}?until={wrong}").status_code == 404


def test_facts_that_came_later_are_said(client: FlaskClient, store: Store) -> None:
    """The reasons are then of before, which the page says; a talk of facts alone has nothing to show yet."""
    say(client, store, "t", *PRESSING)
    sign_in(client)
    path = f"/console/talks/{name_of(store)}"
    assert "有更新" not in page(client, path)
    with store.writing() as connection:
        connection.execute(update(conversations).values(risk=0.5, band="high", action="hold"))
    text = page(client, path)
    assert "有更新" in text
    assert "先别承诺" in text
    with store.writing() as connection:
        values = {"entries": 0, "messages": 0, "snapshot": None, "band": None, "action": None}
        connection.execute(update(conversations).values(values))
    assert "尚无建议" in page(client, path)


@pytest.mark.parametrize(("name", "said"), [("小数", "统计页面"), ("老板", "店铺设置")])
def test_other_roles_are_told_what_they_find(client: FlaskClient, store: Store, name: str, said: str) -> None:
    """Without any talk."""
    say(client, store, "secret-talk", "你好")
    sign_in(client, name)
    text = page(client, "/console/")
    assert said in text
    assert "secret-talk" not in text
