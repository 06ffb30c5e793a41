"""The people who sign in to the console in tests, and how they do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from keyring_of import keyring_of
from service_time import NOW
from werkzeug.test import TestResponse

from riskmodel.paths import default_home
from service.cases.desk import CaseDesk
from service.cases.model import NewCase
from service.store.access import create_key, find_or_make_shop, find_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.users import create_user

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "wide bottles sail"
PEOPLE = (
    ("甲店", "小雨", "agent"),
    ("甲店", "阿信", "supervisor"),
    ("甲店", "小数", "analyst"),
    ("甲店", "老板", "admin"),
    ("甲店", "掌柜", "owner"),
    ("乙店", "小雨", "agent"),
    ("乙店", "掌柜", "owner"),
    ("乙店", "阿远", "supervisor"),
)
BY_ROLE = {role: name for shop, name, role in PEOPLE if shop == "甲店"}


def populate(store: Store, people: Iterable[tuple[str, str, str]]) -> None:
    with store.writing() as connection:
        for shop, name, role in people:
            number, _ = find_or_make_shop(connection, shop, NOW)
            create_user(connection, keyring_of(), number, name, role=role, password=PASSWORD, now=NOW)


def form_token(client: FlaskClient, path: str = "/console/login") -> str:
    """What the form of a page carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None, path
    return found[1]


def send(client: FlaskClient, path: str, page: str | None = None, **fields: str) -> TestResponse:
    """Send the form of a page as a browser does."""
    return client.post(path, data={"csrf_token": form_token(client, page or path), **fields})


def sign_in(client: FlaskClient, name: str = "小雨", shop: str = "甲店", password: str = PASSWORD) -> TestResponse:
    return send(client, "/console/login", shop=shop, name=name, password=password)


def begin_case(store: Store, conversation_id: str = "t", *, shop: str = "甲店") -> str:
    """Begin a case of a talk, with a file; gives its random name."""
    desk = CaseDesk(store, KeyFile(default_home() / "keys" / "keyring.json"))
    new = NewCase(case_id="k", conversation_id=conversation_id, claim="review", profile="taobao_review")
    with store.reading() as connection:
        number = find_shop(connection, shop)
    case, _ = desk.open(number, new, actor="user 2")
    desk.file(number, "k", "box.jpg", "image/jpeg", b"a picture", actor="user 2")
    return case.name


def say(client: FlaskClient, store: Store, talk: str, *texts: str, shop: str = "甲店") -> list[dict[str, Any]]:
    """Have the buyer and the agent of a talk say this by turns, through the API; gives the Assessments."""
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, NOW)
        key = create_key(connection, keyring_of(), number, ["score"], now=NOW)
    messages = [
        {
            "message_id": f"m{place}",
            "sender": "agent" if place % 2 else "buyer",
            "sent_at": f"2026-03-04T{10 + place // 60:02}:{place % 60:02}:00+08:00",
            "text": text,
        }
        for place, text in enumerate(texts)
    ]
    answer = client.post(
        f"/v1/conversations/{talk}/messages", json={"messages": messages}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.get_json()["assessments"]
    return found
