"""Warnings: what in the input makes an answer less certain."""

from __future__ import annotations

from typing import Any

import pytest
from contexts import OFFERED, check, order
from hypothesis import given
from hypothesis import strategies as st
from strategies import clock, dialogue, texts

from riskmodel.conversation import parse_conversation
from riskmodel.reply import check_draft
from riskmodel.reply.warnings import says_nothing, warnings_on_input
from riskmodel.state import begin

QUIET = order("paid", "浙江", placed_at=clock(30), payment_method="online", amount="58")


def warned(draft: str = "您好", **talk: Any) -> dict[str, str]:
    """Chinese text of each warning by field."""
    found = check(draft, "b:今天能发吗", **{"shop": OFFERED, "orders": [QUIET], **talk})
    assert all(warning["text_en"] for warning in found["warnings"])
    return {warning["field"]: warning["text_zh"] for warning in found["warnings"]}


def warned_of(*sent_at: str, orders: tuple[dict[str, Any], ...] = (QUIET,)) -> list[str]:
    """Fields warned of for messages at these times."""
    talk = dialogue(*("b:在吗" for _ in sent_at), shop=OFFERED, orders=list(orders))
    for message, moment in zip(talk["messages"], sent_at, strict=True):
        message["sent_at"] = moment
    conversation = parse_conversation(talk)
    state = begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    return [
        warning["field"]
        for warning in check_draft(state, "您好", warned=tuple(warnings_on_input(state, conversation)))["warnings"]
    ]


def test_sound_input_has_no_warnings() -> None:
    """Where everything is there and fits, nothing is said."""
    assert warned() == warned("今天一定发") == {}


@pytest.mark.parametrize("shop", [None, {}, {"timezone": None}])
def test_no_policy(shop: dict[str, Any] | None) -> None:
    """Without a policy, or with an empty one, what the shop can keep is not known."""
    assert "店铺设置" in warned(shop=shop)["conversation.shop"]


@pytest.mark.parametrize(
    "field", ["cash_on_delivery_provinces", "free_shipping_excluded_provinces", "unserved_provinces"]
)
def test_unknown_provinces_are_named(field: str) -> None:
    """Names that are no province's are named, known ones in any form are not."""
    shop = {**OFFERED, field: ["新疆", "江浙沪", "西藏自治区", "关外", "关外"]}
    assert warned(shop=shop)[f"conversation.shop.{field}"].endswith(":江浙沪、关外")


def test_what_cannot_be_a_name_is_not_repeated() -> None:
    """An entry that may be anything is pointed to by its place, and a long list is cut."""
    shop = {**OFFERED, "unserved_provinces": ["新疆", "张三13900000000", "幸" * 40, "\u202e", ""]}
    assert warned(shop=shop)["conversation.shop.unserved_provinces"].endswith(":#1、#2、#3、#4")
    shop = {**OFFERED, "unserved_provinces": [f"某地{sign}" for sign in "甲乙丙丁戊己庚"]}
    assert warned(shop=shop)["conversation.shop.unserved_provinces"].endswith("某地丁、某地戊、…")


@pytest.mark.parametrize("draft", ["今天一定发出", "昨天已经发出了", "不能退的"])
def test_no_order_where_the_answer_hangs_on_one(draft: str) -> None:
    """Without an order it is said only where the draft speaks of what an order would tell."""
    assert "没有订单" in warned(draft, orders=[])["conversation.orders"]
    assert warned(orders=[]) == warned("加我微信", orders=[]) == {}


def test_no_destination_where_freight_hangs_on_one() -> None:
    """Freight and cash on delivery need the order only where provinces are listed and none is known."""
    assert "conversation.orders" in warned("包邮的", orders=[])
    assert warned("新疆包邮的", orders=[]) == {}
    assert warned("包邮的", shop={"free_shipping": "none"}, orders=[]) == {}
    assert warned("可以货到付款的", orders=[]) == {}


def test_contradicting_orders() -> None:
    """Of two orders that differ the one placed last decides, of two without a time the one listed last."""
    later = {**QUIET, "order_id": "p", "placed_at": clock(40), "payment_method": "cash_on_delivery"}
    assert "最近下单" in warned(orders=[QUIET, later])["conversation.orders"]
    assert warned(orders=[QUIET, {**QUIET, "order_id": "p"}]) == {}
    undated = [{**one, "placed_at": None} for one in (QUIET, later)]
    assert "最后列出" in warned(orders=undated)["conversation.orders"]


def test_latest_order_decides() -> None:
    """What the warning says holds: the verdict is that of the order placed last, in whichever place it is listed."""
    inside, outside = ({**QUIET, "ship_to": {"province": name}} for name in ("浙江", "新疆"))
    outside |= {"order_id": "p", "placed_at": clock(50)}
    for orders in ([inside, outside], [outside, inside]):
        assert check("包邮的", "b:包邮吗", shop=OFFERED, orders=orders)["verdict"] == "revise"


def test_order_after_the_last_message() -> None:
    """An order placed later is pointed to and not counted."""
    later = {**QUIET, "order_id": "p", "placed_at": clock(600), "ship_to": {"province": "新疆"}}
    assert warned(orders=[QUIET, later]) == {
        "conversation.orders[1].placed_at": "订单的下单时间在最后一条消息之后,没有计入"
    }


@pytest.mark.parametrize(
    ("ship_to", "warns"),
    [
        ({"province": "浙江省", "city": "杭州市", "district": "西湖区"}, False),
        ({"province": "浙江省", "city": "乌鲁木齐市"}, True),
        ({"city": "杭州市", "district": "安多县"}, True),
        ({"province": "浙江省", "city": "不知道"}, False),
        ({"province": "外星"}, True),
        ({"province": "", "city": None}, False),
    ],
)
def test_address_that_makes_no_sense(ship_to: dict[str, Any], warns: bool) -> None:
    """Fields that name several provinces, or a province that is none, are pointed to and not repeated."""
    found = warned(orders=[{**QUIET, "ship_to": ship_to}])
    assert found.keys() == ({"conversation.orders[0].ship_to"} if warns else set())
    assert not any(value and value in text for text in found.values() for value in ship_to.values())


def test_times_without_sense() -> None:
    """Messages out of order, years apart or in an odd year, and orders years off the talk, each at its first place."""
    fine, before = "2026-03-03T09:00:00+08:00", "2026-03-03T08:59:00+08:00"
    assert warned_of(fine, "2026-03-03T01:00:00Z") == []
    assert warned_of(fine, before, fine, before) == ["conversation.messages[1].sent_at"]
    assert warned_of(fine, "2027-03-05T09:00:00+08:00")[0] == "conversation.messages[1].sent_at"
    old = ({**QUIET, "placed_at": "1970-01-01T00:00:00Z"},)
    assert warned_of("1970-01-01T00:00:00Z", orders=old) == ["conversation.messages[0].sent_at"]
    assert warned_of(fine, orders=old) == ["conversation.orders[0].placed_at"]
    assert warned_of(fine, orders=({**QUIET, "placed_at": "2025-08-01T00:00:00Z"},)) == []


def test_without_the_talk_only_the_state_is_looked_at() -> None:
    """A caller that holds no conversation is still warned of the policy and of the orders that count."""
    conversation = parse_conversation(dialogue("b:在吗", shop={**OFFERED, "unserved_provinces": ["某地"]}))
    state = begin(conversation)
    state.add_message(conversation.messages[0])
    assert [warning["field"] for warning in check_draft(state, "您好")["warnings"]] == [
        "conversation.shop.unserved_provinces"
    ]


@given(texts())
def test_words_say_something(text: str) -> None:
    """What has a letter or a figure outside stickers is a text."""
    assert not says_nothing(f"{text} 好")
    assert says_nothing("".join(sign for sign in text if not sign.isalnum() and sign not in "👌🆗"))


@given(st.text("[]/:#E-s01微笑!~ ", max_size=200))
def test_stickers_are_told_from_words(text: str) -> None:
    """Adding a sticker to a draft never makes it say something."""
    assert says_nothing(f"{text}\n[玫瑰]") == says_nothing(f"{text}\n")
