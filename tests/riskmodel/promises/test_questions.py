"""What a message of the buyer leaves open, and what a bare answer to it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_talk import read
from strategies import texts

from riskmodel.promises.answers import Answer
from riskmodel.promises.questions import OPENS, SURE, OpenQuestion, heard_over, questions_in
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer


def opened(text: str, *found: str, reader: LineReader | None = None, beside: bool = False) -> list[OpenQuestion]:
    return questions_in(read(text), found, reader, beside=beside)


def topics(text: str, *found: str) -> list[str]:
    return [question.topic for question in opened(text, *found)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # asked
        ("明天能发货吗", ["dispatch_time"]),
        ("明天发货不", ["dispatch_time"]),
        ("发票有没有", ["invoice"]),
        ("可不可以货到付款", ["cash_on_delivery"]),
        ("有没有现货?", ["stock"]),
        # requested
        ("麻烦给我开张发票", ["invoice"]),
        ("帮我走顺丰", ["carrier"]),
        ("务必周四到货", ["delivery_time"]),
        ("我要发票", ["invoice"]),
        # stated for a nod
        ("那就是明天发货了哈", ["dispatch_time"]),
        ("那就说好包邮咯", ["free_shipping"]),
        ("开发票吧", ["invoice"]),
        # several at once, in the order of the text of each clause
        ("有发票吗,包邮吗", ["invoice", "free_shipping"]),
        ("包邮吗。另外有发票吗", ["free_shipping", "invoice"]),
        # the question stands in the clause beside it
        ("发票呢,能给不", ["invoice"]),
        # not left open
        ("发票在盒子里", []),
        ("发票收到了", []),
        ("你们发货挺快的", []),
        ("这个杯子多高", []),
        ("不用发票", []),
        ("不要发顺丰了", []),
        ("好的谢谢", []),
        ("", []),
    ],
)
def test_topics_that_are_left_open(text: str, expected: list[str]) -> None:
    """Questions, requests, and facts put for a nod are left open; a mention or a refusal is not."""
    assert topics(text) == expected


def test_signals_open_topics_too() -> None:
    """What a signal has found asked is open, also where no words of the topic stand in the message."""
    assert topics("补个啥说明白", "invoice") == ["invoice"]
    assert topics("发票在盒子里", "invoice") == ["invoice"]
    assert topics("有发票吗", "invoice") == ["invoice"]


def test_a_topic_takes_the_place_of_its_part() -> None:
    """Asking for cash on delivery asks for no time of delivery, though the words name both."""
    assert topics("到货了再付款可以不", "cash_on_delivery", "delivery_time") == ["cash_on_delivery"]
    assert topics("包邮不,运费算谁的", "free_shipping", "freight_surcharge") == ["free_shipping"]


@given(text=texts(), found=st.lists(st.sampled_from(sorted(load_topics())), max_size=3, unique=True))
def test_each_topic_is_open_once(text: str, found: list[str]) -> None:
    """Whatever was written, a topic is open once, with the message's words and concepts."""
    questions = opened(text, *found)
    names = [question.topic for question in questions]
    assert len(set(names)) == len(names)
    assert set(names) <= set(load_topics())
    reading = read(text)
    assert all((item.text, item.marks) == (reading.folded.text, frozenset(reading.concepts)) for item in questions)


YES, SURE_YES, NOD, NO = (Answer(kind, 0, 1) for kind in ("yes", "sure", "nod", "no"))  # type: ignore[arg-type]  # the four kinds


@pytest.mark.parametrize(
    ("text", "yes", "sure", "nod", "no"),
    [
        ("明天能发货吗", "affirm", "affirm", "affirm", "deny"),
        ("那就是明天发货了哈", "affirm", "affirm", "affirm", "deny"),
        # put with a not: a nod agrees to the not, a yes contradicts it
        ("明天不发货是吧", "affirm", "affirm", "deny", "deny"),
        ("你们不开发票吗", "affirm", "affirm", "deny", "deny"),
        # the opposite put: a no to it is a yes to the topic, 放心 as well
        ("会不会断货", "deny", "affirm", "deny", "affirm"),
        ("断货了吗", "deny", "affirm", "deny", "affirm"),
        # the opposite put with a not
        ("不会断货吧", "affirm", "affirm", "affirm", "affirm"),
    ],
)
def test_meaning_of_a_bare_answer(text: str, yes: str, sure: str, nod: str, no: str) -> None:
    """What the same yes, nod or no says to the topic depends on how the question was put."""
    (question,) = opened(text)
    meant = [question.meaning_of(answer) for answer in (YES, SURE_YES, NOD, NO)]
    assert meant == [yes, sure, nod, no]


@pytest.mark.parametrize(
    ("text", "inverse", "negated"),
    [
        ("有发票吗", False, False),
        ("没有发票吗", False, True),
        ("没发票对吧", False, True),
        ("怎么会没有发票呢", False, False),
        ("能不能开发票", False, False),
        ("会断货吗", True, False),
        ("会晚发吗", True, False),
        ("今天发货不", False, False),
    ],
)
def test_how_a_question_is_put(text: str, inverse: bool, negated: bool) -> None:
    """A not and an opposite are kept; the not that makes the question and a rhetorical one are none."""
    (question,) = opened(text)
    assert (question.inverse, question.negated) == (inverse, negated)


@pytest.mark.parametrize("text", ["不会没货吧", "该不会没货了吧"])
def test_not_of_the_opposite_is_its_own(text: str) -> None:
    """The not inside of the opposite's words is not counted again."""
    (question,) = opened(text)
    assert (question.inverse, question.negated) == (True, True)


def test_reader_hears_what_no_rule_knows(scorer: Scorer) -> None:
    """A question in words of no topic is heard by the reader, and stays unheard without it."""
    reader = scorer.model.reader
    text = "单子能开给我们单位报账用不"
    heard = reader.read(text)
    assert opened(text, reader=None) == []
    assert heard.likelihood >= SURE
    assert heard.opens >= OPENS
    assert [question.topic for question in opened(text, reader=reader)] == [heard.topic]
    assert [question.topic for question in heard_over(text, read(text), reader)] == [heard.topic]


@given(text=texts())
def test_reader_opens_only_what_it_is_sure_of(scorer: Scorer, text: str) -> None:
    """Beyond the rules at most one topic is opened: one that can be asked, heard as asked and likely enough."""
    reader = scorer.model.reader
    by_rules = {question.topic for question in opened(text)}
    by_reader = [question for question in opened(text, reader=reader) if question.topic not in by_rules]
    heard = reader.read(read(text).folded.text)
    assert len(by_reader) <= 1
    if by_reader:
        assert load_topics()[by_reader[0].topic].askable
        assert min(heard.likelihood, heard.opens) >= min(SURE, OPENS)
    beside = {question.topic for question in opened(text, reader=reader, beside=True)}
    assert beside <= by_rules | {question.topic for question in by_reader}
