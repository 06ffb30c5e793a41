"""Feasibility of a promise: policy by order by moment."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import PROVINCES, SHOPS, orders

from riskmodel.conversation import Order, ShopPolicy
from riskmodel.promises import Circumstances, Commitment, Judgement, judge

MORNING, EVENING = "2026-03-04T10:00:00+08:00", "2026-03-04T20:00:00+08:00"


def judged(
    kind: str | None,
    said: str,
    *,
    shop: dict[str, Any] | None,
    order: dict[str, Any] | None = None,
    now: str = MORNING,
    talked_of: str | None = None,
    topic: str = "other",
    question: str | None = None,
) -> Judgement:
    policy = None if shop is None else ShopPolicy.model_validate(shop)
    ordered = None if order is None else Order.model_validate({"order_id": "o", **order})
    around = Circumstances(policy, ordered, datetime.fromisoformat(now), talked_of)
    return judge(Commitment("c.c", topic, "over_promise", kind, 0, 1, said, question, judged=kind), around)


def to(province: str, **more: Any) -> dict[str, Any]:
    return {"ship_to": {"province": province}, **more}


CUTOFF = {"same_day_cutoff": "16:00", "dispatch_hours": 48}


@pytest.mark.parametrize(
    ("said", "shop", "order", "now", "can_keep"),
    [
        ("今天发出", CUTOFF, None, MORNING, "yes"),
        ("今天发出", CUTOFF, None, EVENING, "no"),
        ("今天发出", CUTOFF, {"placed_at": MORNING}, EVENING, "yes"),
        ("今天发出", CUTOFF, {"placed_at": EVENING}, MORNING, "yes"),
        ("明天发出", CUTOFF, None, EVENING, "no"),
        ("三天内发出", CUTOFF, None, EVENING, "yes"),
        ("今天发出", {"dispatch_hours": 24}, None, MORNING, "no"),
        ("明天发出", {"dispatch_hours": 24}, None, MORNING, "yes"),
        ("今天发出", {}, None, MORNING, "unknown"),
        ("今天发出", None, None, MORNING, "unknown"),
        ("肯定发出", CUTOFF, None, MORNING, "unknown"),
        ("四点前拍的今天发", CUTOFF, None, EVENING, "yes"),
        ("六点前拍的今天发", CUTOFF, None, EVENING, "no"),
        ("今天发出", {**CUTOFF, "unserved_provinces": ["西藏"]}, to("西藏自治区"), MORNING, "no"),
        ("今天发出", {**CUTOFF, "cash_on_delivery": "none"}, {"payment_method": "cash_on_delivery"}, MORNING, "no"),
        ("今天发出", {**CUTOFF, "cash_on_delivery": "none"}, {"payment_method": "online"}, MORNING, "yes"),
    ],
)
def test_dispatch(
    said: str, shop: dict[str, Any] | None, order: dict[str, Any] | None, now: str, can_keep: str
) -> None:
    """Dispatch by a day rests on the cutoff, the longest time, the moment of the order and the region."""
    assert judged("ship_by", said, shop=shop, order=order, now=now).can_keep == can_keep


def test_due_time_is_stated_in_the_shops_zone() -> None:
    """What 今天 means is the shop's day, also where the message was stamped in another zone."""
    judgement = judged("ship_by", "今天发", shop=CUTOFF, now="2026-03-03T23:30:00Z")
    assert judgement.due_at == datetime.fromisoformat("2026-03-04T23:59:59+08:00")
    assert judgement.can_keep == "yes"


LISTED = {"cash_on_delivery": "listed_provinces", "cash_on_delivery_provinces": ["浙江省"]}
EXCEPT = {"free_shipping": "except_listed_provinces", "free_shipping_excluded_provinces": ["新疆"]}


@pytest.mark.parametrize(
    ("kind", "shop", "order", "talked_of", "can_keep"),
    [
        ("cash_on_delivery", {"cash_on_delivery": "everywhere"}, None, None, "yes"),
        ("cash_on_delivery", {"cash_on_delivery": "none"}, None, None, "no"),
        ("cash_on_delivery", LISTED, to("浙江"), None, "yes"),
        ("cash_on_delivery", LISTED, to("青海省"), None, "no"),
        ("cash_on_delivery", LISTED, None, "青海", "no"),
        ("cash_on_delivery", LISTED, None, None, "unknown"),
        ("cash_on_delivery", {}, to("浙江"), None, "unknown"),
        ("free_shipping", {"free_shipping": "everywhere"}, None, None, "yes"),
        ("free_shipping", {"free_shipping": "none"}, None, None, "no"),
        ("free_shipping", EXCEPT, to("新疆维吾尔自治区"), None, "no"),
        ("free_shipping", EXCEPT, to("广东"), "新疆", "yes"),
        ("free_shipping", EXCEPT, None, None, "unknown"),
        ("free_shipping", {"free_shipping": "everywhere", "unserved_provinces": ["西藏"]}, to("西藏"), None, "no"),
        ("gift", {"gifts": "none"}, None, None, "no"),
        ("gift", {"gifts": "listed_only"}, None, None, "unknown"),
        ("invoice", {"invoice": "free_on_request"}, None, None, "yes"),
        ("invoice", {"invoice": "none"}, None, None, "no"),
        ("invoice", {"invoice": "extra_charge"}, None, None, "unknown"),
        ("deliver_by", CUTOFF, None, None, "unknown"),
        ("stock", CUTOFF, None, None, "unknown"),
    ],
)
def test_policy_and_region(
    kind: str, shop: dict[str, Any], order: dict[str, Any] | None, talked_of: str | None, can_keep: str
) -> None:
    """The order's region decides before the one talked of; where neither is known nothing is claimed."""
    assert judged(kind, "可以的", shop=shop, order=order, talked_of=talked_of).can_keep == can_keep


@pytest.mark.parametrize(
    ("said", "can_keep"), [("赔您10元", "yes"), ("赔您60元", "no"), ("赔您10元或者80元", "no"), ("会赔的", "unknown")]
)
def test_compensation(said: str, can_keep: str) -> None:
    """A sum is within what the shop usually pays, above it, or not named."""
    assert judged("compensation", said, shop={"usual_compensation_yuan": {"other_province": 20}}).can_keep == can_keep
    assert judged("compensation", said, shop={"usual_compensation_yuan": {}}).can_keep == "unknown"


@pytest.mark.parametrize(("said", "can_keep"), [("走韵达可以", "yes"), ("走德邦可以", "no")])
def test_carrier(said: str, can_keep: str) -> None:
    """A courier is among the shop's or is not; without a list nothing is known."""
    assert judged("carrier", said, shop={"carriers": ["韵达快递", "EMS"]}).can_keep == can_keep
    assert judged("carrier", said, shop={}).can_keep == "unknown"


@pytest.mark.parametrize(
    ("shop", "can_keep"), [({"free_shipping": "everywhere"}, "no"), ({"free_shipping": "none"}, "yes"), ({}, "unknown")]
)
def test_asking_for_freight(shop: dict[str, Any], can_keep: str) -> None:
    """Asking for freight is wrong exactly where shipping is free."""
    assert judged("surcharge", "要补邮费", shop=shop, topic="freight_surcharge").can_keep == can_keep


KINDS = (
    "ship_by",
    "deliver_by",
    "free_shipping",
    "invoice",
    "cash_on_delivery",
    "carrier",
    "gift",
    "refund",
    "compensation",
    "return_free",
    "authenticity",
    "price_match",
    "stock",
    "surcharge",
    "refusal",
    "refund_time",
    "stock_claim",
    "done_claim",
    "other",
    None,
)


@given(
    kind=st.sampled_from(KINDS),
    said=st.sampled_from(
        ["今天发", "9999小时内", "9月9号", "保证", "赔一万元", "新疆包邮", "下午四点前拍的今天发", "31号"]
    ),
    shop=st.sampled_from(SHOPS),
    order=st.none() | orders(),
    now=st.datetimes(timezones=st.timezones()),
    talked_of=st.sampled_from([None, *(name[:2] for name in PROVINCES)]),
)
def test_every_case_is_judged(
    *, kind: str, said: str, shop: dict[str, Any], order: dict[str, Any] | None, now: datetime, talked_of: str | None
) -> None:
    """Any promise, policy, order and moment of the calendar get an answer and a reason in two languages."""
    policy = None if shop is None else ShopPolicy.model_validate(shop)
    ordered = None if order is None else Order.model_validate_json(json.dumps(order))
    judgement = judge(
        Commitment("c.c", "other", None, kind, 0, 1, said, None, judged=kind),
        Circumstances(policy, ordered, now, talked_of),
    )
    assert judgement.can_keep in ("yes", "no", "unknown")
    assert judgement.why_zh
    assert re.search("[a-z]{2}", judgement.why_en)
    assert "{" not in judgement.why_zh + judgement.why_en
    if policy is None:
        assert judgement.can_keep == "unknown" or kind == "return_free"
