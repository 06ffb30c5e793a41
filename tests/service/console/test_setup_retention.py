"""How long talks are kept: counted before it is set."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from people import say, send, sign_in
from sqlalchemy import select, update

from service.store.engine import Store
from service.store.schema import access_log, conversations, shops

# what these pages ask of the store is tested on both kinds of database beside it
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
PAGE = "/console/setup/retention"


@pytest.fixture(autouse=True)
def admin(client: FlaskClient) -> None:
    sign_in(client, "老板")


def days(store: Store) -> int | None:
    with store.reading() as connection:
        found: int | None = connection.execute(select(shops.c.retention_days).where(shops.c.name == "甲店")).scalar()
        return found


def test_a_limit_is_set_after_what_it_erases_was_shown(client: FlaskClient, store: Store) -> None:
    """The talks of the shop that are older are counted; only what was confirmed is set, and noted."""
    say(client, store, "old", "在吗")
    say(client, store, "young", "在吗")
    say(client, store, "old", "在吗", shop="乙店")
    with store.writing() as connection:
        old = conversations.c.conversation_id == "old"
        before = conversations.c.changed_at
        moment = connection.execute(select(before).limit(1)).scalar_one()
        connection.execute(update(conversations).where(old).values(changed_at=moment - timedelta(days=31)))
    asked = send(client, PAGE, days="30").get_data(as_text=True)
    assert "现在会删除 1 段会话" in asked
    assert 'name="confirmed" value="30"' in asked
    assert days(store) is None
    assert "现在会删除 1 段会话" in send(client, PAGE, days="29", confirmed="30").get_data(as_text=True)
    assert days(store) is None
    assert send(client, PAGE, days="30", confirmed="30").status_code == 303
    assert days(store) == 30
    page = client.get(PAGE).get_data(as_text=True)
    assert "30 天没有变化就删除" in page
    assert "其中 1 段已到期" in page
    with store.reading() as connection:
        assert "retention" in connection.execute(select(access_log.c.action)).scalars().all()


def test_a_limit_is_taken_away(client: FlaskClient, store: Store) -> None:
    """Empty is none, and is confirmed too."""
    send(client, PAGE, days="30", confirmed="30")
    assert 'value="none"' in send(client, PAGE, days="").get_data(as_text=True)
    assert days(store) == 30
    assert send(client, PAGE, days="", confirmed="none").status_code == 303
    assert days(store) is None


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "三十", "36501", "9999999", "３０"])
def test_what_is_no_number_of_days_is_said(client: FlaskClient, store: Store, text: str) -> None:
    """Nothing is set, and it is still in its field."""
    answer = send(client, PAGE, days=text, confirmed=text)
    assert (answer.status_code, days(store)) == (422, None)
    assert f'value="{text}"' in answer.get_data(as_text=True)
    assert "天数要填 1 到 36500 的整数" in answer.get_data(as_text=True)
