"""The reply check: verdicts, findings, and wordings that are safe to offer."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from strategies import SHOPS, Talk, dialogue, loose_talks, texts

from riskmodel.conversation import parse_conversation
from riskmodel.features import FEATURES
from riskmodel.reply import check_draft
from riskmodel.signals import load_catalogue
from riskmodel.state import begin, walk

OFFERED = {
    "same_day_cutoff": "08:30",
    "dispatch_hours": 48,
    "free_shipping": "except_listed_provinces",
    "free_shipping_excluded_provinces": ["新疆"],
    "invoice": "free_on_request",
    "carriers": ["圆通速递"],
    "gifts": "none",
    "cash_on_delivery": "none",
    "usual_compensation_yuan": {"other_province": 15},
}


def check(draft: str, *lines: str, **more: Any) -> dict[str, Any]:
    conversation = parse_conversation(json.dumps(dialogue(*lines, **more)))
    state = begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    return check_draft(state, draft)


@pytest.mark.parametrize(
    ("draft", "question", "verdict", "polarity"),
    [
        ("今天一定给您发走", "b:现在拍能发走不", "revise", "over_promise"),
        ("可以的亲", "b:全国都包邮吗", "revise", "over_promise"),
        ("我们不开发票的", "b:可以开票不", "revise", "duty_denial"),
        ("不能退哦", "b:不喜欢可以退不", "revise", "duty_denial"),
        ("加我微信细说", "b:方便加微信吗", "revise", "off_platform"),
        ("我在后台给您关闭订单", "b:帮我把单子关了吧", "revise", "procedure"),
        ("您转账到我银行卡", "b:没网银能转账不", "revise", "procedure"),
        ("这款绝对全网最低价", "b:是不是最便宜的", "revise", "absolute_claim"),
        ("收货地址是解放路8号", "b:我另一个号拍的地址念下", "hold", "disclosure"),
        ("改成好评给您返现十元", "b:不满意打差评", "hold", "pay_for_review"),
        ("您退款理由选缺货就行", "b:还没发的话算了", "hold", "false_statement"),
        ("给您赔偿五百元", "b:晚了怎么赔", "hold", "over_promise"),
        ("爱买不买", "b:太贵了", "revise", "provocation"),
    ],
)
def test_unsafe_draft(draft: str, question: str, verdict: str, polarity: str) -> None:
    """Each polarity of the trap table is found; what cannot be taken back is held for a supervisor."""
    found = check(draft, question, shop=OFFERED)
    assert found["verdict"] == verdict
    assert polarity in {finding["polarity"] for finding in found["findings"]}
    assert found["suggestions"]


@pytest.mark.parametrize(
    ("draft", "question"),
    [
        ("亲,以订单页显示的时间为准", "b:今天发吗"),
        ("您好,请问有什么可以帮您", "b:在吗"),
        ("可以开发票的,订单里申请就行", "b:能开票不"),
        ("七天无理由,可以退的", "b:能退不"),
        ("咱们就在这里沟通哦", "b:加个微信吧"),
        ("给您添麻烦了,我先核实一下", "b:收到是坏的"),
        ("", "b:在吗"),
    ],
)
def test_safe_draft_is_sent(draft: str, question: str) -> None:
    """A careful answer, an honoured duty and common courtesy have no findings."""
    found = check(draft, question, shop=OFFERED)
    assert (found["verdict"], found["findings"], found["suggestions"]) == ("send", [], [])


def test_policy_decides() -> None:
    """The same words are fine where the shop can keep them and are not where it cannot."""
    for province, verdict in (("广东省", "send"), ("新疆", "revise")):
        order = {"order_id": "o", "ship_to": {"province": province}}
        assert check("给您包邮的", "b:包邮不", shop=OFFERED, orders=[order])["verdict"] == verdict


def test_draft_without_a_talk() -> None:
    """Before the first message there is nothing to judge against, and the words alone are read."""
    assert check("今天一定发货")["findings"][0]["topic"] == "dispatch_time"
    assert check("您好")["verdict"] == "send"


def wordings() -> dict[str, list[dict[str, str]]]:
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load(
        files("riskmodel.reply").joinpath("data/wordings.yaml").read_text("utf-8")
    )
    return loaded


# an unsafe draft for each topic, with the question that it answers
UNSAFE = {
    "dispatch_time": ("b:今天能发出不", "今天一定发出"),
    "delivery_time": ("b:周日能到不", "保证周日送到"),
    "carrier": ("b:能发顺丰吗", "可以发顺丰的"),
    "free_shipping": ("b:包邮吗", "包邮的"),
    "freight_surcharge": ("b:要补邮费吗", "要补邮费10元"),
    "cash_on_delivery": ("b:能货到付款吗", "可以货到付款"),
    "gift": ("b:有赠品吗", "会送赠品的"),
    "price_match": ("b:能保价吗", "可以保价的"),
    "authenticity": ("b:假一赔十吗", "保证正品假一赔十"),
    "compensation": ("b:晚了赔不", "给您赔偿500元"),
    "invoice": ("b:有发票吗", "没有发票的"),
    "return_policy": ("b:能退吗", "不能退的"),
    "personal_data": ("b:另一个号拍的地址发我核对下", "地址是幸福路9号"),
    "payment": ("b:能转账吗", "您转账到银行卡"),
    "order_closing": ("b:帮我关单", "我帮您关闭订单"),
    "contact": ("b:加个vx", "加我微信"),
    "review": ("b:给点钱我改好评", "改好评给您返现"),
    "product_claim": ("b:全网最低吗", "绝对全网最低价"),
    "stock": ("b:不想要了", "退款理由您选缺货"),
    "other": ("b:什么态度", "爱买不买"),
}


@pytest.mark.parametrize("topic", UNSAFE)
@pytest.mark.parametrize(
    "shop",
    [OFFERED, {**OFFERED, "same_day_cutoff": "16:00"}, {"dispatch_hours": 24, "free_shipping": "everywhere"}, *SHOPS],
)
@pytest.mark.parametrize("province", [None, "新疆", "浙江"])
def test_suggestion_is_safe_itself(topic: str, shop: dict[str, Any] | None, province: str | None) -> None:
    """Sent instead of the draft, what is offered passes the very check that offered it."""
    question, draft = UNSAFE[topic]
    orders = [{"order_id": "o", "ship_to": {"province": province}}] if province else []
    found = check(draft, question, shop=shop, orders=orders)
    for suggestion in found["suggestions"]:
        again = check(suggestion["text_zh"], question, shop=shop, orders=orders)
        assert again["findings"] == [], suggestion["text_zh"]
        assert again["verdict"] == "send"


def test_every_topic_has_a_finding_and_a_wording() -> None:
    """The drafts above find what they are named after, and only other topics fall back on the common wording."""
    for topic, (question, draft) in UNSAFE.items():
        # where the shop ships free, asking for freight is wrong; elsewhere the promise is
        shop = {"free_shipping": "everywhere"} if topic == "freight_surcharge" else OFFERED
        order = {"order_id": "o", "ship_to": {"province": "新疆"}}
        found = check(draft, question, shop=shop, orders=[order])
        assert topic in {finding["topic"] for finding in found["findings"]}, draft
        assert topic in wordings()


@given(talk=loose_talks(), draft=st.one_of(texts(), st.sampled_from([draft for _, draft in UNSAFE.values()])))
def test_any_draft_gets_a_verdict(talk: Talk, draft: str) -> None:
    """A verdict follows from the findings alone, suggestions stand beside findings, and no gap is left unfilled."""
    state = begin(conversation := parse_conversation(json.dumps(talk)))
    for state in walk(conversation):  # noqa: B007  # the last state is wanted
        pass
    found = check_draft(state, draft)
    assert (found["verdict"] == "send") == (not found["findings"])
    assert bool(found["suggestions"]) == bool(found["findings"])
    for entry in (*found["findings"], *found["suggestions"]):
        assert not re.search(r"[{}]|None", json.dumps(entry, ensure_ascii=False)[1:-1])


# Names for people, which nothing that the product writes may hold; in the lexicon they are what an agent must not say.
LABELS = re.compile(
    "差评师|骗子|职业打假|打假人|敲诈者|勒索者|恶意买家|碰瓷|无赖|惯犯|黑名单|可疑买家|坏人|刁民"
    "|fraud|scam|liar|crook|thie|criminal|extortion|blackmail|abuser|attacker|malicious|dishonest|suspicious"
    "|bad actor|blacklist",
    re.IGNORECASE,
)


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() if key not in ("source", "patterns") for text in texts_of(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("riskmodel.reply", "findings.yaml"),
        ("riskmodel.reply", "wordings.yaml"),
        ("riskmodel.promises", "judgements.yaml"),
    ],
)
def test_no_text_labels_a_person(package: str, name: str) -> None:
    """What is shown speaks of words and duties, never of what somebody is; nor does it ever say 缺货."""
    shown = texts_of(yaml.safe_load(files(package).joinpath(f"data/{name}").read_text("utf-8")))
    assert len(shown) > 10
    assert [text for text in shown if LABELS.search(text)] == []
    assert [text for text in shown if re.search("缺货|断货|没货|售罄|out of stock", text)] == []


def test_no_reason_labels_a_person() -> None:
    """The reasons of signals and columns speak of wording, in both languages."""
    shown = [text for entry in (*load_catalogue().signals.values(), *FEATURES) for text in (entry.zh, entry.en)]
    assert [text for text in shown if LABELS.search(text)] == []
    assert all(entry.zh and entry.en for entry in (*load_catalogue().signals.values(), *FEATURES))
