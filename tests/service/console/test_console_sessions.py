"""How long a session holds, and what its cookie lets others do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyring_of import keyring_of
from people import PASSWORD, form_token, say, send, sign_in
from sqlalchemy import update

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.console import sessions
from service.store.engine import Store
from service.store.schema import sessions as begun
from service.store.schema import users
from service.store.sessions import LONGEST
from service.store.users import set_disabled, set_role


def copied(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie("baitwatch_console", path="/console/")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("baitwatch_console", cookie.value, path="/console/")
    return other


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
        set_disabled(connection, keyring_of(), "甲店", "小雨", datetime.now(UTC), out=True)
    assert client.get("/console/").headers["Location"] == "/console/login"
    assert sign_in(client).status_code == 403
    with store.writing() as connection:
        set_disabled(connection, keyring_of(), "甲店", "小雨", datetime.now(UTC), out=False)
    assert client.get("/console/").status_code == 303, "let in again, one has to sign in"
    assert sign_in(client).status_code == 303


def test_another_role_ends_the_session(client: FlaskClient, store: Store) -> None:
    """Whoever had it signs in again, and is what the role says."""
    sign_in(client)
    with store.writing() as connection:
        set_role(connection, keyring_of(), "甲店", "小雨", role="analyst", now=datetime.now(UTC))
    assert client.get("/console/").status_code == 303
    sign_in(client)
    assert "小雨（分析）" in client.get("/console/").get_data(as_text=True)


def test_a_role_that_was_raised_behind_the_programs_back_is_nobodys(client: FlaskClient, store: Store) -> None:
    """Neither the session goes on nor does another begin."""
    sign_in(client)
    with store.writing() as connection:
        connection.execute(update(users).values(role="admin"))
    assert client.get("/console/").status_code == 303
    assert sign_in(client).status_code == 403


def test_a_copy_of_the_cookie_ends_with_the_session(client: FlaskClient, app: Flask) -> None:
    """Whoever took it before the sign-out is out; another device goes on."""
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    thief = copied(client, app)
    assert thief.get("/console/").status_code == 200
    send(client, "/console/logout", "/console/")
    assert [one.get("/console/").status_code for one in (thief, client, other)] == [303, 303, 200]


def test_a_copy_of_the_cookie_ends_with_the_password(client: FlaskClient, app: Flask) -> None:
    """And whoever changed it goes on."""
    sign_in(client)
    thief = copied(client, app)
    send(client, "/console/password", present=PASSWORD, chosen="narrow bottles sink", again="narrow bottles sink")
    assert thief.get("/console/").status_code == 303
    assert client.get("/console/").status_code == 200


def test_to_sign_in_again_ends_the_session_before(client: FlaskClient, app: Flask) -> None:
    """Of the same browser."""
    sign_in(client)
    thief = copied(client, app)
    sign_in(client)
    assert thief.get("/console/").status_code == 303


def test_a_session_is_of_the_user_as_it_was_then(client: FlaskClient) -> None:
    """Whoever signed in with the old password while it was changed has a session that does not hold."""
    sign_in(client)
    with client.session_transaction("/console/") as session:
        session["mark"] = "00" * 32
    assert client.get("/console/").status_code == 303


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


def test_no_session_holds_for_more_than_half_a_day(client: FlaskClient, store: Store) -> None:
    """However busy it is."""
    for minutes, status in ((-1, 200), (1, 303)):
        sign_in(client)
        with store.writing() as connection:
            began_at = datetime.now(UTC) - LONGEST - timedelta(minutes=minutes)
            connection.execute(update(begun).values(began_at=began_at))
        assert client.get("/console/").status_code == status


def test_a_session_begins_with_nothing_of_the_one_before(client: FlaskClient) -> None:
    """Whoever planted a cookie before knows nothing of the session after; the language stays."""
    client.get("/console/login?language=en")
    before = form_token(client)
    sign_in(client)
    with client.session_transaction("/console/") as session:
        kept = set(session)
    assert kept == {"language", "user", "mark", "token"}
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
    twin = create_app({"DATABASE_URL": url})
    assert sessions.session_key(twin) == sessions.session_key(app)
    other = copied(client, twin)
    assert other.get("/console/").status_code == 200
    backend_of(twin).store.close()


def test_a_session_is_no_key(client: FlaskClient, store: Store) -> None:
    """The API does not take it."""
    say(client, store, "t", "今天能发货吗")
    sign_in(client)
    assert client.get("/v1/conversations/t").status_code == 401
