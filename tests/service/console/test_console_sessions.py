"""How long a session holds, and what its cookie lets others do with it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import form_token, say, sign_in

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.console import sessions
from service.store.engine import Store
from service.store.users import set_disabled


def flags(response: object) -> set[str]:
    header = response.headers["Set-Cookie"]  # type: ignore[attr-defined]  # a response of the test client
    return {part.strip() for part in header.split(";")[1:]}


def test_the_cookie_is_out_of_reach(client: FlaskClient) -> None:
    """Of scripts and of other sites; by https it is never sent otherwise; the API gets none."""
    plain = flags(client.get("/console/login"))
    assert {"HttpOnly", "SameSite=Lax", "Path=/console/"} <= plain
    assert "Secure" not in plain
    assert "Secure" in flags(client.get("/console/login?language=en", base_url="https://localhost"))
    sign_in(client)
    assert "Set-Cookie" not in client.get("/healthz").headers


def test_the_settings_can_say_that_it_is_https(url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy that does not tell."""
    monkeypatch.setenv("BAITWATCH_SECURE_COOKIES", "yes")
    app = create_app({"DATABASE_URL": url})
    assert "Secure" in flags(app.test_client().get("/console/login"))
    backend_of(app).store.close()


def test_a_disabled_user_is_out_at_once(client: FlaskClient, store: Store) -> None:
    """The next page asks to sign in, which is refused."""
    sign_in(client)
    with store.writing() as connection:
        set_disabled(connection, "甲店", "小雨", datetime.now(UTC))
    assert client.get("/console/").headers["Location"] == "/console/login"
    assert sign_in(client).status_code == 403


def test_who_does_nothing_is_signed_out(client: FlaskClient, app: Flask) -> None:
    """After the time of the settings; it is said why."""
    assert app.permanent_session_lifetime == timedelta(minutes=30)
    sign_in(client)
    app.permanent_session_lifetime = timedelta(seconds=-1)
    assert client.get("/console/").status_code == 303
    app.permanent_session_lifetime = timedelta(minutes=30)
    sign_in(client)
    app.permanent_session_lifetime = timedelta(seconds=-1)
    response = client.get("/console/")
    app.permanent_session_lifetime = timedelta(minutes=30)
    assert response.status_code == 303
    assert "登录已失效" in client.get("/console/login").get_data(as_text=True)


def test_each_page_makes_the_time_begin_anew(client: FlaskClient) -> None:
    """The cookie is given again with every page of someone who is signed in."""
    sign_in(client)
    assert "Set-Cookie" in client.get("/console/").headers


def test_no_session_holds_for_more_than_half_a_day(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy it is; nor one from the future."""
    sign_in(client)
    now = time.time()
    for other in (now + sessions.LONGEST + 60, now - 60):
        monkeypatch.setattr(sessions.time, "time", lambda other=other: other)
        assert client.get("/console/").status_code == 303


def test_a_session_begins_with_nothing_of_the_one_before(client: FlaskClient) -> None:
    """Whoever planted a cookie before knows nothing of the session after; the language stays."""
    client.get("/console/login?language=en")
    before = form_token(client)
    sign_in(client)
    with client.session_transaction("/console/") as session:
        kept = set(session)
    assert kept == {"language", "user", "stamp", "began"}
    assert form_token(client, "/console/") != before


def test_a_forged_cookie_is_nobody(client: FlaskClient, app: Flask) -> None:
    """One letter more, or one that was signed with another key."""
    sign_in(client)
    cookie = client.get_cookie("baitwatch_console", path="/console/")
    assert cookie is not None
    for forged in (cookie.value + "x", "x" + cookie.value, "e30.aaaa.bbbb", ""):
        other = app.test_client()
        other.set_cookie("baitwatch_console", forged, path="/console/")
        assert other.get("/console/").status_code == 303


def test_another_process_knows_the_session(
    client: FlaskClient, app: Flask, url: str, store: Store, trained: Scorer
) -> None:
    """All processes of one home sign with the same key."""
    sign_in(client)
    cookie = client.get_cookie("baitwatch_console", path="/console/")
    assert cookie is not None
    twin = create_app({"DATABASE_URL": url})
    assert sessions.session_key(twin) == sessions.session_key(app)
    other = twin.test_client()
    other.set_cookie("baitwatch_console", cookie.value, path="/console/")
    assert other.get("/console/").status_code == 200
    backend_of(twin).store.close()


def test_a_session_is_no_key(client: FlaskClient, store: Store) -> None:
    """The API does not take it."""
    say(client, store, "t", "今天能发货吗")
    sign_in(client)
    assert client.get("/v1/conversations/t").status_code == 401
