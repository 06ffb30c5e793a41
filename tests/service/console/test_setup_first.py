"""A fresh installation: its first owner by the code from the terminal, the steps, and the first scored talk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, PEOPLE, populate, send, sign_in

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.invitation import Invitation
from service.store.engine import Store

# what these pages ask of the store is tested on both kinds of database beside it
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
CODE = "ABCD-2345-EFGH-6777"
GIVEN = {"code": CODE, "shop": "灯火小铺", "name": "阿木", "chosen": PASSWORD, "again": PASSWORD}
CHAT = "阿强 (2026-03-04 10:00:00): 新疆能包邮吗\n灯火小铺:阿木 (2026-03-04 10:01:00): 包邮的亲\n"


@pytest.fixture
def app(url: str, store: Store, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An installation that nobody has used yet."""
    monkeypatch.setattr(Scorer, "load", lambda directory: trained)
    made = create_app({"DATABASE_URL": url, "LIVE_SECONDS": 0.0, "INVITATION": Invitation.of(CODE)})
    yield made
    backend_of(made).store.close()


def first(client: FlaskClient, **fields: str) -> tuple[int, str]:
    answer = send(client, "/console/first", "/console/login", **{**GIVEN, **fields})
    return answer.status_code, answer.get_data(as_text=True)


def test_from_nothing_to_the_first_scored_talk(client: FlaskClient) -> None:
    """Code, policy, a pasted chat: each step says what comes next, and the last shows the talk assessed."""
    assert 'href="/console/first"' in client.get("/console/login").get_data(as_text=True)
    answer = send(client, "/console/first", **GIVEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/setup")
    assert "接下来：说明本店能做到什么" in client.get("/console/setup").get_data(as_text=True)
    answer = send(client, "/console/setup/policy", free_shipping="none")
    assert "接下来：读入第一段聊天" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'href="/console/setup"' in client.get("/console/").get_data(as_text=True)
    answer = send(client, "/console/paste", text=CHAT, shop="灯火小铺:阿木")
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "新疆能包邮吗" in re.sub(
        r"<sup>.*?</sup>|</?(?:mark|span)[^>]*>", "", page
    )  # quoted spans are marked in place
    assert 'class="action"' in page
    ready = client.get("/console/setup").get_data(as_text=True)
    assert "已经可以使用了" in ready
    assert answer.headers["Location"] in ready


def test_the_owner_signs_in_again(client: FlaskClient, app: Flask) -> None:
    """With the password chosen, and may see everything."""
    first(client)
    later = app.test_client()
    assert sign_in(later, "阿木", "灯火小铺").status_code == 303
    bar = later.get("/console/").get_data(as_text=True)
    assert all(f'href="/console/{page}"' in bar for page in ("paste", "setup"))


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"code": "ABCD-2345-EFGH-6776"}, 403, "一次性代码不对或已过期"),
        ({"code": ""}, 403, "一次性代码不对或已过期"),
        ({"again": "x"}, 422, "两次输入的密码不一致"),
        ({"chosen": "short", "again": "short"}, 422, "密码太短"),
        ({"shop": " "}, 422, "店铺名是 1 到 128 个"),
        ({"name": "x" * 65}, 422, "用户名是 1 到 64 个"),
    ],
)
def test_what_is_wrong_makes_nothing(client: FlaskClient, fields: dict[str, str], status: int, said: str) -> None:
    """It is said, the names are still there, the code and the password are not; then the right ones do."""
    found, page = first(client, **fields)
    assert found == status
    assert said in page
    assert 'value="阿木"' in page or "name" in fields
    assert CODE not in page
    assert PASSWORD not in page
    assert first(client)[0] == 303


@pytest.mark.parametrize("code", ["abcd2345efgh6777", " ABCD 2345 EFGH 6777 "])
def test_the_code_may_be_typed_in_any_grouping(client: FlaskClient, code: str) -> None:
    """People read it off a terminal."""
    assert first(client, code=code)[0] == 303


def test_it_is_good_once(client: FlaskClient, app: Flask) -> None:
    """Once there is a user the code makes no other, and the page says where others are added."""
    first(client)
    found, page = first(app.test_client(), shop="别店", name="生人")
    assert found == 409
    assert "已经有人可以登录" in page
    assert "/console/first" not in app.test_client().get("/console/login").get_data(as_text=True)


def test_a_store_with_people_in_it_is_not_taken_over(client: FlaskClient, store: Store) -> None:
    """However good the code."""
    populate(store, PEOPLE)
    assert first(client)[0] == 409


def test_an_old_code_is_none(client: FlaskClient, app: Flask) -> None:
    """After its time the page says how to get another."""
    app.config["INVITATION"] = Invitation.of(CODE)._replace(until=0.0)
    found, page = first(client)
    assert found == 409
    assert "baitwatch users create" in page


def test_without_an_invitation_nobody_is_made(url: str, store: Store, client: FlaskClient, app: Flask) -> None:
    """A service that was started without a terminal has no code that could be right."""
    app.config["INVITATION"] = None
    assert first(client, code="")[0] == 409
    assert "/console/first" not in client.get("/console/login").get_data(as_text=True)
