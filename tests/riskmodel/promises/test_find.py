"""What an agent's words commit to."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import texts

from riskmodel.promises import Commitment, OpenQuestion
from riskmodel.state import read_agent_text

ASKED = {
    "dispatch_time": "今天拍能发走不",
    "invoice": "有发票吗",
    "return_policy": "不合适能退不",
    "free_shipping": "到云南包邮吗",
    "freight_surcharge": "要不要补邮费",
    "cash_on_delivery": "能货到付款不",
    "personal_data": "另一个号拍的,地址报一下",
    "order_closing": "帮我关下单",
    "contact": "加个微信行吗",
    "review": "给二十我改好评好不好",
}


def committed(text: str, *topics: str) -> list[Commitment]:
    return read_agent_text(text, [OpenQuestion(topic, ASKED[topic]) for topic in topics])[2]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("咱家明天就能给您寄出", "ship_by"),
        ("保证周六送到您手上", "deliver_by"),
        ("指定中通发的", "carrier"),
        ("云南也是包邮哈", "free_shipping"),
        ("晚到给您补偿20元", "compensation"),
        ("可以货到付款的", "cash_on_delivery"),
        ("可以开票的", "invoice"),
    ],
)
def test_promise_said_outright(text: str, kind: str) -> None:
    """A promise in full words is one, whether or not it was asked for."""
    assert kind in {commitment.kind for commitment in committed(text)}


@pytest.mark.parametrize(
    ("answer", "topic", "kind", "polarity"),
    [
        ("可以的亲", "dispatch_time", "ship_by", "over_promise"),
        ("能的呢", "dispatch_time", "ship_by", "over_promise"),
        ("没问题~", "free_shipping", "free_shipping", "over_promise"),
        ("不用的亲", "freight_surcharge", "free_shipping", "over_promise"),
        ("要的", "invoice", None, None),
        ("没有哦", "invoice", None, "duty_denial"),
        ("不可以的", "return_policy", None, "duty_denial"),
        ("可以的", "return_policy", "return_free", None),
        ("好的", "contact", None, "off_platform"),
        ("好的亲", "order_closing", None, "procedure"),
        ("可以", "personal_data", None, "disclosure"),
        ("行的", "review", None, "pay_for_review"),
        ("可以的", "cash_on_delivery", "cash_on_delivery", "over_promise"),
    ],
)
def test_bare_answer_takes_its_meaning_from_the_question(
    answer: str, topic: str, kind: str | None, polarity: str | None
) -> None:
    """The same yes or no is a promise, a denial or nothing, as the buyer's question has it."""
    found = committed(answer, topic)
    assert [(item.kind, item.polarity) for item in found] == ([] if kind is polarity is None else [(kind, polarity)])
    assert all(item.question == ASKED[topic] for item in found)


@pytest.mark.parametrize(
    "answer",
    [
        "稍等我看下",
        "以订单页为准哦",
        "可以的话尽量,以页面为准",
        "您是问今天吗?",
        "您要寄到哪里",
        "",
        "🌹",
        "亲,不一定的",
    ],
)
def test_no_answer_is_no_promise(answer: str) -> None:
    """A careful, asking or empty answer commits to nothing."""
    assert committed(answer, "dispatch_time") == []


def test_one_yes_answers_every_open_question() -> None:
    """Where several things were asked, a bare yes answers each of them, once."""
    found = committed("可以的", "dispatch_time", "invoice", "dispatch_time")
    assert sorted(item.topic for item in found) == ["dispatch_time", "invoice"]


def test_yes_without_a_question_is_nothing() -> None:
    """A yes to nothing that was asked binds to nothing."""
    assert committed("好的没问题") == []


@given(text=texts())
def test_any_text_is_read(text: str) -> None:
    """Whatever the agent wrote, commitments are non-empty stretches of it, one for each code."""
    reading, _, found = read_agent_text(text, [OpenQuestion(topic, words) for topic, words in ASKED.items()])
    assert all(0 <= item.start < item.end <= len(reading.folded.text) for item in found)
    assert len({item.code for item in found}) == len(found)
