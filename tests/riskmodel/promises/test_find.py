"""What an agent's words commit to."""

from __future__ import annotations

import pytest
from hypothesis import given
from shop_talk import codes
from strategies import texts

from riskmodel.promises import Commitment, Context, OpenQuestion, Understanding, understand
from riskmodel.promises.questions import questions_in
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.signals import Matcher, load_catalogue

ASKED = {
    "dispatch_time": "今天拍能发走不",
    "invoice": "有发票吗",
    "return_policy": "不合适能退不",
    "free_shipping": "到云南包邮吗",
    "freight_surcharge": "要不要补邮费",
    "cash_on_delivery": "能货到付款不",
    "personal_data": "另一个号拍的,地址报一下",
    "order_closing": "帮我关下单",
    "contact_chat": "加个微信行吗",
    "review": "给二十我改好评好不好",
}


def asked(*topics: str) -> list[OpenQuestion]:
    """Questions as they are read from the buyer's words."""
    read = load_catalogue().lexicon.read
    return [item for topic in topics for item in questions_in(read(ASKED[topic]), [topic]) if item.topic == topic]


def understood(text: str, *topics: str, reader: LineReader | None = None) -> Understanding:
    reading = load_catalogue().lexicon.read(text)
    found = Matcher(load_catalogue(), "agent").find(reading)
    questions = asked(*topics)
    return understand(reading, found, Context(questions, questions, (), reader))


def committed(text: str, *topics: str) -> list[Commitment]:
    return understood(text, *topics).commitments


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
        ("要的", "invoice", "invoice", "over_promise"),
        ("没有哦", "invoice", None, "duty_denial"),
        ("不可以的", "return_policy", None, "duty_denial"),
        ("可以的", "return_policy", "return_free", None),
        ("好的", "contact_chat", None, "off_platform"),
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
    found = committed(text, *ASKED)
    length = len(load_catalogue().lexicon.read(text).folded.text)
    assert all(0 <= item.start < item.end <= length for item in found)
    assert len({item.code for item in found}) == len(found)


@pytest.mark.parametrize("answer", ["嗯嗯可以", "行", "没问题", "好滴", "OK", "👌", "那必须的", "就按您说的来"])
def test_assent_takes_the_question_as_its_own(answer: str) -> None:
    """However short the yes is, it promises what was asked, and the question's words give it the time."""
    (found,) = committed(answer, "dispatch_time")
    assert (found.kind, found.said) == ("ship_by", ASKED["dispatch_time"])


@pytest.mark.parametrize(
    ("text", "topics", "codes"),
    [
        ("不能保证今天发", (), []),
        ("今天能发,以订单页为准", (), []),
        ("应该没问题,肯定今天给您发", (), ["promise.ship_by"]),
        ("没有今天不发的道理", ("dispatch_time",), ["promise.ship_by"]),
        ("您说的今天发货我查一下", (), []),
        ("您要今天发货吗", (), []),
        ("发票开不了但是今天能发货", (), ["deny.invoice", "promise.ship_by"]),
        ("今天的话,能发货", (), ["promise.ship_by"]),
        ("灰色断货了发不出来", (), ["deny.stock"]),
        ("这款不会断货的", (), ["promise.stock"]),
    ],
)
def test_scope_decides_what_is_said(text: str, topics: tuple[str, ...], codes: list[str]) -> None:
    """Negation, hedges, questions and quotations take a promise back; a clause of its own does not reach the next."""
    assert sorted(item.code for item in committed(text, *topics)) == codes


def test_careful_answers_are_told_from_denied_duties() -> None:
    """Hedging is care, and so is declining a promise; declining a duty is not."""
    assert understood("尽量今天发,以订单页为准", "dispatch_time").careful == {"dispatch_time"}
    assert understood("今天发不了的", "dispatch_time").careful == {"dispatch_time"}
    assert understood("我们不开发票的", "invoice").careful == set()


def test_reader_hears_what_no_rule_knows(scorer: Scorer) -> None:
    """A promise in words outside the lexicon is heard by the reader alone."""
    text = "差价部分回头都算我们店里头的"
    assert understood(text).commitments == []
    assert {item.topic for item in understood(text, reader=scorer.model.reader).commitments} <= {"price_match"}


@pytest.mark.parametrize(
    ("text", "topic", "stance"),
    [
        ("尽量明天给您发货", "dispatch_time", "careful"),
        ("明天发货,以订单页为准", "dispatch_time", "careful"),
        ("明天发不了货", "dispatch_time", "deny"),
        ("您是要明天发货吗", "dispatch_time", "asks"),
        ("您说的包邮我去问问", "free_shipping", "quotes"),
        ("没法货到付款的", "cash_on_delivery", "deny"),
    ],
)
def test_own_words_beat_guesses(scorer: Scorer, text: str, topic: str, stance: str) -> None:
    """What rules hear of a topic stands, whatever the reader would make of the line."""
    for reader in (None, scorer.model.reader):
        found = understood(text, topic, reader=reader)
        assert found.stances[topic] == stance
        assert [item for item in found.commitments if item.topic == topic] == []


def test_sure_words_are_quoted_as_rules_found_them(scorer: Scorer) -> None:
    """Where rules found the promise, the reader adds none and moves no span."""
    text = "亲,明天一定给您发货,您安心等着就好"
    (plain,) = committed(text)
    (with_reader,) = understood(text, reader=scorer.model.reader).commitments
    assert with_reader == plain
    assert text[plain.start : plain.end] == "明天一定给您发货"


@pytest.mark.parametrize("text", ["跟您说的一样", "亲,就按您说的办", "说话算数的", "您放心,按备注来"])
@pytest.mark.parametrize("topic", ["dispatch_time", "invoice", "free_shipping", "order_closing", "contact_chat"])
def test_promise_by_reference(text: str, topic: str) -> None:
    """To do as the buyer said is a yes to what the buyer asked, in the buyer's words."""
    (found,) = committed(text, topic)
    assert (found.said, found.question) == (ASKED[topic], ASKED[topic])
    assert committed(text) == []


def test_bare_no_is_a_denial_where_the_duty_was_asked() -> None:
    """The same no denies a duty, promises that nothing is charged, or is plain care."""
    expected = {
        "invoice": ["deny.invoice"],
        "return_policy": ["deny.returns"],
        "freight_surcharge": ["promise.no_surcharge"],
        "dispatch_time": [],
        "cash_on_delivery": [],
        "contact_chat": [],
    }
    for topic, bound in expected.items():
        assert [item.code for item in committed("不行的亲", topic)] == bound, topic


def test_no_comes_before_what_is_offered_instead() -> None:
    """After a no the rest of the message is no yes to the same question."""
    found = understood("不能的呢,顺丰我们不走,可以走圆通", "cash_on_delivery")
    assert found.stances["cash_on_delivery"] == "deny"
    assert "cash_on_delivery" not in {item.kind for item in found.commitments}


def test_no_to_one_topic_is_none_to_another() -> None:
    """A no in words of its own topic answers that one only."""
    late = OpenQuestion("dispatch_time", "还没发吧", inverse=True, marks=frozenset({"late"}))
    reading = load_catalogue().lexicon.read("不能退了哈")
    found = understand(reading, [], Context([late], [late]))
    assert [item.code for item in found.commitments] == ["deny.returns"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("周五的话,能发货", "周五的话"),
        ("今天不行,明天发货", "明天发货"),
        ("可以开票,明天发货", "明天发货"),
    ],
)
def test_time_stands_in_the_clause_or_beside_it(text: str, said: str) -> None:
    """A promise takes its time from its own clause or a neighbour, not from one that says no."""
    (found,) = [item for item in committed(text) if item.kind == "ship_by"]
    assert said in found.said
    assert "今天不行" not in found.said


def test_a_promise_is_made_once() -> None:
    """However often a message says it, a commitment is one."""
    assert [item.code for item in committed("明天发货,明天一定发货,放心明天发货")] == ["promise.ship_by"]


# promises in words that are in no lexicon, after a question of the topic
BEYOND_RULES = (
    ("b:能开发票吗", "单位报账的单子给您盖好章", "promise.invoice"),
    ("b:包邮的吗", "咱家老板说了,路上的费用算店里头", "promise.free_shipping"),
    ("b:不合适能退吗", "穿着不合身随时送还给我们", "promise.returns"),
)


@pytest.mark.parametrize(("question", "text", "code"), BEYOND_RULES)
def test_promise_in_other_words(reader: LineReader, question: str, text: str, code: str) -> None:
    """What no rule knows is heard where it was asked, and nothing else is heard in it."""
    assert committed(text) == []
    assert codes(text, question, reader=reader) == {code}


@pytest.mark.parametrize(
    "text",
    [
        "单位报账的单子您要吗",
        "单位报账的单子要不要?",
        "您说的单位报账的单子我记下了",
        "您问的是单位报账的单子",
        "",
        "???",
        "[微笑]",
    ],
)
def test_nothing_in_what_is_asked_quoted_or_empty(reader: LineReader, text: str) -> None:
    """A question, the buyer's own words, and what says nothing promise nothing."""
    assert codes(text, "b:能开发票吗", reader=reader) == set()


@pytest.mark.parametrize(("question", "text", "code"), BEYOND_RULES)
def test_hedge_takes_a_promise_back(reader: LineReader, question: str, text: str, code: str) -> None:
    """A hedge, in the clause or elsewhere in its sentence, leaves no promise that only the reader hears."""
    for hedge in ("尽量", "有可能", "争取", "尽量吧,"):
        assert code not in codes(f"{hedge}{text}", question, reader=reader)


@pytest.mark.parametrize(
    "text",
    [
        "您这种人我见得多了",
        "没见过您这么难缠的",
        "嫌贵您就别买,没人求着您",
        "就几块钱的东西您至于吗",
        "穷就别学人家网购",
    ],
)
def test_rudeness_may_deny_and_ask(reader: LineReader, text: str) -> None:
    """A not or a question mark makes rude words no kinder."""
    assert "provoke.words" in codes(text, "b:能便宜点吗", reader=reader)


def test_other_matter_is_left_out(reader: LineReader) -> None:
    """What turns the words to another matter turns what the reader hears too."""
    left = "move.agent_off_platform"
    assert left in codes("您搜一下我这个小号,那边聊着方便", "b:加个微信行吗", reader=reader)
    assert left not in codes("您搜一下我这个小号,微信支付,那边聊着方便", "b:加个微信行吗", reader=reader)
