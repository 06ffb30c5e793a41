"""The reply check: verdicts, and an answer whatever comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from contexts import OFFERED, UNSAFE, check, settings
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import Talk, dialogue, loose_talks, texts

from riskmodel.conversation import parse_conversation
from riskmodel.promises import is_fault, judge
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.reply import check_draft
from riskmodel.reply.warnings import warnings_on_input
from riskmodel.scorer import Scorer
from riskmodel.signals import load_catalogue
from riskmodel.state import begin


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


def test_every_code_is_found_by_its_draft() -> None:
    """Each kind of finding that rules can hear is raised somewhere by the draft that is named after it."""
    learned = {meaning.code for topic in load_topics().values() if not topic.anchors for meaning in topic.says.values()}
    for code in UNSAFE.keys() - learned:
        question, draft = UNSAFE[code]
        found = set()
        for setting in settings():
            state = setting.state(question)
            around = state.circumstances()
            assert around is not None
            commitments = state.read_reply(draft)[2].commitments
            found |= {item.code for item in commitments if is_fault(item, judge(item, around))}
        assert code in found, (code, found)


def test_every_fault_has_its_draft() -> None:
    """The drafts cover every code that a finding can have."""
    meanings = [meaning for topic in load_topics().values() for meaning in topic.says.values()]
    signals = load_catalogue().of("agent")
    assert {entry.code for entry in (*meanings, *signals) if entry.polarity} == UNSAFE.keys()


def test_answer_fits_the_contract(scorer: Scorer, contract: Callable[[str], dict[str, Any]]) -> None:
    """With rules, warnings and topics of suggestions the answer is still one of the contract."""
    validator = Draft202012Validator(contract("reply_check"))
    for question, draft in [*UNSAFE.values(), ("b:在吗", "😀")]:
        conversation = parse_conversation(
            json.dumps(dialogue(question, shop={**OFFERED, "unserved_provinces": ["东"]}))
        )
        answer = scorer.check_reply(conversation, draft)
        assert [error.message for error in validator.iter_errors(answer)] == []


@pytest.mark.parametrize("draft", ["", " \n", "😀😂", "[微笑][玫瑰]", "……!!", "/:^_^", "👍🏻❤️"])
@pytest.mark.parametrize("question", ["b:今天能发吗", "b:要发票", "b:加微信说"])
def test_draft_that_says_nothing(draft: str, question: str) -> None:
    """Emoji, stickers and punctuation are no answer: nothing is found, and that nothing was said is a warning."""
    found = check(draft, question, shop=OFFERED)
    assert (found["verdict"], found["findings"], found["promises"], found["suggestions"]) == ("send", [], [], [])
    assert [warning["field"] for warning in found["warnings"]] == ["draft"]


@pytest.mark.parametrize("draft", ["👌", "🆗", "[OK]", "[好的]"])
def test_sign_of_assent_is_an_answer(draft: str) -> None:
    """A 👌 says yes to what was asked, unlike other emoji and stickers."""
    found = check(draft, "b:今天能发吗", shop=OFFERED)
    assert found["findings"][0]["topic"] == "dispatch_time"
    assert "draft" not in {warning["field"] for warning in found["warnings"]}


# years at both ends of the calendar, where adding hours or changing the zone overflows
EDGES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-03T09:00:00+08:00")


@st.composite
def strange_talks(draw: st.DrawFn) -> Talk:
    """Loose talks with times at the ends of the calendar, settings nobody has, addresses of several places."""
    talk = draw(loose_talks())
    for message in talk["messages"]:
        message["sent_at"] = draw(st.sampled_from([message["sent_at"], *EDGES]))
    for placed in talk["orders"]:
        placed["placed_at"] = draw(st.sampled_from([None, *EDGES]))
        placed["status"] = draw(st.sampled_from([None, "placed", "paid", "shipped", "refund_requested", "refunded"]))
        if draw(st.booleans()):
            placed["ship_to"] = {"province": draw(texts())[:60], "city": "杭州市", "district": draw(texts())[:60]}
    if draw(st.booleans()):
        talk["shop"] = {
            "same_day_cutoff": draw(st.sampled_from(["00:00", "23:59", None])),
            "dispatch_hours": draw(st.sampled_from([0, 0.5, 1e300, None])),
            "unserved_provinces": draw(st.lists(texts(), max_size=3)),
            "carriers": draw(st.lists(texts(), max_size=3)),
            "cash_on_delivery": "listed_provinces",
            "usual_compensation_yuan": {"same_city": 1e300},
        }
    return talk


@given(
    talk=st.one_of(loose_talks(), strange_talks()),
    draft=st.one_of(texts(), st.sampled_from([draft for _, draft in UNSAFE.values()])),
)
def test_any_draft_gets_a_verdict(reader: LineReader, talk: Talk, draft: str) -> None:
    """A verdict follows from the findings alone, suggestions stand beside findings, and no gap is left unfilled."""
    conversation = parse_conversation(json.dumps(talk))
    state = begin(conversation, reader=reader)
    for message in conversation.messages:
        state.add_message(message)
    found = check_draft(state, draft, warned=tuple(warnings_on_input(state, conversation)))
    assert (found["verdict"] == "send") == (not found["findings"])
    assert bool(found["suggestions"]) == bool(found["findings"])
    assert len(found["suggestions"]) <= 3
    names = str(talk["shop"])
    for entry in (*found["findings"], *found["suggestions"], *found["warnings"]):
        shown = [text for key, text in entry.items() if key.endswith(("_zh", "_en"))]
        assert all(shown)
        if not set("{}") & set(names):
            assert not re.search(r"[{}]", "".join(shown))
        assert "None" not in "".join(shown) or "None" in names


def test_warnings_reach_the_answer() -> None:
    """What is doubtful in the input is said beside the verdict and changes nothing else."""
    shop = {**OFFERED, "free_shipping_excluded_provinces": ["新疆", "西域"]}
    known, doubtful = (check("今天一定发出", "b:今天能发吗", shop=each) for each in (OFFERED, shop))
    fields = [warning["field"] for warning in doubtful["warnings"]]
    assert fields[0] == "conversation.shop.free_shipping_excluded_provinces"
    assert {**doubtful, "warnings": known["warnings"]} == known
