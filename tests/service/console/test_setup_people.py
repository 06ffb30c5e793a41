"""The people of a shop in the console: what one may change of others, and that nobody shuts the shop out."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from keyring_of import keyring_of
from people import PASSWORD, form_token, send, sign_in
from service_time import NOW
from sqlalchemy import select, update

from service.console.setup import people as pages
from service.store import users
from service.store.engine import Store
from service.store.schema import access_log
from service.store.schema import users as table

PAGE = "/console/setup/people"
CHANGE = f"{PAGE}/change"


@pytest.fixture(autouse=True)
def admin(client: FlaskClient) -> None:
    sign_in(client, "老板")


def found(store: Store, name: str = "小雨", shop: str = "甲店") -> users.User | None:
    with store.reading() as connection:
        return users.find_user(connection, keyring_of(), shop, name)


def number(store: Store, name: str = "小雨", shop: str = "甲店") -> str:
    user = found(store, name, shop)
    assert user is not None
    return str(user.id)


def test_who_is_added_can_sign_in(client: FlaskClient, app: Flask, store: Store) -> None:
    """With the role given; who added is noted."""
    assert send(client, PAGE, name="新人", role="analyst", password="tall lamps wander").status_code == 303
    assert "已添加" in client.get(PAGE).get_data(as_text=True)
    assert sign_in(app.test_client(), "新人", password="tall lamps wander").headers["Location"] == "/console/"
    user = found(store, "新人")
    assert user is not None
    assert user.role == "analyst"
    with store.reading() as connection:
        assert "user made" in connection.execute(select(access_log.c.action)).scalars().all()


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"role": "boss"}, 422, "请选一个角色"),
        ({"name": "小雨"}, 409, "本店已有这个用户名"),
        ({"name": "a\u202eb"}, 422, "看得见的字符"),
        ({"password": "short"}, 422, "密码太短"),
        ({"name": "longer than twelve", "password": "Longer than twelve"}, 422, "密码就是用户名"),
    ],
)
def test_who_cannot_be_added_is_said(client: FlaskClient, fields: dict[str, str], status: int, said: str) -> None:
    """Why, with the name still in its field and the password not."""
    given = {"name": "新人", "role": "agent", "password": "tall lamps wander", **fields}
    answer = send(client, PAGE, **given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert said in page
    assert f'value="{given["name"]}"' in page
    assert f'value="{given["password"]}"' not in page


def test_others_are_changed(client: FlaskClient, app: Flask, store: Store) -> None:
    """Role, password, shut out, let in again, taken out: each ends the sessions, is said and noted."""
    theirs = app.test_client()
    sign_in(theirs)
    for what, more, said in (
        ("role", {"role": "supervisor"}, "角色已修改"),
        ("password", {"password": "narrow bottles sink"}, "密码已修改"),
        ("disable", {}, "已停用"),
        ("enable", {}, "已恢复"),
    ):
        assert send(client, CHANGE, PAGE, user=number(store), do=what, **more).status_code == 303
        assert theirs.get("/console/").status_code == 303
        assert said in client.get(PAGE).get_data(as_text=True)
        can = sign_in(theirs, password=PASSWORD if what == "role" else "narrow bottles sink").status_code == 303
        assert can == (what != "disable")
    user = found(store)
    assert user is not None
    assert user.role == "supervisor"
    assert send(client, CHANGE, PAGE, user=number(store), do="remove").status_code == 303
    assert found(store) is None
    with store.reading() as connection:
        noted = set(connection.execute(select(access_log.c.action)).scalars())
    assert noted >= {f"user {what}" for what in ("role", "password", "disable", "enable", "remove")}


def test_nobody_shuts_themselves_out(client: FlaskClient, store: Store) -> None:
    """Neither by a button, of which there is none, nor by a form: so the last one who can set up stays."""
    own = number(store, "老板")
    assert f'name="user" value="{own}"' not in client.get(PAGE).get_data(as_text=True)
    before = found(store, "老板")
    for what in ("disable", "remove", "role", "password"):
        answer = send(client, CHANGE, PAGE, user=own, do=what, role="agent", password="narrow bottles sink")
        assert answer.status_code == 409
        assert "另一位管理员" in answer.get_data(as_text=True)
    assert found(store, "老板") == before


def test_of_two_who_shut_each_other_out_one_stays(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was shut out between the look and the turn changes nobody."""

    def first_shut_out(connection: object, keyring: object, user: users.User) -> None:
        monkeypatch.undo()
        users.set_disabled(connection, keyring, "甲店", "老板", NOW, out=True)  # type: ignore[arg-type]  # a test gives the least that is asked for
        pages._see_allowed(connection, keyring, user)  # type: ignore[arg-type]  # a test gives the least that is asked for

    monkeypatch.setattr(pages, "_see_allowed", first_shut_out)
    answer = client.post(
        CHANGE, data={"csrf_token": form_token(client, PAGE), "user": number(store, "掌柜"), "do": "remove"}
    )
    assert answer.status_code == 403
    assert found(store, "掌柜") is not None


@pytest.mark.parametrize("what", [*pages.CHANGES, "password"])
def test_another_shops_people_are_not_there(client: FlaskClient, store: Store, what: str) -> None:
    """They are not listed, and whatever is asked for one of them is 404."""
    before = found(store, shop="乙店")
    given = {"user": number(store, shop="乙店"), "do": what, "role": "admin", "password": "narrow bottles sink"}
    assert send(client, CHANGE, PAGE, **given).status_code == 404
    assert found(store, shop="乙店") == before


def test_what_is_no_change_is_refused(client: FlaskClient, store: Store) -> None:
    """A change that there is not, a role that there is not, a password that is too easy: nothing is changed."""
    before = found(store)
    for fields, status in (
        ({"do": "promote"}, 400),
        ({"do": "role", "role": "boss"}, 400),
        ({"do": "password", "password": "short"}, 422),
    ):
        assert send(client, CHANGE, PAGE, user=number(store), **fields).status_code == status
    assert found(store) == before


def test_who_is_not_genuine_can_only_be_removed(client: FlaskClient, store: Store) -> None:
    """A row that was altered is named on the page, and goes by one button."""
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == int(number(store))).values(role="owner"))
    with store.reading() as connection:
        (one,) = (each for each in users.list_users(connection, keyring_of(), "甲店") if not each.genuine)
    assert "记录与签名不符" in client.get(PAGE).get_data(as_text=True)
    assert send(client, CHANGE, PAGE, user=str(one.id), do="remove").status_code == 303
    assert "记录与签名不符" not in client.get(PAGE).get_data(as_text=True)
