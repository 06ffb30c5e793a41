"""Signing in and out, and one's own password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, form_token, send, sign_in
from sqlalchemy import select

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.console import throttle
from service.store import tries
from service.store.engine import Store
from service.store.schema import access_log

NEW = "narrow bottles sink"


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine under load does not outlast them."""
    monkeypatch.setattr(tries, "FIRST_WAIT", timedelta(seconds=200))


def text(response: Any) -> str:
    found: str = response.get_data(as_text=True)
    return found


def is_in(client: FlaskClient) -> bool:
    return client.get("/console/").status_code == 200


def test_the_right_password_opens_the_first_page(client: FlaskClient) -> None:
    """And says who is signed in."""
    response = sign_in(client)
    assert (response.status_code, response.headers["Location"]) == (303, "/console/")
    assert "甲店 · 小雨（客服）" in text(client.get("/console/"))


@pytest.mark.parametrize(
    ("shop", "name", "password"),
    [("甲店", "小雨", "wrong"), ("甲店", "没有", PASSWORD), ("丙店", "小雨", PASSWORD), ("a\0b", "小雨", PASSWORD)],
)
def test_what_is_wrong_is_not_told_apart(client: FlaskClient, shop: str, name: str, password: str) -> None:
    """A wrong shop, name or password gets the same answer, which does not hold the password."""
    response = sign_in(client, name, shop, password)
    assert response.status_code == 403
    assert "店铺、用户名或密码不对" in text(response)
    assert password not in text(response)
    assert not is_in(client)


def test_one_comes_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    """After signing in, once."""
    assert client.get("/console/password").headers["Location"] == "/console/login"
    assert sign_in(client).headers["Location"] == "/console/password"
    assert sign_in(client).headers["Location"] == "/console/"


def test_signing_out_ends_the_session(client: FlaskClient) -> None:
    """The next page asks for the password again."""
    sign_in(client)
    assert send(client, "/console/logout", "/console/").headers["Location"] == "/console/login"
    assert "已退出登录" in text(client.get("/console/login"))
    assert not is_in(client)


def test_who_guesses_a_password_waits(client: FlaskClient, app: Flask) -> None:
    """After five failures even the right password is not looked at; another name of another address is."""
    for _ in range(throttle.FREE_OF_NAME):
        assert sign_in(client, password="wrong").status_code == 403
    response = sign_in(client)
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 200
    assert "秒后再试" in text(response)
    assert not is_in(client)
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert sign_in(other).status_code == 429
    assert sign_in(other, "阿信").status_code == 303


def test_all_processes_count_together(client: FlaskClient, url: str, trained: Scorer) -> None:
    """Whoever guesses by turns in two of them has no more tries, and success in one is known to the other."""
    twin = create_app({"DATABASE_URL": url})
    both = [client, twin.test_client()]
    for _ in range(2):
        for place in range(throttle.FREE_OF_NAME - 1):
            assert sign_in(both[place % 2], password="wrong").status_code == 403
        assert sign_in(both[1]).status_code == 303
        assert send(both[1], "/console/logout", "/console/").status_code == 303
    for place in range(throttle.FREE_OF_NAME):
        assert sign_in(both[place % 2], password="wrong").status_code == 403
    assert [sign_in(one).status_code for one in both] == [429, 429]
    backend_of(twin).store.close()


def test_who_guesses_names_waits(client: FlaskClient) -> None:
    """Failures of one address count together, whoever is tried; success in between changes nothing."""
    for place in range(throttle.FREE_OF_ADDRESS):
        assert sign_in(client, f"没有{place}").status_code == 403
        if place == 3:
            assert sign_in(client).status_code == 303
            assert send(client, "/console/logout", "/console/").status_code == 303
    assert sign_in(client).status_code == 429


def test_success_gives_all_tries_back(client: FlaskClient) -> None:
    """Whoever mistypes now and then never waits."""
    for _ in range(3):
        for _ in range(throttle.FREE_OF_NAME - 1):
            assert sign_in(client, password="wrong").status_code == 403
        assert sign_in(client).status_code == 303


def test_another_password_ends_all_other_sessions(client: FlaskClient, app: Flask) -> None:
    """The one that changed it goes on; the old password is no longer good."""
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    changed = send(client, "/console/password", present=PASSWORD, chosen=NEW, again=NEW)
    assert changed.headers["Location"] == "/console/"
    assert "密码已修改" in text(client.get("/console/"))
    assert not is_in(other)
    assert "登录已失效" in text(other.get("/console/login"))
    assert sign_in(other).status_code == 403
    assert sign_in(other, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("present", "chosen", "again", "answer"),
    [
        ("wrong", NEW, NEW, (403, "现在的密码不对")),
        (PASSWORD, NEW, NEW + "s", (422, "两次输入的新密码不一致")),
        (PASSWORD, "short", "short", (422, "12 个")),
        (PASSWORD, "password1234", "password1234", (422, "最常见")),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    client: FlaskClient, present: str, chosen: str, again: str, answer: tuple[int, str]
) -> None:
    """What is wrong is said, and nothing that was typed comes back."""
    sign_in(client)
    response = send(client, "/console/password", present=present, chosen=chosen, again=again)
    assert response.status_code == answer[0]
    assert answer[1] in text(response)
    assert "未修改" in text(response)
    assert chosen not in text(response)
    assert is_in(client)
    assert sign_in(client).status_code == 303


def test_the_present_password_is_not_guessed_here_either(client: FlaskClient) -> None:
    """Failures count as those of signing in do."""
    sign_in(client)
    for _ in range(throttle.FREE_OF_NAME):
        assert send(client, "/console/password", present="wrong", chosen=NEW, again=NEW).status_code == 403
    response = send(client, "/console/password", present=PASSWORD, chosen=NEW, again=NEW)
    assert response.status_code == 429
    assert "Retry-After" in response.headers


def test_what_people_do_is_noted(client: FlaskClient, store: Store) -> None:
    """Signing in and out and another password, by number; no failure: the time it takes would tell known names."""
    sign_in(client, password="wrong")
    sign_in(client)
    send(client, "/console/password", present=PASSWORD, chosen=NEW, again=NEW)
    send(client, "/console/logout", "/console/")
    with store.reading() as connection:
        rows = connection.execute(select(access_log.c.actor, access_log.c.action).order_by(access_log.c.id)).all()
    assert [action for _, action in rows] == ["login", "password", "logout"]
    assert {actor.split()[0] for actor, _ in rows} == {"user"}


def test_what_was_typed_comes_back_but_the_password(client: FlaskClient) -> None:
    """The form keeps shop and name, escaped."""
    response = send(client, "/console/login", shop='"><script>', name="小雨", password="<b>typed</b>")
    assert 'value="&#34;&gt;&lt;script&gt;"' in text(response)
    assert "typed" not in text(response)


def test_a_form_is_not_sent_without_its_token_kept(client: FlaskClient) -> None:
    """A token of one browser is none in another."""
    token = form_token(client)
    other = client.application.test_client()
    other.get("/console/login")
    given = {"csrf_token": token, "shop": "甲店", "name": "小雨", "password": PASSWORD}
    assert other.post("/console/login", data=given).status_code == 400
