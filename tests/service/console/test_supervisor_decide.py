"""What a supervisor decides of a talk, how the form asks, second looks, and who saw what."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from people import BY_ROLE, form_token, populate, say, sign_in
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from service.console.supervisor.decide import choices
from service.store import reviews as reviews_module
from service.store.engine import Store
from service.store.looks import QUIET, RANDOM
from service.store.schema import conversations, labels, reviews

SUPERVISOR, OTHER = BY_ROLE["supervisor"], "阿明"
REASON = "买家说明了破损并附了照片"
PART = {"HX-Request": "true"}


@pytest.fixture
def talk(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The random name of a talk; chance draws nothing unless a test says so, and there is a second supervisor."""
    monkeypatch.setattr(reviews_module, "SHARE", 0.0)
    populate(store, [("甲店", OTHER, "supervisor")])
    say(client, store, "t", "盒子破了，照片发给您了", "您好，我们核实一下")
    with store.reading() as connection:
        return str(connection.execute(select(conversations.c.talk)).scalar_one())


def send(client: FlaskClient, talk: str, what: str, *, part: bool = False, **fields: str) -> TestResponse:
    given = {"csrf_token": form_token(client, "/console/password"), **fields}
    return client.post(f"/console/talks/{talk}/{what}", data=given, headers=PART if part else {})


def panel(client: FlaskClient, talk: str, name: str = "panel") -> str:
    return client.get(f"/console/talks/{talk}/{name}", headers=PART).get_data(as_text=True)


def decided(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(labels.c.label).order_by(labels.c.id)).scalars())


def test_the_form_favours_no_outcome(client: FlaskClient, talk: str) -> None:
    """None is chosen beforehand or has a key, and each of the opposites comes first in half of all talks."""
    sign_in(client, SUPERVISOR)
    found = re.findall(r'<input type="radio"[^>]*>', panel(client, talk))
    assert len(found) == 3
    assert not any("checked" in each or "data-key" in each for each in found)
    shown = tuple(re.findall(r'value="([a-z_]+)"', "".join(found)))
    assert shown == choices(talk)
    firsts = [choices(f"{digit:032x}")[0] for digit in range(16)]
    assert (firsts.count("abusive"), firsts.count("legit_complaint")) == (8, 8)


def test_a_decision_is_kept_with_its_reason(client: FlaskClient, store: Store, talk: str) -> None:
    """It is shown with who and when; a correction counts from then on, and both are shown."""
    sign_in(client, SUPERVISOR)
    answer = send(client, talk, "decide", outcome="abusive", reason="先看了评价部分")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/talks/{talk}")
    assert "已记录您的判断" in client.get(f"/console/talks/{talk}").get_data(as_text=True)
    assert "已记录" in send(client, talk, "decide", part=True, outcome="legit_complaint", reason=REASON).text
    text = panel(client, talk, "looks")
    assert re.findall(r"<b>(表述不当|诉求正当)", text) == ["诉求正当", "表述不当"]
    assert text.count("目前以此为准") == 1
    for said in (REASON, "先看了评价部分", SUPERVISOR, "<time"):
        assert said in text
    assert decided(store) == ["abusive", "legit_complaint"]


def test_an_incomplete_decision_is_not_kept(client: FlaskClient, store: Store, talk: str) -> None:
    """A sentence says what is missing, in the part as on the whole page, and what was given is still there."""
    sign_in(client, SUPERVISOR)
    for outcome, reason, sentence in (
        ("unclear", " \r\n", "还没有写理由"),
        ("", "<b>照片\u200b", "还没有选择"),
        ("benign", "照片", "还没有选择"),
        ("unclear", "长" * 2_001, "最多 2000 字"),
    ):
        for part in (True, False):
            answer = send(client, talk, "decide", part=part, outcome=outcome, reason=reason)
            text = answer.get_data(as_text=True)
            assert (answer.status_code, "<html" in text) == (422, not part), sentence
            assert sentence in text
            assert f"{escape(reason.strip())}</textarea>" in text
            assert ("checked" in text) == (outcome == "unclear")
    assert decided(store) == []


def test_an_agent_asks_and_sees_no_decision(client: FlaskClient, talk: str) -> None:
    """The question is in the queue with who asked; what was decided is for supervisors."""
    sign_in(client)
    assert "data-key" in panel(client, talk)
    assert "请求再看一次，等待中" in send(client, talk, "ask", part=True).text
    assert send(client, talk, "ask").status_code == 303
    assert send(client, talk, "decide", outcome="unclear", reason=REASON).status_code == 403
    sign_in(client, SUPERVISOR)
    assert "小雨 请求再看一次" in client.get("/console/held").get_data(as_text=True)
    send(client, talk, "decide", outcome="unclear", reason=REASON)
    assert "没有等待判断的会话" in client.get("/console/held/list").get_data(as_text=True)
    sign_in(client)
    assert REASON not in panel(client, talk)


def test_a_review_is_blind(client: FlaskClient, store: Store, talk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second person sees no decision until theirs is made; that the two differ waits for both to be settled."""
    monkeypatch.setattr(reviews_module, "SHARE", 1.0)
    sign_in(client, SUPERVISOR)
    send(client, talk, "decide", outcome="abusive", reason=REASON)
    assert REASON in panel(client, talk, "looks")
    sign_in(client, OTHER)
    assert "随机抽中" in client.get("/console/held").get_data(as_text=True)
    for name in ("panel", "looks", "log"):
        text = panel(client, talk, name)
        assert REASON not in text
        assert "<b>表述不当" not in text
    assert "在您判断之前不显示" in panel(client, talk)
    send(client, talk, "decide", outcome="legit_complaint", reason="照片清楚")
    text = panel(client, talk, "looks")
    assert REASON in text
    assert "最近两次判断不一致" in text
    assert "两次判断不一致，请确定" in client.get("/console/held").get_data(as_text=True)
    sign_in(client, SUPERVISOR)
    send(client, talk, "decide", outcome="legit_complaint", reason="又看了一次照片")
    assert "没有等待判断的会话" in client.get("/console/held").get_data(as_text=True)
    with store.reading() as connection:
        drawn = connection.execute(select(labels.c.probability).order_by(labels.c.id)).scalars()
        assert list(drawn) == [None, 1.0, None]


def test_who_saw_a_talk_is_told_in_words(client: FlaskClient, talk: str) -> None:
    """By name, the latest first, with the look at the log itself; for supervisors only."""
    sign_in(client)
    client.get(f"/console/talks/{talk}")
    assert client.get(f"/console/talks/{talk}/log").status_code == 403
    sign_in(client, SUPERVISOR)
    send(client, talk, "decide", outcome="unclear", reason=REASON)
    client.get(f"/console/talks/{talk}/log")
    text = client.get(f"/console/talks/{talk}/log").get_data(as_text=True)
    rows = re.findall(r"<b>(\S+)</b> (\S+)</li>", text)
    assert rows == [(SUPERVISOR, "查看了本记录"), (SUPERVISOR, "作出判断"), ("小雨", "查看了会话")]


def test_a_random_look_says_that_chance_picked_the_talk(client: FlaskClient, store: Store, talk: str) -> None:
    """In the queue and beside the form, once the talk is quiet; not to agents, and not after it was decided."""
    now = datetime.now(UTC)
    with store.writing() as connection:
        row = connection.execute(select(conversations.c.id, conversations.c.shop_id)).one()
        look = {"shop_id": row.shop_id, "talk_id": row.id, "kind": RANDOM, "probability": 0.005}
        connection.execute(insert(reviews), {**look, "asked_by": "service", "asked_at": now})
    sign_in(client, SUPERVISOR)

    def told() -> list[bool]:
        queue = client.get("/console/held/list").get_data(as_text=True)
        return [
            "随机抽看(与内容无关)" in queue.replace("（", "(").replace("）", ")"),
            "随机抽看" in panel(client, talk),
        ]

    assert told() == [False, False], "it still goes on"
    with store.writing() as connection:
        connection.execute(update(conversations).values(changed_at=now - QUIET))
    assert told() == [True, True]
    sign_in(client, BY_ROLE["agent"])
    assert "随机抽看" not in panel(client, talk)
    sign_in(client, SUPERVISOR)
    send(client, talk, "decide", outcome="legit_complaint", reason=REASON)
    with store.reading() as connection:
        assert connection.execute(select(labels.c.probability)).scalar_one() == 0.005
    assert told() == [False, False]
