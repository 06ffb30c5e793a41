"""The shop's policy as a form: the checks of the API in plain sentences, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import form_token, say, sign_in
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from riskmodel.conversation import ShopPolicy
from riskmodel.errors import ModelError
from riskmodel.regions import official_provinces
from riskmodel.shop_policy import parse_shop_policy
from service.backend import backend_of
from service.console.setup.policy_form import document_of, form_of
from service.model import model_of
from service.store.access import find_shop
from service.store.engine import Store
from service.store.schema import access_log
from service.store.shops import policy_of

# what these pages ask of the store is tested on both kinds of database beside it
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
PAGE = "/console/setup/policy"
FULL: dict[str, Any] = {
    "timezone": "Asia/Urumqi",
    "same_day_cutoff": "16:00",
    "dispatch_hours": 48,
    "cash_on_delivery": "listed_provinces",
    "cash_on_delivery_provinces": ["上海", "浙江"],
    "free_shipping": "except_listed_provinces",
    "free_shipping_excluded_provinces": ["西藏", "新疆"],
    "unserved_provinces": ["台湾"],
    "invoice": "free_on_request",
    "carriers": ["顺丰", "中通"],
    "gifts": "listed_only",
    "usual_compensation_yuan": {"same_city": 10, "other_province": 20.5, "high_value": 50},
}


@pytest.fixture(autouse=True)
def admin(client: FlaskClient) -> None:
    sign_in(client, "老板")


def give(client: FlaskClient, **fields: Any) -> TestResponse:
    return client.post(PAGE, data={"csrf_token": form_token(client, PAGE), **fields})


def kept(app: Flask) -> ShopPolicy | None:
    here = backend_of(app)
    with here.store.reading() as connection:
        return policy_of(connection, here.keys.current(), find_shop(connection, "甲店"))


@pytest.mark.parametrize("written", [FULL, {}, {"gifts": "none"}, {"usual_compensation_yuan": {"high_value": 0}}])
def test_a_policy_goes_through_the_form_as_it_is(written: dict[str, Any]) -> None:
    """Every field of the contract can be typed, and what is stored comes back as the same policy."""
    policy = parse_shop_policy(written)
    assert parse_shop_policy(document_of(form_of(policy))) == policy
    assert set(document_of(form_of(parse_shop_policy(FULL)))) == set(ShopPolicy.model_fields)


def test_other_names_of_a_province_are_the_official_one() -> None:
    """So that a policy set by a program shows its ticks."""
    policy = parse_shop_policy({"unserved_provinces": ["内蒙", "新疆维吾尔自治区"]})
    assert form_of(policy).getlist("unserved_provinces") == ["内蒙古", "新疆"]
    assert len(official_provinces()) == 34


def test_whichever_keyboard_typed_it() -> None:
    """Full-width digits and colons are what they look like."""
    assert document_of(MultiDict({"same_day_cutoff": "１６：００", "dispatch_hours": " ４８ "})) == {
        **document_of(MultiDict()),
        "same_day_cutoff": "16:00",
        "dispatch_hours": 48.0,
    }


def test_a_policy_is_set_and_noted(client: FlaskClient, app: Flask, store: Store) -> None:
    """By whom; the page shows it and says from when it counts; while there is no talk the next step follows."""
    answer = give(client, same_day_cutoff="16:00", unserved_provinces=["新疆", "西藏"], carriers="顺丰，中通\n圆通")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/setup")
    found = kept(app)
    assert found is not None
    assert (found.same_day_cutoff, found.unserved_provinces) == ("16:00", ["西藏", "新疆"])
    assert found.carriers == ["顺丰", "中通", "圆通"]
    with store.reading() as connection:
        noted = connection.execute(select(access_log.c.actor).where(access_log.c.action == "policy")).scalar_one()
    assert noted.startswith("user ")
    assert "现在起到达的消息" in client.get("/console/setup").get_data(as_text=True)
    page = client.get(PAGE).get_data(as_text=True)
    assert 'value="16:00"' in page
    assert page.count(" checked>") == 2
    say(client, store, "t", "在吗")
    assert give(client).headers["Location"] == PAGE
    assert kept(app) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"same_day_cutoff": "1600"}, "截单时间要写成"),
        ({"dispatch_hours": "四十八"}, "“最晚多少小时内发货”要填一个数"),
        ({"high_value": "-5"}, "要填一个数"),
        ({"timezone": "Asia/Nowhere"}, "没有这个时区"),
        ({"cash_on_delivery": "listed_provinces"}, "一个省份也没有勾选"),
        ({"free_shipping": "except_listed_provinces"}, "一个省份也没有勾选"),
        ({"free_shipping": "everywhere", "free_shipping_excluded_provinces": "新疆"}, "改选它，或取消勾选"),
        ({"cash_on_delivery": "none", "cash_on_delivery_provinces": "新疆"}, "改选它，或取消勾选"),
        (
            {
                "cash_on_delivery": "listed_provinces",
                "cash_on_delivery_provinces": "新疆",
                "unserved_provinces": "新疆",
            },
            "新疆既勾选了可货到付款，又勾选了不配送",
        ),
        ({"gifts": "many"}, "请重新选择"),
        ({"cash_on_delivery": "sometimes"}, "请重新选择"),
    ],
)
def test_what_cannot_stand_is_said(client: FlaskClient, app: Flask, fields: dict[str, str], said: str) -> None:
    """Twice, above and at its field; nothing is set, and all that was typed is still there."""
    answer = give(client, **fields, carriers="顺\u200b丰")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, kept(app)) == (422, None)
    assert page.count(said) == 2
    assert "\n顺\u200b丰</textarea>" in page
    for field, value in fields.items():
        if field.endswith("provinces"):
            assert f'name="{field}" value="{value}"' in page
            assert f'value="{value}" aria-label="{value}: ' in page
        elif value not in ("many", "sometimes"):
            assert f'value="{value}"' in page


def test_in_english_too(client: FlaskClient) -> None:
    """A refused form stays in its language, and the other one is asked for at the page itself."""
    client.get(f"{PAGE}?language=en")
    page = give(client, dispatch_hours="x").get_data(as_text=True)
    assert "“Dispatch within how many hours” takes a number" in page
    assert f'href="{PAGE}?language=zh"' in page


def test_what_it_does_is_shown_without_saving(client: FlaskClient, app: Flask) -> None:
    """A reply that promises free shipping to 新疆 is told what this policy makes of it."""
    fields = {"free_shipping": "except_listed_provinces", "free_shipping_excluded_provinces": ["新疆"], "try": "1"}
    page = give(client, **fields).get_data(as_text=True)
    assert kept(app) is None
    assert "还没有保存" in page
    assert "发新疆包邮吗" in page
    assert 'class="checked revise"' in page


def test_without_a_model_there_are_no_examples(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy can be set all the same."""

    def none() -> None:
        raise ModelError("there is none")

    monkeypatch.setattr(model_of(app), "get", none)
    assert give(client, gifts="none").status_code == 303
    page = client.get(PAGE).get_data(as_text=True)
    assert "发新疆包邮吗" not in page
    assert "先要有模型" in client.get("/console/setup").get_data(as_text=True)
