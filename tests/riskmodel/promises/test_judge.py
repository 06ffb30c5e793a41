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
from riskmodel.promises import Circumstances, Commitment, Judgement, is_fault, judge

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
        ("明天发出", CUTOFF, None, EVENING, "yes"),
        ("明天上午发出", {"dispatch_hours": 48}, None, EVENING, "no"),
        ("明早十点前发出", CUTOFF, None, EVENING, "no"),
        ("48小时内发出", {"dispatch_hours": 48}, None, EVENING, "yes"),
        ("24小时内发出", {"dispatch_hours": 48}, None, EVENING, "no"),
        ("后天发出", {"dispatch_hours": 48}, None, EVENING, "yes"),
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


@pytest.mark.parametrize(
    ("said", "question", "due"),
    [
        ("四点前发出", None, "03-04T16:00:00"),
        ("明早十点给您发走", None, "03-05T10:00:00"),
        ("周五前发出", None, "03-06T23:59:59"),
        ("后天发出", None, "03-06T23:59:59"),
        ("48小时内发出", None, "03-06T10:00:00"),
        ("三八节之前发出", None, "03-07T23:59:59"),
        ("双十二之前发出", None, "12-11T23:59:59"),
        ("今天不行,明天一定发", None, "03-05T23:59:59"),
        ("四点前拍的今天发", None, "03-04T23:59:59"),
        ("可以的", "后天之前能不能发走", "03-06T23:59:59"),
        ("明天发", "今天能发不", "03-05T23:59:59"),
        ("一定给您发", "能发不", None),
    ],
)
def test_due_time(said: str, question: str | None, due: str | None) -> None:
    """A promise binds until the last time that its words name, or else until the one in the buyer's question."""
    found = judged("ship_by", said, shop=CUTOFF, question=question).due_at
    assert found == (due and datetime.fromisoformat(f"2026-{due}+08:00"))


@pytest.mark.parametrize(
    ("kind", "said", "due"),
    [
        ("deliver_by", "周五前到您手上", "03-06T23:59:59"),
        ("deliver_by", "后天下午三点能到", "03-06T15:00:00"),
        ("refund_time", "两小时内退给您", "03-04T12:00:00"),
        ("refund_time", "退款没问题", None),
    ],
)
def test_due_time_of_other_kinds(kind: str, said: str, due: str | None) -> None:
    """Delivery and refunds bind until the time that is named as well, though the shop cannot make them come."""
    judgement = judged(kind, said, shop=CUTOFF)
    assert judged("deliver_by", "能到的", shop=CUTOFF, question="周五能到吗").due_at is not None
    assert judgement.due_at == (due and datetime.fromisoformat(f"2026-{due}+08:00"))
    assert judgement.can_keep == ("yes" if due is None else "unknown")


def test_cutoff_of_another_zone() -> None:
    """An hour of the shop's day is the same moment wherever the message was stamped."""
    for now in ("2026-03-04T10:00:00+08:00", "2026-03-04T02:00:00Z", "2026-03-03T21:00:00-05:00"):
        judgement = judged("ship_by", "四点前发出", shop=CUTOFF, now=now)
        assert judgement.due_at == datetime.fromisoformat("2026-03-04T16:00:00+08:00")


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


DEAR = {"same_city": 5, "other_province": 20, "high_value": 50}


@pytest.mark.parametrize(
    ("amount", "sum_offered", "can_keep"),
    [
        ("299.99", 50, "no"),
        ("300", 50, "yes"),
        ("300", 51, "no"),
        (None, 50, "yes"),
        ("25", 20, "yes"),
        ("25", 21, "no"),
    ],
)
def test_compensation_for_dear_goods(amount: str | None, sum_offered: int, can_keep: str) -> None:
    """From 300 yuan on goods may be made good with more; of goods of unknown price nothing is held against it."""
    order = None if amount is None else {"amount": amount}
    shop = {"usual_compensation_yuan": DEAR}
    assert judged("compensation", f"赔您{sum_offered}元", shop=shop, order=order).can_keep == can_keep


@pytest.mark.parametrize("said", ["给您补15块", "补十五块", "15r行不", "退您十五元"])
def test_sums_are_read_as_people_write_them(said: str) -> None:
    """Figures and numerals, with any word for yuan, are the same sum."""
    for usual, can_keep in ((15, "yes"), (14, "no")):
        shop = {"usual_compensation_yuan": {"other_province": usual}}
        assert judged("compensation", said, shop=shop).can_keep == can_keep


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


NEEDS_NO_POLICY = ("return_free", "refusal", "refund_time", "stock_claim", "done_claim")  # by law or by the order
DELIVERED = {"status": "delivered", "placed_at": "2026-02-20T10:00:00+08:00"}


@pytest.mark.parametrize(
    ("said", "order", "can_keep"),
    [
        ("不能退的", None, "no"),
        ("不能退的", DELIVERED, "no"),
        ("不能退的", {**DELIVERED, "placed_at": "2026-02-04T10:00:00+08:00"}, "no"),
        ("不能退的", {**DELIVERED, "placed_at": "2026-02-04T09:59:59+08:00"}, "yes"),
        ("不能退的", {"status": "completed", "placed_at": "2025-11-01T10:00:00+08:00"}, "yes"),
        ("不能退的", {"status": "shipped", "placed_at": "2025-11-01T10:00:00+08:00"}, "no"),
        ("不能退的", {"status": "delivered"}, "no"),
        ("定制的不退", None, "yes"),
        ("刻字款退不了", DELIVERED, "yes"),
        ("不能退的", {"items": [{"title": "玫瑰鲜花花束", "quantity": 1}]}, "yes"),
        ("不能退的", {"items": [{"title": "家用水果刀", "quantity": 1}]}, "no"),
        ("不能退的", {"items": [{"title": "纯棉短袖", "quantity": 1}]}, "no"),
    ],
)
def test_refusing_a_return(said: str, order: dict[str, Any] | None, can_keep: str) -> None:
    """A return may be declined after four weeks from the order, and of goods that the law excepts, named or ordered."""
    assert judged("refusal", said, shop={}, order=order).can_keep == can_keep
    assert judged("refusal", said, shop=None, order=order).can_keep == can_keep


@pytest.mark.parametrize(
    ("said", "status", "can_keep"),
    [
        ("昨天已经发出了", None, "unknown"),
        ("昨天已经发出了", "placed", "no"),
        ("昨天已经发出了", "paid", "no"),
        ("昨天已经发出了", "shipped", "yes"),
        ("昨天已经发出了", "completed", "yes"),
        ("已经退给您了", "refund_requested", "no"),
        ("已经退给您了", "paid", "no"),
        ("已经退给您了", "refunded", "yes"),
        ("钱已经原路返回", "shipped", "no"),
        ("这款昨天已经发出了", "shipped", "yes"),
    ],
)
def test_claim_of_something_done(said: str, status: str | None, can_keep: str) -> None:
    """What is said to have left or to be refunded is held against the order's status."""
    order = None if status is None else {"status": status}
    assert judged("done_claim", said, shop={}, order=order).can_keep == can_keep
    assert judged("done_claim", said, shop={}).can_keep == "unknown"


@pytest.mark.parametrize(
    ("status", "in_stock", "can_keep"),
    [(None, False, "unknown"), (None, True, "no"), ("paid", False, "no"), ("placed", False, "no")]
    + [(status, False, "unknown") for status in ("shipped", "delivered", "cancelled")],
)
def test_claim_of_no_stock(status: str | None, in_stock: bool, can_keep: str) -> None:
    """Goods of an order that waits, or that the talk called in stock, are not out of stock; of others nobody knows."""
    order = None if status is None else Order.model_validate({"order_id": "o", "status": status})
    around = Circumstances(None, order, datetime.fromisoformat(MORNING), None, in_stock)
    claim = Commitment("deny.stock", "stock", "false_statement", None, 0, 1, "没货了", None, judged="stock_claim")
    assert judge(claim, around).can_keep == can_keep


@pytest.mark.parametrize(
    ("said", "can_keep"),
    [("可以退的", "yes"), ("七天内都能退", "yes"), ("来回运费我们出", "unknown"), ("上门取件", "unknown")],
)
def test_return_free(said: str, can_keep: str) -> None:
    """Returns are everybody's duty; who pays the way back is another matter."""
    assert judged("return_free", said, shop={}).can_keep == can_keep


@pytest.mark.parametrize(
    ("said", "question", "can_keep"),
    [
        ("会送的", None, "unknown"),
        ("详情页写的那个会送", None, "yes"),
        ("送的", "主图上的小样送吗", "yes"),
        ("送您一条围巾", "有赠品吗", "unknown"),
    ],
)
def test_gift_of_the_page(said: str, question: str | None, can_keep: str) -> None:
    """Where the shop gives what its page lists, only that may be promised."""
    assert judged("gift", said, shop={"gifts": "listed_only"}, question=question).can_keep == can_keep


@pytest.mark.parametrize(
    ("said", "question", "can_keep"),
    [
        ("可以的", "能发圆通吗", "yes"),
        ("可以的", "能发顺丰吗", "no"),
        ("给您发圆通", "能发顺丰吗", "yes"),
        ("可以的", "快递能换一家吗", "unknown"),
    ],
)
def test_carrier_of_the_question(said: str, question: str, can_keep: str) -> None:
    """The courier that the shop names counts, and the buyer's where it names none."""
    assert judged("carrier", said, shop={"carriers": ["圆通速递"]}, question=question).can_keep == can_keep


@pytest.mark.parametrize(
    ("polarity", "kind", "in_doubt", "can_keep", "fault"),
    [
        ("over_promise", "ship_by", "fault", "yes", False),
        ("over_promise", "ship_by", "fault", "no", True),
        ("over_promise", "ship_by", "fault", "unknown", True),
        ("over_promise", "invoice", "fine", "unknown", False),
        ("over_promise", "invoice", "fine", "no", True),
        (None, "return_free", "fault", "no", False),
        ("disclosure", None, "fine", "unknown", True),
        ("disclosure", None, "fault", "yes", True),
    ],
)
def test_fault(polarity: str | None, kind: str | None, in_doubt: str, can_keep: str, fault: bool) -> None:
    """A promise is a fault where it cannot be kept or nobody knows; what nothing decides is one always."""
    commitment = Commitment("c.c", "other", polarity, kind, 0, 1, "话", None, judged=kind, in_doubt=in_doubt)
    assert is_fault(commitment, Judgement(can_keep, None, "", "")) is fault


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
        assert judgement.can_keep == "unknown" or kind in NEEDS_NO_POLICY
