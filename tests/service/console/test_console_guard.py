"""Every page of the console, by its routes: for whom it is, in which language, and what a form has to carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import BY_ROLE, begin_case, form_token, say, sign_in
from sqlalchemy import select
from werkzeug.routing import Rule

from service.console.assets import asset
from service.console.blueprint import ANYONE, SIGNED_IN, asked_by
from service.store.engine import Store
from service.store.schema import conversations
from service.store.users import RIGHTS, ROLES

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; "
)


def rules(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """The console's routes of a method, and what each asks for."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and method in (rule.methods or ()):
            yield rule, asked_by(app.view_functions[rule.endpoint])


class Named(NamedTuple):
    """The random names of a talk and of its case."""

    talk: str
    case: str


NOWHERE = Named("0" * 32, "0" * 32)


def path(rule: Rule, named: Named = NOWHERE) -> str:
    values = {**named._asdict(), "position": "1", "sheet": "days"}
    values |= {"digest": asset("style.css").digest, "asset_name": "style.css"}
    assert rule.arguments <= set(values), "teach this test the new argument"
    return re.sub("<([a-z_]+)>", lambda found: values[found[1]], rule.rule)


@pytest.fixture
def talk(client: FlaskClient, store: Store) -> Named:
    """A talk of the first shop, and its case."""
    say(client, store, "t", "今天能发货吗", "可以的")
    with store.reading() as connection:
        found = str(connection.execute(select(conversations.c.talk)).scalar_one())
    return Named(found, begin_case(store))


def test_every_page_says_for_whom_it_is(app: Flask) -> None:
    """A page that forgets to is nobody's."""
    known = {ANYONE, SIGNED_IN} | frozenset().union(*RIGHTS.values())
    found = [asked for method in ("GET", "POST") for _, asked in rules(app, method)]
    assert len(found) >= 8
    assert set(found) <= known
    assert asked_by(lambda: None) not in known


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, app: Flask, talk: Named) -> None:
    """Whatever the page; a form does nothing."""
    for method in ("GET", "POST"):
        for rule, asked in rules(app, method):
            if asked != ANYONE:
                response = client.open(path(rule, talk), method=method)
                assert (response.status_code, response.headers["Location"]) == (303, "/console/login"), rule


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_it_is_for(client: FlaskClient, app: Flask, talk: Named, role: str) -> None:
    """And no other page: 403 in words."""
    sign_in(client, BY_ROLE[role])
    for rule, asked in rules(app, "GET"):
        response = client.get(path(rule, talk))
        allowed = asked in (ANYONE, SIGNED_IN) or asked in RIGHTS[role]
        assert response.status_code in ((200, 204) if allowed else (403,)), rule
        if not allowed:
            assert "您的角色不能看这个页面" in response.get_data(as_text=True)


def test_another_shops_pages_are_not_there(client: FlaskClient, app: Flask, talk: Named) -> None:
    """Every page of a talk is 404 for the other shop, as one that never was, and its list is empty."""
    sign_in(client, "阿远", "乙店")
    of_a_talk = {"talk", "case"}
    found = [rule for method in ("GET", "POST") for rule, _ in rules(app, method) if of_a_talk & rule.arguments]
    assert found
    for rule in found:
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        given = {"csrf_token": form_token(client, "/console/")} if method == "POST" else None
        answers = [client.open(path(rule, named), method=method, data=given) for named in (talk, NOWHERE)]
        assert [answer.status_code for answer in answers] == [404, 404]
        # the token of a form holds the second in which it was made
        pages = (re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True)) for answer in answers)
        theirs, none = pages
        assert re.sub("|".join(talk), "0" * 32, theirs) == none
    for page in ("", "held", "cases"):
        assert talk.talk not in client.get(f"/console/{page}").get_data(as_text=True)
    assert talk.case not in client.get("/console/cases").get_data(as_text=True)


def test_a_form_without_its_token_does_nothing(client: FlaskClient, app: Flask, talk: Named) -> None:
    """Missing, wrong or in the address: 400 with a page that says what to do, and one is still signed in."""
    sign_in(client, BY_ROLE["owner"])
    token = form_token(client, "/console/")
    found = list(rules(app, "POST"))
    assert len(found) >= 3
    for rule, _ in found:
        for data, query in (({}, ""), ({"csrf_token": token + "x"}, ""), ({"csrf_token": ""}, ""), ({}, token)):
            response = client.post(path(rule, talk), data=data, query_string={"csrf_token": query} if query else None)
            assert response.status_code == 400, rule
            assert "重新打开页面后再提交" in response.get_data(as_text=True)
    assert client.get("/console/").status_code == 200


def test_no_page_lets_others_in(client: FlaskClient, app: Flask, talk: Named) -> None:
    """Each, errors too, has the strict policy, is kept nowhere and holds no script, style or outside address."""
    sign_in(client, BY_ROLE["owner"])
    answers = [client.get(path(rule, talk)) for rule, _ in rules(app, "GET")]
    answers += [client.post("/console/logout"), client.get("/console/talks/none")]
    for answer in answers:
        headers = answer.headers
        assert headers["Content-Security-Policy"] == POLICY + "frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        if answer.mimetype == "text/html":
            assert headers["Cache-Control"] == "no-store"
            page = answer.get_data(as_text=True)
            scripts = re.findall(r"<script\b.*?</script>", page)
            assert all(re.fullmatch(r'<script src="/console/assets/[^"]+" defer></script>', each) for each in scripts)
            rest = re.sub(r"<script\b.*?</script>", "", page)
            for never in ("<script", "<style", "style=", "http:", "https:", 'src="', " on"):
                assert never not in rest.replace(" on all", ""), never
    kinds = {"text/html", "text/css", "text/csv", "text/event-stream", "image/jpeg"}
    assert {answer.mimetype for answer in answers} == kinds


@pytest.mark.parametrize("name", ["login", "", "password", "talks/none"])
def test_the_language_is_switched_once(client: FlaskClient, name: str) -> None:
    """By one link on each page; the choice lasts, past signing in too."""
    if name != "login":
        sign_in(client)
    page = client.get(f"/console/{name}").get_data(as_text=True)
    assert '<html lang="zh-CN">' in page
    assert f'href="/console/{name}?language=en"' in page
    assert '<html lang="en">' in client.get(f"/console/{name}?language=en").get_data(as_text=True)
    sign_in(client)
    assert "小雨 (agent)" in client.get("/console/?language=xx").get_data(as_text=True)
    assert '<html lang="zh-CN">' in client.get("/console/?language=zh").get_data(as_text=True)
