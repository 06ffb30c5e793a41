"""Rule 2: the assessment as of a message is unchanged by anything later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strategies import PROVINCES, Talk, orders, saying, talks, texts

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.scorer import Scorer


def path(scorer: Scorer, talk: Talk) -> list[dict[str, Any]]:
    return list(scorer.trajectory(parse_conversation(talk)))


def end_of(talk: Conversation) -> datetime:
    return max(message.sent_at for message in talk.messages)


@given(talk=talks(), data=st.data())
def test_later_messages_change_nothing(scorer: Scorer, talk: Talk, data: st.DataObject) -> None:
    """Cutting a talk after message k leaves the first k assessments as they were, to the last figure."""
    whole = path(scorer, talk)
    kept = data.draw(st.integers(0, len(whole)), label="kept")
    assert path(scorer, {**talk, "messages": talk["messages"][:kept]}) == whole[:kept]
    sender, text = data.draw(st.sampled_from(["buyer", "agent", "system"])), data.draw(texts())
    assert path(scorer, saying(talk, text, sender))[: len(whole)] == whole


@given(talk=talks().filter(lambda talk: talk["messages"]), data=st.data())
def test_later_orders_change_nothing(scorer: Scorer, talk: Talk, data: st.DataObject) -> None:
    """An order placed after message k, wherever it stands in the list, is unknown as of message k."""
    conversation = parse_conversation(talk)
    kept = data.draw(st.integers(1, len(conversation.messages)), label="kept")
    moment = end_of(conversation.model_copy(update={"messages": conversation.messages[:kept]}))
    order = data.draw(orders(), label="order")
    later = moment + timedelta(seconds=data.draw(st.integers(1, 90_000), label="seconds later"))
    order = {**order, "order_id": "later", "placed_at": later.isoformat()}
    place = data.draw(st.integers(0, len(talk.get("orders", []))), label="place in the list")
    listed = talk.get("orders", [])
    before = path(scorer, talk)[:kept]
    assert path(scorer, {**talk, "orders": [*listed[:place], order, *listed[place:]]})[:kept] == before


@given(talk=talks().filter(lambda talk: talk["messages"]))
def test_cut_talk_needs_no_later_orders(scorer: Scorer, talk: Talk) -> None:
    """Taking away every order that was placed after the talk changes none of its assessments."""
    conversation = parse_conversation(talk)
    end = end_of(conversation)
    known = [order for order in conversation.orders if order.placed_at is None or order.placed_at <= end]
    assert list(scorer.trajectory(conversation.model_copy(update={"orders": known}))) == path(scorer, talk)


def test_an_order_that_counts_is_seen(scorer: Scorer) -> None:
    """The orders that are taken away above do matter once they were placed."""
    from strategies import clock, dialogue

    lines = ("b:今天能发货吗", "a:尽量安排，以订单页为准", "b:别绕，你就说能不能今天发", "a:可以的，今天一定发", "b:好")
    order = {"order_id": "o", "placed_at": clock(64), "ship_to": {"province": PROVINCES[2]}}
    shop = {"unserved_provinces": ["新疆"]}
    without = path(scorer, dialogue(*lines, "b:拍了", start=60, shop=shop))
    with_order = path(scorer, dialogue(*lines, "b:拍了", start=60, shop=shop, orders=[order]))
    assert with_order[:4] == without[:4]
    assert [row["can_keep"] for row in without[4]["promises"]] == ["unknown"]
    assert [row["can_keep"] for row in with_order[4]["promises"]] == ["no"]
