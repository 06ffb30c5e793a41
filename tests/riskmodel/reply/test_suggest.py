"""Suggestions: true where they are offered, promising nothing more, and safe by the very check that offers them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from contexts import OFFERED, POLICIES, UNSAFE, check, order, settings, talk_state
from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, loose_talks

from riskmodel.conversation import parse_draft_request
from riskmodel.promises import Commitment, Context, OpenQuestion, is_fault, judge, understand
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.reply import check_draft
from riskmodel.reply.check import passes
from riskmodel.reply.facts import CONDITIONS, VALUES, known_facts
from riskmodel.reply.findings import load_phrases
from riskmodel.reply.suggest import Fault, load_wordings, suggest
from riskmodel.signals import Matcher, load_catalogue
from riskmodel.state import ConversationState, begin

WRITTEN = Path(__file__).parents[2] / "written" / "drafts.jsonl"
EVERY = tuple(load_wordings())
# what else the draft may have been about: nothing, or money
SAID = ("", "钱")


def anything(_: str) -> bool:
    """A check that passes all."""
    return True


def offered(state: ConversationState, now: datetime | None = None) -> set[str]:
    """Every wording that any finding could be answered with at this point of the talk."""
    around, texts = state.circumstances(now), set()
    for key in EVERY:
        for said in SAID:
            commitment = Commitment(key, key, None, None, 0, 0, said, None)
            offers = suggest([Fault(key, key, known_facts(around, commitment))], partial(passes, state, around=around))
            assert 1 <= len(offers) <= 3, key
            texts |= {offer["text_zh"] for offer in offers}
    return texts


def test_suggestions_come_back_send(reader: LineReader) -> None:
    """Sent instead of the draft, whatever is offered passes the check, in every shop, for every order and finding."""
    checked: set[str] = set()
    for setting in settings():
        for question, draft in UNSAFE.values():
            state = setting.state(question, reader=reader)
            for suggestion in check_draft(state, draft)["suggestions"]:
                again = check_draft(state, suggestion["text_zh"])
                assert again["verdict"] == "send", (setting, question, suggestion["text_zh"], again["findings"])
                checked.add(suggestion["text_zh"])
    assert len(checked) > len(EVERY)


def test_suggestions_come_back_send_in_written_talks(reader: LineReader) -> None:
    """In the talks of the written drafts too, and not only for what is wrong with their drafts."""
    cases = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    assert cases
    for case in cases:
        conversation = parse_draft_request({key: case[key] for key in ("conversation", "draft")}).conversation
        state = begin(conversation, reader=reader)
        for message in conversation.messages:
            state.add_message(message)
        for text in offered(state):
            again = check_draft(state, text)
            assert again["verdict"] == "send", (case["case_id"], text, again["findings"])


@pytest.mark.parametrize("heard", ["rules", "reader"])
def test_wordings_answer_nothing_else(heard: str, reader: LineReader) -> None:
    """Whatever is asked besides, a wording commits to nothing that its shop cannot keep, and is no bare yes or no."""
    arounds: dict[str, list[Any]] = {}
    for setting in settings():
        state = setting.state("b:在吗")
        for text in offered(state):
            arounds.setdefault(text, []).append(state.circumstances())
    matcher, lexicon = Matcher(load_catalogue(), "agent"), load_catalogue().lexicon
    questions = [OpenQuestion(name, "", marks=lexicon.names) for name in load_topics()]
    for text, places in arounds.items():
        reading = lexicon.read(text)
        for asked in ([], questions, *([question] for question in questions)):
            context = Context(asked, asked, (), reader if heard == "reader" else None)
            understood = understand(reading, matcher.find(reading), context)
            assert not understood.answered, text
            for commitment in understood.commitments:
                faults = [around for around in places if is_fault(commitment, judge(commitment, around))]
                assert faults == [], (text, [question.topic for question in asked], commitment.code)


@given(talk=loose_talks(), unsafe=st.sampled_from([draft for _, draft in UNSAFE.values()]))
def test_suggestions_come_back_send_in_any_talk(reader: LineReader, talk: Talk, unsafe: str) -> None:
    """No talk makes a wording unsafe, however strange it is."""
    conversation = parse_draft_request({"conversation": talk, "draft": unsafe}).conversation
    state = begin(conversation, reader=reader)
    for message in conversation.messages:
        state.add_message(message)
    for suggestion in check_draft(state, unsafe)["suggestions"]:
        assert check_draft(state, suggestion["text_zh"])["verdict"] == "send", suggestion["text_zh"]


# by topic or finding: the shop, the order, what was asked and drafted, and what the best wording says
BEST: tuple[tuple[dict[str, Any] | None, dict[str, Any] | None, str, str, str], ...] = (
    (OFFERED, None, *UNSAFE["promise.ship_by"], "08:30的截单时间已经过"),
    ({**OFFERED, "same_day_cutoff": "16:00"}, None, "b:几时发", "两小时内给您发出", "16:00前付款的订单当天"),
    ({"dispatch_hours": 36}, None, *UNSAFE["promise.ship_by"], "36小时内"),
    (None, None, *UNSAFE["promise.ship_by"], "先跟仓库核实"),
    (OFFERED, order("paid", placed_at="2026-02-20T11:00:00+08:00"), "b:怎么还不发", "一定给您发货的", "让您久等"),
    (OFFERED, order("paid", placed_at="2026-02-20T11:00:00+08:00"), *UNSAFE["deny.stock"], "让您久等"),
    (OFFERED, order("paid", placed_at="2026-03-03T08:40:00+08:00"), *UNSAFE["promise.ship_by"], "截单时间已经过"),
    ({"unserved_provinces": ["西藏"]}, order(province="西藏"), *UNSAFE["promise.ship_by"], "西藏目前不在"),
    (OFFERED, order(payment_method="cash_on_delivery"), *UNSAFE["promise.ship_by"], "货到付款在您那边目前不支持"),
    (OFFERED, order("shipped"), *UNSAFE["promise.deliver_by"], "已经发出"),
    (OFFERED, order("delivered"), *UNSAFE["promise.deliver_by"], "已送达"),
    (OFFERED, None, *UNSAFE["promise.carrier"], "圆通速递"),
    (None, None, *UNSAFE["promise.carrier"], "按地区安排"),
    (OFFERED, None, "b:新疆包邮吗", "包邮的", "新疆目前不在包邮范围"),
    (OFFERED, order(province="新疆"), *UNSAFE["promise.free_shipping"], "新疆目前不在包邮范围"),
    (OFFERED, None, *UNSAFE["promise.free_shipping"], "部分地区不在包邮范围"),
    ({"free_shipping": "none"}, None, *UNSAFE["promise.free_shipping"], "按收货地区计算"),
    (None, None, *UNSAFE["promise.free_shipping"], "以下单页选好收货地区后显示的为准"),
    (OFFERED, order(province="浙江"), *UNSAFE["deny.freight"], "浙江是包邮的"),
    ({"free_shipping": "everywhere"}, None, *UNSAFE["deny.freight"], "您那边是包邮的"),
    (OFFERED, None, *UNSAFE["promise.cash_on_delivery"], "不支持货到付款"),
    (None, None, *UNSAFE["promise.cash_on_delivery"], "以结算页显示的付款方式为准"),
    (OFFERED, None, *UNSAFE["promise.gift"], "没有赠品"),
    (None, None, *UNSAFE["promise.gift"], "商品页列出的为准"),
    (OFFERED, None, *UNSAFE["deny.invoice"], "可以开发票的"),
    ({"invoice": "none"}, None, *UNSAFE["deny.invoice"], "跟主管核实"),
    (None, None, *UNSAFE["deny.invoice"], "在订单详情里申请"),
    (OFFERED, None, *UNSAFE["promise.untrue_invoice"], "以实际成交的为准"),
    (OFFERED, None, *UNSAFE["promise.stock"], "库存会变动"),
    (OFFERED, order("paid", placed_at="2026-03-03T08:40:00+08:00"), *UNSAFE["deny.stock"], "进度我先跟仓库核实"),
    (OFFERED, order("paid"), *UNSAFE["claim.done"], "还没有发出"),
    (OFFERED, order("refund_requested"), "b:钱呢", "款项已原路退回", "退款正在平台流程里处理"),
    (OFFERED, None, *UNSAFE["promise.refund"], "到账时间以平台显示的为准"),
    (OFFERED, None, *UNSAFE["excuse.stock"], "按实际情况选择"),
    (OFFERED, None, *UNSAFE["provoke.insult"], "抱歉"),
)  # fmt: skip  # a table, a case or two a row


@pytest.mark.parametrize(("shop", "placed", "question", "draft", "says"), BEST)
def test_best_wording_fits(
    shop: dict[str, Any] | None, placed: dict[str, Any] | None, question: str, draft: str, says: str
) -> None:
    """The first wording answers the question by what is known of this shop and this order."""
    found = check(draft, question, shop=shop, orders=[placed] if placed else [])
    assert says in found["suggestions"][0]["text_zh"]


def test_one_matter_has_one_to_three_wordings() -> None:
    """For one topic the best wording comes first, and then those that hold anywhere."""
    offers = suggest([Fault("promise.deliver_by", "delivery_time", {"sent": ""})], anything)
    assert [offer["text_zh"][:7] for offer in offers] == ["亲,包裹已经发", "亲,很理解您的", "亲,也盼您早点"]


def test_several_matters_have_one_wording_each() -> None:
    """For several topics there is one wording each, the gravest first, at most three and none twice."""
    draft = "今天肯定发出,给您发德邦,肯定送赠品,改好评给您返现"
    found = check(draft, "b:今天能发吗", shop=OFFERED)
    assert [offer["topic"] for offer in found["suggestions"]] == ["review", "dispatch_time", "carrier"]
    both = suggest(
        [Fault("promise.free_shipping", "free_shipping", {}), Fault("deny.freight", "freight_surcharge", {})], anything
    )
    assert len(both) == 1


def test_what_the_check_stops_is_not_offered() -> None:
    """The best wordings that pass are offered; where none of a matter does, one that is true whatever was asked."""
    fault = Fault("promise.deliver_by", "delivery_time", {"sent": ""})
    best, second, *_ = [offer["text_zh"] for offer in suggest([fault], anything)]
    assert next(offer["text_zh"] for offer in suggest([fault], lambda text: text != best)) == second
    own = {wording.zh for wording in load_wordings()["delivery_time"]}
    (other,) = suggest([fault], lambda text: text not in own)
    assert other["text_zh"] == load_wordings()["other"][-1].zh
    assert other["topic"] == "delivery_time"


def test_a_wording_is_checked_once_between_messages(reader: LineReader) -> None:
    """What passed passes again without being read again, until something more is said."""
    state = talk_state("b:今天能发货吗", reader=reader)
    drafts = [check_draft(state, "今天一定发"), check_draft(state, "今天肯定发")]
    assert drafts[0]["suggestions"] == drafts[1]["suggestions"] != []
    assert sum(key[0] == "passes" for key in state.looked_up) <= len(drafts[0]["suggestions"]) + 1


def test_every_condition_and_value_is_used() -> None:
    """Each fact decides some text, and some setting makes it hold."""
    entries = [entry for table in (load_wordings(), load_phrases().rules) for rows in table.values() for entry in rows]
    used = {name for entry in entries for name in (*entry.when, *entry.named)}
    assert used == CONDITIONS | VALUES
    seen = set()
    for setting in settings():
        seen |= known_facts(setting.state("b:在吗").circumstances()).keys()
    assert seen | {"of_money"} == CONDITIONS | VALUES


NEVER = re.compile(
    "缺货|断货|没货|无货|售罄|[0-9一二三五十百]+元|微信|扣扣|[qQ][qQ]|加我|电话|手机|好评|差评|改评|删|撤|返现|红包|转账"
)


def test_wordings_keep_to_what_may_be_said() -> None:
    """None says out of stock, names a sum, another place to talk, or what a review is to become; all are polite."""
    wordings = [wording for entries in load_wordings().values() for wording in entries]
    assert len({wording.zh for wording in wordings}) > 40
    for wording in wordings:
        assert not NEVER.search(wording.zh), wording.zh
        assert wording.zh.startswith("亲,"), wording.zh
        assert len(wording.zh) <= 60, wording.zh


def test_no_wording_is_without_policy_or_order() -> None:
    """Before the first message and without any setting there is still a wording for every finding."""
    for shop in (None, *POLICIES[:2]):
        state = talk_state(shop=shop)
        assert all(suggest([Fault(key, key, known_facts(state.circumstances()))], anything) for key in EVERY)
