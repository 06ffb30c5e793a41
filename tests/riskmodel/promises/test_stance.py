"""What the words themselves say yes, no or "for a fee" to."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_talk import parts_of, read
from strategies import texts

from riskmodel.promises.clauses import clauses
from riskmodel.promises.stance import Stand, Statement, excluded, names_another, statements, topics_in
from riskmodel.promises.topics import load_topics


def said(text: str, *asked: str) -> list[Statement]:
    reading = read(text)
    return statements(reading, clauses(reading), asked)


def stances(text: str, *asked: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for statement in said(text, *asked):
        found.setdefault(statement.topic, set()).add(statement.stance)
    return found


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        # said as a fact
        ("明天下午就寄出去", "dispatch_time", "affirm"),
        ("明天上午就寄出去", "dispatch_time", "affirm"),
        ("明早发出去", "dispatch_time", "affirm"),
        ("周六肯定送到", "delivery_time", "affirm"),
        ("支持货到付款", "cash_on_delivery", "affirm"),
        ("发票给您开好了放盒子里", "invoice", "affirm"),
        # denied
        ("今天寄不出去了", "dispatch_time", "deny"),
        ("今天发不了", "dispatch_time", "deny"),
        ("周日到不了的", "delivery_time", "deny"),
        ("没法货到付款", "cash_on_delivery", "deny"),
        ("本店不开发票", "invoice", "deny"),
        ("拆了就退不了", "return_policy", "deny"),
        ("那边不包邮", "free_shipping", "deny"),
        # for a fee
        ("开票要补六个点", "invoice", "charge"),
        ("包邮的话要补十块", "free_shipping", "charge"),
        # with care
        ("尽量明天寄出去", "dispatch_time", "careful"),
        ("明天寄出去,具体以订单页为准", "dispatch_time", "careful"),
        ("周六送到不一定的", "delivery_time", "careful"),
        ("我帮您问一下,能不能包邮看仓库", "free_shipping", "asks"),
        # asked back
        ("您是问明天能发货吗", "dispatch_time", "asks"),
        ("要开发票?", "invoice", "asks"),
        # the buyer's own words
        ("您说的明天发货我记下了", "dispatch_time", "quotes"),
        ("您要求包邮我反映给店长", "free_shipping", "quotes"),
    ],
)
def test_stance_of_plain_words(text: str, topic: str, stance: str) -> None:
    """Each way to speak of a topic is told from the others."""
    assert stances(text)[topic] == {stance}


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("尽量早点,最晚明天一定寄出去", "affirm"),
        ("应该没问题,明天肯定寄出去", "affirm"),
        ("以页面为准,明天寄出去", "careful"),
        ("明天寄出去。别的以页面为准", "affirm"),
        ("明天寄出去的,四点前拍的话", "affirm"),
        ("四点前付款的话明天寄出去", "affirm"),
    ],
)
def test_hedge_takes_back_its_own_sentence(text: str, stance: str) -> None:
    """A hedge reaches to the end of its sentence, but not past a word of certainty; a condition is no hedge."""
    assert stances(text)["dispatch_time"] == {stance}


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        ("没有不包邮的", "free_shipping", "affirm"),
        ("怎么会不给您开发票呢", "invoice", "affirm"),
        ("哪能不退货呀", "return_policy", "affirm"),
        ("不是不能退,完好就可以", "return_policy", "affirm"),
        ("今天不可能不寄出去", "dispatch_time", "affirm"),
        ("今天不可能寄出去", "dispatch_time", "deny"),
    ],
)
def test_two_nots_are_a_yes(text: str, topic: str, stance: str) -> None:
    """A not that is denied, or asked rhetorically, affirms."""
    assert stances(text)[topic] == {stance}


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        ("断货了哦", "stock", "deny"),
        ("不会断货的", "stock", "affirm"),
        ("断货了发不出", "stock", "deny"),
        ("没货了", "stock", "deny"),
        ("肯定有货", "stock", "affirm"),
        ("不会拖到周四的", "dispatch_time", "affirm"),
        ("可能会拖到周四", "dispatch_time", "careful"),
    ],
)
def test_opposite_turns_the_stance(text: str, topic: str, stance: str) -> None:
    """To say that the opposite will not be is a yes, to say that it is, a no."""
    assert stances(text)[topic] == {stance}


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        ("邮费不收您的", "free_shipping", "affirm"),
        ("不用补邮费", "free_shipping", "affirm"),
        ("不用补邮费", "freight_surcharge", "deny"),
        ("要补邮费八块", "freight_surcharge", "affirm"),
        ("运费自付哦", "freight_surcharge", "affirm"),
        ("开票不收税点", "invoice", "affirm"),
    ],
)
def test_free_of_charge(text: str, topic: str, stance: str) -> None:
    """Nothing to pay is a yes to free shipping and to an invoice, and a no to a surcharge."""
    assert stances(text)[topic] == {stance}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("今天就走", "dispatch_time"),
        ("礼拜四到", "delivery_time"),
        ("送的送的", "gift"),
        ("够的够的", "stock"),
        ("真的呀", "authenticity"),
        ("给您开", "invoice"),
        ("有的", "stock"),
    ],
)
def test_weak_words_count_where_they_were_asked_for(text: str, topic: str) -> None:
    """Words that could mean anything mean a topic where it was asked about, and no topic else."""
    assert topic not in stances(text)
    assert stances(text, topic)[topic] == {"affirm"}


def test_weak_words_follow_a_topic_that_was_named() -> None:
    """Once a topic is named in the message, its weak words count in the clauses after it."""
    assert "gift" not in stances("肯定送")
    assert [item.stance for item in said("赠品嘛,肯定送") if item.topic == "gift"] == ["affirm", "affirm"]


def test_weak_words_belong_to_the_topic_that_is_named() -> None:
    """Where the clause names another topic in so many words, its weak words are that one's."""
    (part,) = parts_of("给您开发票")
    assert names_another(part, "gift")
    assert not names_another(part, "invoice")
    assert "carrier" not in stances("今天发货", "carrier", "dispatch_time")
    assert "carrier" in stances("给您换", "carrier")


@pytest.mark.parametrize(
    ("text", "topic", "sure"),
    [
        ("明天一定寄出去", "dispatch_time", True),
        ("我们都是从杭州寄出去的", "dispatch_time", False),
        ("走中通的", "carrier", True),
        ("中通挺快的", "carrier", False),
        ("可以货到付款", "cash_on_delivery", True),
        ("本店不开发票", "invoice", True),
        ("发票没看到呢", "invoice", False),
    ],
)
def test_sure_needs_what_makes_it_binding(text: str, topic: str, sure: bool) -> None:
    """Unasked, words commit only with a time, a certainty or whatever else the topic needs near them."""
    assert {item.sure for item in said(text) if item.topic == topic} == {sure}


def test_needs_may_stand_in_a_neighbour() -> None:
    """A time in a clause of the same sentence that names no topic counts; one in another sentence does not."""
    assert [item.sure for item in said("周四的话,发得出去") if item.topic == "dispatch_time"] == [True]
    assert [item.sure for item in said("周四有空。发得出去") if item.topic == "dispatch_time"] == [False]


def test_bare_no_beside_it_declines() -> None:
    """A clause that says no and nothing else turns the clause beside it."""
    assert stances("不行的,货到付款")["cash_on_delivery"] == {"deny"}
    assert stances("行的,货到付款")["cash_on_delivery"] == {"affirm"}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("可以用微信支付", "contact_chat"),
        ("退货运费您先付", "return_policy"),
        ("发票昨天就寄出去了", "dispatch_time"),
        ("快递员会打您电话", "contact_phone"),
    ],
)
def test_other_matter_is_left_out(text: str, topic: str) -> None:
    """Words that turn the clause to something else keep the topic out, for rules and for guesses."""
    assert topic not in stances(text, topic)
    assert excluded(topic, parts_of(text))


def test_some_topics_are_only_answers() -> None:
    """Data of a delivery is given out only where somebody asked for it."""
    assert "personal_data" not in stances("收件人是王女士")
    assert stances("收件人是王女士", "personal_data")["personal_data"] == {"affirm"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("能开发票吗", {("invoice", False)}),
        ("会不会断货", {("stock", True)}),
        ("还有现货吗", {("stock", False)}),
        ("要补邮费吗", {("freight_surcharge", False)}),
        ("收件人是谁", set()),
        ("已经发出了吗", set()),
        ("好的谢谢", set()),
    ],
)
def test_topics_that_a_question_names(text: str, expected: set[tuple[str, bool]]) -> None:
    """A clause of the buyer names a topic or its opposite; what is only an answer is never asked so."""
    assert set(topics_in(parts_of(text)[0])) == expected


@given(text=texts(), asked=st.sets(st.sampled_from(sorted(load_topics()))))
def test_every_text_has_some_stances(text: str, asked: set[str]) -> None:
    """Statements lie in their clauses, with stances and topics that there are, one a clause and topic."""
    reading = read(text)
    parts = clauses(reading)
    found = statements(reading, parts, asked)
    for item in found:
        assert item.stance in get_args(Stand)
        assert item.topic in load_topics()
        assert 0 <= item.start < item.end <= parts[item.clause].end
    assert len({(item.topic, item.clause) for item in found}) == len(found)
