"""The state of a talk: what it counts, what it leaves out, what an order changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from strategies import clock, dialogue, photo

from riskmodel.conversation import Order, parse_conversation
from riskmodel.state import ConversationState, begin, walk


def after(*lines: str, **more: Any) -> ConversationState:
    conversation = parse_conversation(json.dumps(dialogue(*lines, **more)))
    state = begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    return state


def order(name: str, minute: int | None = None, **more: Any) -> dict[str, Any]:
    return {"order_id": name, "placed_at": None if minute is None else clock(minute), **more}


def test_walk_is_one_state_after_each_message() -> None:
    """Walking gives the same object as it goes, once a message, and nothing for an empty talk."""
    conversation = parse_conversation(json.dumps(dialogue("b:在吗", "a:在的", "s:通知")))
    seen = [(id(state), state.last_message_id) for state in walk(conversation)]
    assert [name for _, name in seen] == ["m0", "m1", "m2"]
    assert len({state for state, _ in seen}) == 1
    assert list(walk(conversation.model_copy(update={"messages": []}))) == []


def test_system_messages_are_no_side() -> None:
    """What the platform writes is neither the buyer's nor the agent's, and does not end a turn."""
    assert after("s:转我100不然差评").counts == {}
    assert after("b:能开票不", "s:买家正在输入", "a:没有发票的").ledger[0].commitment.topic == "invoice"


def test_agent_may_not_say_the_buyers_part() -> None:
    """A threat in the agent's mouth is none of the buyer's, and a promise in the buyer's mouth binds no shop."""
    assert after("a:您说转一百否则差评是吧").counts == {}
    assert after("b:你们今天发货的").ledger == []


def test_beside_a_sale_nothing_speaks_for_the_buyer() -> None:
    """不转80块 names no defect, and a defect named in the same message does not buy the sale off."""
    sale = after("b:不转80块就一直是一星，转了我就删评").counts
    assert sale["demand.review_for_money"] == 1
    assert not any(name.startswith("care.") for name in sale)
    assert after("b:风扇不转了").counts["care.names_defect"] == 1
    by_its_parts = after("b:这款面料起球了，打两百过来，收到就去把给市监局的材料撤回")
    assert by_its_parts.counts["demand.withdrawal_for_money"] == 1
    assert not any(name.startswith("care.") for name in by_its_parts.counts)
    assert by_its_parts.spoken is not None
    assert (by_its_parts.spoken.lowest, by_its_parts.spoken.apart) == (0.0, True)
    answered = after("b:能今天发吗", "a:这个不敢保证,看仓库", "b:好的,知道了,转我一百差评就删").counts
    assert not any(name.startswith("care.") for name in answered)


def test_buyer_is_counted() -> None:
    """Messages and letters are counted; signs and white space are no letters."""
    state = after("b:你 好!!", "a:您好", "b:🌹", "b:a1")
    assert state.buyer_characters == 4


def test_orders_count_from_their_moment() -> None:
    """An order is unknown before it was placed; one without a time is known at once."""
    lines = ["b:一", "b:二", "b:三"]
    orders = [order("late", 62), order("timeless"), order("never", 500)]
    conversation = parse_conversation(json.dumps(dialogue(*lines, orders=orders)))
    known = [[item.order_id for item in state.orders] for state in walk(conversation)]
    assert known == [["timeless"], ["timeless"], ["timeless", "late"]]


@pytest.mark.parametrize(
    ("orders", "latest"),
    [
        ([], None),
        ([order("a"), order("b")], "b"),
        ([order("a", 10), order("b", 5)], "a"),
        ([order("a", 5), order("b", 10), order("c")], "b"),
        ([order("a"), order("b", 5)], "b"),
        ([order("a", 5), order("b", 5)], "a"),
        ([order("a", 5), order("b", 900)], "a"),
    ],
)
def test_latest_order(orders: list[dict[str, Any]], latest: str | None) -> None:
    """The order placed last counts; of those without a time the one given last."""
    found = after("b:在", orders=orders).latest_order
    assert (found and found.order_id) == latest


def test_time_does_not_run_backwards() -> None:
    """A message stamped earlier than the one before it does not unlearn an order."""
    talk = dialogue("b:一", "b:二", orders=[order("o", 60)])
    talk["messages"][1]["sent_at"] = clock(0)
    states = [len(state.orders) for state in walk(parse_conversation(json.dumps(talk)))]
    assert states == [1, 1]


def test_order_judges_earlier_promises_again() -> None:
    """A promise of which nothing was known is judged again by each newer order, and by no older one."""
    shop = {"free_shipping": "except_listed_provinces", "free_shipping_excluded_provinces": ["新疆"]}
    conversation = parse_conversation(json.dumps(dialogue("b:包邮吗", "a:包邮的", "b:好", shop=shop)))
    state = begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    assert [entry.judgement.can_keep for entry in state.ledger] == ["unknown"]
    for province, minute, can_keep in (("新疆", 61, "no"), ("广东", 60, "no"), ("广东", 62, "yes")):
        placed = {"order_id": f"{minute}", "placed_at": clock(minute), "ship_to": {"province": province}}
        state.add_order(Order.model_validate_json(json.dumps(placed)))
        assert [entry.judgement.can_keep for entry in state.ledger] == [can_keep]


def test_region_talked_of_is_the_last_one() -> None:
    """A promise is judged for the region that was talked of when it was made."""
    shop = {"free_shipping": "except_listed_provinces", "free_shipping_excluded_provinces": ["新疆"]}
    state = after("b:喀什包邮吗", "a:包邮的", "b:那杭州呢", shop=shop)
    assert (state.mentioned_province, state.ledger[0].mentioned_province) == ("浙江", "新疆")
    assert state.ledger[0].judgement.can_keep == "no"


def test_questions_stay_open_through_a_nudge() -> None:
    """A short ? keeps the question open for the answer after it; another subject closes it."""
    assert after("b:今天能发走吗", "a:稍等", "b:?", "a:可以的").ledger
    assert not after("b:今天能发走吗", "a:稍等", "b:我再看看别的款式先不急着拍", "a:可以的").ledger


def test_question_asked_twice_stands_once() -> None:
    """Each topic is open once, as it was asked last."""
    state = after("b:今天能发走吗", "b:有发票吗", "b:那明天能发走吗")
    assert [(item.topic, item.text) for item in state.agenda.open] == [
        ("invoice", "有发票吗"),
        ("dispatch_time", "那明天能发走吗"),
    ]


def test_sentence_over_two_messages() -> None:
    """A demand cut in two is read as one, and its evidence lies in the message that completed it."""
    state = after("b:差评我可以删掉", "b:转我一百就行")
    assert state.counts["demand.review_for_money"] == 1
    assert state.evidence["demand.review_for_money"].message_id == "m1"
    split = after("b:差评我可以删掉", "a:您说", "b:一百就行")
    assert split.counts["demand.review_for_money"] == 0


def test_pressing_after_care_needs_both() -> None:
    """Asked again after a careful answer is pressing; asked twice without one, or after a plain yes, is not."""
    asked, again = "b:今天能发走吗", "b:今天到底能发走吗"
    assert after(asked, "a:以订单页为准", again).counts["press.after_careful"] == 1
    assert after(asked, again).counts["press.after_careful"] == 0
    assert after(asked, "a:可以的", again).counts["press.after_careful"] == 0
    assert after(asked, "a:以订单页为准", "b:好的谢谢").counts["press.after_careful"] == 0


def test_pressing_is_the_message_that_presses() -> None:
    """What else is said in the same turn, a right that is quoted among it, is no pressing again."""
    lines = ("b:今天能发走吗", "a:以订单页为准", "b:今天到底能发走吗", "b:我打12315问问", "b:你看着回我吧")
    assert after(*lines).counts["press.after_careful"] == 1
    assert after("b:今天能发走吗", "a:以订单页为准", "b:啊?", "b:我打12315问问").counts["press.after_careful"] == 0


def test_photo_is_noted() -> None:
    """An attachment by the buyer is a photo; one by the agent is not."""
    for sender, count in (("buyer", 1), ("agent", 0)):
        talk = dialogue("b:看一下")
        talk["messages"].append({**talk["messages"][0], "message_id": "p", "sender": sender, "attachments": [photo()]})
        (*_, state) = walk(parse_conversation(json.dumps(talk)))
        assert state.counts["photo"] == count


@pytest.mark.parametrize(("words", "count"), [("看", 0), ("这个裂开了怎么办", 1), ("给50元我就改好评", 0)])
def test_a_photo_before_any_words_waits_for_them(words: str, count: int) -> None:
    """It counts when the buyer has said enough, at its own place, and not where what they then say is a sale."""
    talk = dialogue(f"b:{words}")
    talk["messages"].insert(0, {**talk["messages"][0], "message_id": "p", "text": "", "attachments": [photo()]})
    (*_, state) = walk(parse_conversation(json.dumps(talk)))
    assert state.counts["photo"] == count
    assert not count or state.evidence["photo"].message_id == "p"


def test_what_is_said_before_there_is_enough_counts_for_nobody() -> None:
    """Neither the thanks of two letters nor their signals are found again once more is said."""
    *_, early = walk(parse_conversation(json.dumps(dialogue("b:好的"))))
    assert not early.counts
    *_, later = walk(parse_conversation(json.dumps(dialogue("b:好的", "b:杯子是陶瓷的吗"))))
    *_, alone = walk(parse_conversation(json.dumps(dialogue("b:杯子是陶瓷的吗"))))
    assert later.counts == alone.counts


def test_largest_demand_is_one_that_was_made() -> None:
    """A price that was merely named is no demand."""
    assert after("b:我花了900元买的").largest_demand == 0
    assert after("b:赔我50元", "b:赔我30元").largest_demand == 50
