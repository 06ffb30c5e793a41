"""What changes in a shop reaches its open pages, and no others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import say, send, sign_in
from sqlalchemy import select, update

from service.console.live import Live, NoRoomError, events
from service.console.sessions import BACKGROUND
from service.console.stream import live_of
from service.store.engine import Store
from service.store.schema import conversations, shops

MOST = 3


@pytest.fixture
def live(app: Flask, store: Store) -> Iterator[Live]:
    made = Live(store, MOST)
    yield made
    made.stop()


def shop(store: Store, name: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(shops.c.id).where(shops.c.name == name)).scalar_one())


def touch(client: FlaskClient, store: Store, talk: str, name: str) -> str:
    """Have something happen in a talk just now; gives its random name."""
    say(client, store, talk, "在吗", shop=name)
    with store.writing() as connection:
        here = conversations.c.shop_id == shop(store, name), conversations.c.conversation_id == talk
        connection.execute(update(conversations).where(*here).values(changed_at=datetime.now(UTC)))
        return str(connection.execute(select(conversations.c.talk).where(*here)).scalar_one())


def test_a_page_hears_of_its_own_shop(live: Live, client: FlaskClient, store: Store) -> None:
    """Which talk changed, within two seconds; the other shop's page hears nothing."""
    here, there = (live.listen(shop(store, name)) for name in ("甲店", "乙店"))
    talk = touch(client, store, "t", "甲店")
    assert here.wait(2) == {talk}
    assert there.wait(0.7) == set()


def test_a_change_is_told_once(live: Live, client: FlaskClient, store: Store) -> None:
    """And again when the talk goes on."""
    page = live.listen(shop(store, "甲店"))
    talk = touch(client, store, "t", "甲店")
    assert page.wait(2) == {talk}
    assert page.wait(1.2) == set()
    touch(client, store, "t", "甲店")
    assert page.wait(2) == {talk}


def test_there_is_room_for_so_many(live: Live, store: Store) -> None:
    """Whoever leaves makes room."""
    pages = [live.listen(1) for _ in range(MOST)]
    with pytest.raises(NoRoomError):
        live.listen(1)
    live.leave(pages[0])
    live.listen(1)
    assert live.count() == MOST


def test_nobody_is_kept_when_the_process_stops(live: Live) -> None:
    """A page that waits is let go at once, and no other is taken."""
    page = live.listen(1)
    threading.Timer(0.1, live.stop).start()
    began = time.monotonic()
    assert page.wait(30) is None
    assert time.monotonic() - began < 10
    with pytest.raises(NoRoomError):
        live.listen(1)


def test_a_database_that_is_gone_ends_the_stream(live: Live, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no page takes silence for calm."""
    from service.store.errors import StoreError

    def gone() -> None:
        raise StoreError("gone")

    page = live.listen(1)
    monkeypatch.setattr(store, "reading", gone)
    assert page.wait(5) is None


def test_a_stream_says_what_it_hears(live: Live) -> None:
    """A hello, then the talks that changed; of silence a beat."""
    page = live.listen(1)
    page.tell({"b", "a"})
    told = events(page, 0.3)
    assert next(told) == "retry: 2000\nevent: hello\ndata: -\n\n"
    assert next(told) == "event: talks\ndata: a b\n\n"
    assert list(told) == ["event: beat\ndata: -\n\n"]


def test_the_stream_is_for_who_is_signed_in(client: FlaskClient, app: Flask) -> None:
    """As server-sent events, which end with the page."""
    assert client.get("/console/live", headers={BACKGROUND: "1"}).status_code == 401
    sign_in(client)
    answer = client.get("/console/live")
    assert answer.mimetype == "text/event-stream"
    assert answer.get_data(as_text=True).startswith("retry: 2000\nevent: hello")
    answer.close()
    assert live_of(app).count() == 0
    assert client.get("/console/pulse", headers={BACKGROUND: "1"}).status_code == 204


def test_a_full_process_says_when_to_come_again(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 503; the page asks at intervals meanwhile."""
    sign_in(client)
    monkeypatch.setattr(live_of(app), "_most", 0)
    answer = client.get("/console/live")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.get("/console/pulse").status_code == 204


def test_a_page_left_open_is_no_sign_of_life(client: FlaskClient) -> None:
    """What pages ask by themselves does not put off the end of the session; what people do does."""
    sign_in(client)
    background = client.get("/console/talks", headers={BACKGROUND: "1", "HX-Request": "true"})
    assert background.status_code == 200
    assert "Set-Cookie" not in background.headers
    assert "Set-Cookie" in client.get("/console/").headers


def test_a_part_of_a_page_says_that_the_session_ended(client: FlaskClient) -> None:
    """In its place, with the way to sign in, and nothing of what was typed is lost."""
    sign_in(client)
    send(client, "/console/logout", "/console/")
    answer = client.get("/console/talks", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "草稿保存在本标签页" in answer.get_data(as_text=True)
    assert "<html" not in answer.get_data(as_text=True)
