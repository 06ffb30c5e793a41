"""The queue of talks that wait for a decision, as a page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from people import BY_ROLE, say, sign_in
from sqlalchemy import update

from service.console.supervisor import held
from service.store.engine import Store
from service.store.schema import conversations

CHAT = ("你好", "在的")


def hold(client: FlaskClient, store: Store, name: str, band: str, action: str = "hold") -> None:
    say(client, store, name, *CHAT)
    with store.writing() as connection:
        mine = conversations.c.conversation_id == name
        connection.execute(update(conversations).where(mine).values(band=band, action=action))


def rows(client: FlaskClient, query: str = "") -> list[str]:
    text = client.get(f"/console/held/list{query}").get_data(as_text=True)
    return text.split("<li ")[1:]


def test_the_queue_says_what_waits(client: FlaskClient, store: Store) -> None:
    """The most urgent first, each with its advice, band and since when; what may go on is not in it."""
    hold(client, store, "second", "high")
    hold(client, store, "first", "critical", "escalate")
    hold(client, store, "free", "low", "proceed")
    sign_in(client, BY_ROLE["supervisor"])
    found = rows(client)
    assert ["first" in found[0], "second" in found[1], len(found)] == [True, True, 2]
    for said in ("等待判断", "转主管", "风险 很高", "<time", 'class="critical"'):
        assert said in found[0]
    page = client.get("/console/held").get_data(as_text=True)
    assert 'data-live="*" hx-get="/console/held/list"' in page


def test_the_queue_is_narrowed(client: FlaskClient, store: Store) -> None:
    """By band and platform, also while it is live; what there is not narrows nothing, and none left says so."""
    hold(client, store, "critical", "critical")
    hold(client, store, "high", "high")
    sign_in(client, BY_ROLE["supervisor"])
    assert ["high" in row for row in rows(client, "?band=high")] == [True]
    assert len(rows(client, "?band=none-such&platform=x")) == 2
    page = client.get("/console/held?band=high&platform=jd").get_data(as_text=True)
    assert "没有符合筛选条件的会话" in page
    assert 'hx-get="/console/held/list?band=high&amp;platform=jd"' in page
    assert page.count(" selected") == 2


def test_a_long_queue_ends(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that there are more."""
    monkeypatch.setattr(held, "MOST_SHOWN", 1)
    for name in ("a", "b"):
        hold(client, store, name, "high")
    sign_in(client, BY_ROLE["supervisor"])
    assert len(rows(client)) == 1
    assert "只列出最前面的 1 个" in client.get("/console/held").get_data(as_text=True)
