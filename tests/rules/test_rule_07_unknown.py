"""Rule 7: unknown is not zero. A missing field and a null are the same, and no worse than the worst known value."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from strategies import PROVINCES, Talk, clock, talks

from riskmodel.conversation import Buyer, Order, OrderItem, OrderStatus, ShipTo, ShopPolicy, parse_conversation
from riskmodel.scorer import Scorer

COUNTS = (0, 1, 3, 8, 1000)
KNOWN: dict[str, dict[str, tuple[Any, ...]]] = {
    "buyer": {
        "buyer_id": ("x",),
        "account_age_days": COUNTS,
        "credit_level": COUNTS,
        "identity_verified": (True, False),
        "orders_in_shop": COUNTS,
        "refunds_in_shop": COUNTS,
        "disputes_in_shop": COUNTS,
        "refused_cod_parcels": COUNTS,
        "good_review_ratio": (0.0, 0.5, 1.0),
    },
    "shop": {
        "same_day_cutoff": ("00:00", "12:00", "23:59"),
        "dispatch_hours": (0, 24, 10_000),
        "cash_on_delivery": ("everywhere", "none"),
        "free_shipping": ("everywhere", "none"),
        "invoice": ("free_on_request", "extra_charge", "none"),
        "gifts": ("listed_only", "none"),
        "usual_compensation_yuan": ({"same_city": 0}, {"same_city": 5000}),
    },
    "order": {
        "status": get_args(OrderStatus),
        "payment_method": ("online", "cash_on_delivery"),
        "amount": ("0", "9.90", "100000"),
        "ship_to": tuple({"province": name} for name in PROVINCES),
    },
}


def risk(scorer: Scorer, talk: Talk) -> float:
    found: float = scorer.assess(parse_conversation(talk))["risk"]
    return found


def spelled_out(value: Any, model: type[BaseModel]) -> Any:
    """The same object with every field that it leaves out written as null."""
    blank = {name: None for name, field in model.model_fields.items() if field.default is None}
    return {**blank, **value}


def with_nulls(talk: Talk) -> Talk:
    full = {"platform": None, "shop_id": None, "buyer": None, "shop": None, **deepcopy(talk)}
    for order in full.get("orders", []):
        order.update(spelled_out(order, Order))
        if order["ship_to"] is not None:
            order["ship_to"] = spelled_out(order["ship_to"], ShipTo)
        order["items"] = [spelled_out(item, OrderItem) for item in order.get("items", [])]
    for field, model in (("buyer", Buyer), ("shop", ShopPolicy)):
        if full[field] is not None:
            full[field] = spelled_out(full[field], model)
    return full


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(part) for key, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


@given(talk=talks(), draft=st.sampled_from(["好的亲今天一定发出，全国包邮", "可以货到付款的，送您个小礼品"]))
def test_missing_equals_null(scorer: Scorer, talk: Talk, draft: str) -> None:
    """Writing every unknown as null, or leaving all of them out, changes not one figure of either answer."""
    nulls, gaps = parse_conversation(with_nulls(talk)), parse_conversation(without_nulls(talk))
    assert (
        list(scorer.trajectory(nulls))
        == list(scorer.trajectory(gaps))
        == list(scorer.trajectory(parse_conversation(talk)))
    )
    assert scorer.check_reply(nulls, draft) == scorer.check_reply(gaps, draft)


@given(talk=talks(), data=st.data())
def test_an_empty_buyer_or_shop_is_an_unknown_one(scorer: Scorer, talk: Talk, data: st.DataObject) -> None:
    """An object of which every field is unknown says as much as none at all."""
    part = data.draw(st.sampled_from(["buyer", "shop"]))
    assert risk(scorer, {**talk, part: {}}) == risk(scorer, {**talk, part: None})


@given(talk=talks(), data=st.data())
def test_unknown_is_no_worse_than_the_worst(scorer: Scorer, talk: Talk, data: st.DataObject) -> None:
    """Leaving a field unknown never gives a higher risk than each of its values would."""
    part = data.draw(
        st.sampled_from(["order", "buyer", "shop"]) if talk.get("orders") else st.sampled_from(["buyer", "shop"])
    )
    field = data.draw(st.sampled_from(sorted(KNOWN[part])), label="field")
    place = data.draw(st.integers(0, len(talk["orders"]) - 1), label="order") if part == "order" else 0

    def knowing(value: Any) -> Talk:
        changed = deepcopy(talk)
        owner = changed["orders"][place] if part == "order" else changed.setdefault(part, None)
        if owner is None:
            changed[part] = owner = {}
        owner[field] = value
        return changed

    worst = max(risk(scorer, knowing(value)) for value in KNOWN[part][field])
    assert risk(scorer, knowing(None)) <= worst + 1e-9


@given(talk=talks().filter(lambda talk: talk["messages"] and talk.get("orders")))
def test_an_unknown_time_is_no_worse_than_the_worst(scorer: Scorer, talk: Talk) -> None:
    """An order of unknown time counts no more than the same order placed at some moment of the talk."""
    moments = [clock(0), *(message["sent_at"] for message in talk["messages"])]

    def placed(moment: str | None) -> Talk:
        return {**talk, "orders": [{**order, "placed_at": moment} for order in talk["orders"]]}

    assert risk(scorer, placed(None)) <= max(risk(scorer, placed(moment)) for moment in moments) + 1e-9
