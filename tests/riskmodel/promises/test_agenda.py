"""The agenda of a talk: what is open, what a bare yes would answer, and what cannot be meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_talk import after, codes, open_topics
from strategies import chats, talks

from riskmodel.conversation import parse_conversation
from riskmodel.promises import OpenQuestion
from riskmodel.promises.topics import load_topics
from riskmodel.scorer import Scorer
from riskmodel.state import walk

ASSENTS = ("嗯嗯可以", "行", "没问题", "好滴", "OK", "👌", "好的亲", "可以的呢~", "在的亲,可以", "就按您说的来")
DISPATCH, INVOICE, FREE = "promise.ship_by", "promise.invoice", "promise.free_shipping"


@pytest.mark.parametrize("assent", ASSENTS)
def test_assent_answers_every_question_of_the_turn(assent: str) -> None:
    """A bare yes answers each question, over however many messages they were put, with other talk between them."""
    for lines in (
        ("b:后天能发货吗,有发票吗,包邮吗",),
        ("b:后天能发货吗", "b:有发票吗", "b:包邮吗"),
        ("b:在吗", "b:那就是包邮咯", "b:后天能发货吗", "b:有发票吗", "b:这个蓝色好看"),
        ("b:后天能发货吗", "b:要发票", "b:包邮不", "s:买家正在输入", "b:?"),
    ):
        assert codes(assent, *lines) == {DISPATCH, INVOICE, FREE}, lines


@pytest.mark.parametrize("assent", ASSENTS)
@pytest.mark.parametrize(
    "lines",
    [
        ("b:后天能发货吗", "a:您好", "b:在吗"),
        ("b:后天能发货吗", "a:稍等我看看", "b:嗯", "a:在查了", "b:好了没"),
        ("b:后天能发货吗", "a:亲这款是新款", "b:?", "a:您是送人吗", "b:是的"),
        ("b:那就是后天发货了哈",),
        ("b:后天发货对吧",),
        ("b:我拍了", "b:麻烦后天发货"),
    ],
    ids=["nudged", "waited", "asked back", "restated", "put for a nod", "requested"],
)
def test_assent_reaches_back(assent: str, lines: tuple[str, ...]) -> None:
    """The question may stand some messages back, or be put as a fact or a request."""
    assert codes(assent, *lines) == {DISPATCH}


def test_question_keeps_its_own_words() -> None:
    """A question is not lost in a later message of the turn that completes a signal of the same topic."""
    for last in ("b:那就是包邮咯", "b:?"):
        (question, *_) = after("b:后天能发货吗", last).agenda.open
        assert question == after("b:后天能发货吗").agenda.open[0]


def test_date_of_the_question_is_the_promises() -> None:
    """What the buyer asked gives a bare yes its content, and so its due time."""
    lines = ("b:周六前能发货吗", "a:您好", "b:在不在")
    state = after(*lines, "a:没问题的亲", shop={"dispatch_hours": 24})
    (row,) = state.ledger
    assert row.commitment.said == row.commitment.question == "周六前能发货吗"
    assert row.due_at is not None
    assert row.due_at.isoformat() == "2026-03-07T23:59:59+08:00"
    assert row.judgement.can_keep == "yes"


def test_only_this_turns_questions_are_meant() -> None:
    """Where the buyer asks something new, a yes answers that; what was asked before stays open for plain words."""
    lines = ("b:后天能发货吗", "a:您好", "b:有发票吗")
    assert open_topics(*lines) == ["invoice"]
    assert codes("可以的", *lines) == {INVOICE}
    assert [question.topic for question in after(*lines).agenda.open] == ["dispatch_time", "invoice"]


@pytest.mark.parametrize("answer", ["后天能发货的", "后天发不了哦", "可以的", "不行的", "尽量后天发货,以页面为准"])
def test_answered_question_closes(answer: str) -> None:
    """A question is closed by a yes, a no or a careful word on its topic, once the buyer turns to something else."""
    assert open_topics("b:后天能发货吗", f"a:{answer}", "b:我看看这个杯子放茶几上的效果图") == []


@pytest.mark.parametrize("answer", ["您好", "这款是新款", "您是要后天发货吗", "您说的后天发货我记一下", "请问寄到哪里"])
def test_question_that_was_not_answered_stays_open(answer: str) -> None:
    """Greetings, other talk, questions back and the buyer's own words answer nothing."""
    assert open_topics("b:后天能发货吗", f"a:{answer}", "b:?") == ["dispatch_time"]


def test_nudge_reopens_what_was_answered() -> None:
    """A mere ? after an answer asks for the last questions again; so does asking them again."""
    lines = ("b:后天能发货吗", "a:可以的")
    assert open_topics(*lines, "b:?") == ["dispatch_time"]
    assert open_topics(*lines, "b:那后天能发货吗") == ["dispatch_time"]
    assert open_topics(*lines, "b:好的谢谢") == []


def test_question_waits_for_no_answer_any_more() -> None:
    """Once the buyer turns to the goods or takes the answer, a yes answers nothing."""
    asked = ("b:后天能发货吗", "a:您好")
    for line in ("b:我先看看别的颜色再说吧不着急", "b:好的谢谢", "b:这个面料会起球吗洗了会不会缩水"):
        assert codes("可以的", *asked, line) == set(), line


def test_question_asked_again_stands_as_last_asked() -> None:
    """Each topic is open once, in the last words."""
    (question,) = after("b:后天能发货吗", "b:算了明天能发货吗").agenda.open
    assert question.text == "算了明天能发货吗"


def test_part_is_not_asked_beside_its_whole() -> None:
    """The fare is part of free shipping also where it is asked in the next message."""
    assert open_topics("b:包邮吗", "b:运费怎么算") == ["free_shipping"]


@pytest.mark.parametrize(
    ("lines", "answer", "expected"),
    [
        # whose data they are
        (("b:我朋友的号下的单", "b:地址发我核对下"), "好的", {"disclose.delivery_data"}),
        (("b:地址发我核对下",), "好的", set()),
        (("b:我朋友的号下的单", "b:哦不是,我拍的", "b:地址发我核对下"), "好的", set()),
        # where it is paid
        (("b:我直接打款给你行不",), "行", {"procedure.pay_outside"}),
        (("b:我在付款页直接打款行不",), "行", set()),
        # what the buyer means by 微信
        (("b:加个微信聊行不",), "行", {"move.agent_off_platform"}),
        (("b:微信支付加个券行不",), "行", set()),
    ],
)
def test_what_cannot_be_meant(lines: tuple[str, ...], answer: str, expected: set[str]) -> None:
    """One's own data are no disclosure, the checkout is no payment outside it, and paying there is no way to talk."""
    assert codes(answer, *lines) == expected


def test_barred_topics_are_told() -> None:
    """Data of others are barred until somebody else is spoken of; what is one's own bars for its turn only."""
    assert "personal_data" in after("b:在吗").agenda.barred
    assert "personal_data" not in after("b:我朋友的号下的").agenda.barred
    mine = ("b:我朋友的号下的", "b:这单是我拍的")
    assert "personal_data" in after(*mine).agenda.barred
    assert "personal_data" not in after(*mine, "a:您好", "b:地址发我").agenda.barred


def test_question_over_two_lines(scorer: Scorer) -> None:
    """One question that is split over two lines is heard as one, by the reader."""
    lines = ("b:那个单子", "b:能开给我们单位报账不")
    assert open_topics(*lines, reader=scorer.model.reader) == ["invoice"]


@given(talk=talks())
def test_meant_is_among_the_open(talk: dict[str, object]) -> None:
    """At any moment of any talk each topic is open once, none of them barred when it was asked, none unknown."""
    for state in walk(parse_conversation(talk)):
        names = [question.topic for question in state.agenda.open]
        assert len(set(names)) == len(names)
        assert set(names) <= set(load_topics())
        assert all(isinstance(question, OpenQuestion) for question in state.agenda.meant)
        context = state.agenda.context()
        assert (list(context.open), list(context.meant)) == (state.agenda.open, state.agenda.meant)


@given(talk=chats(), draft=st.sampled_from([*ASSENTS, "不行的", "后天一定发货"]))
def test_reading_a_draft_changes_nothing(talk: dict[str, object], draft: str) -> None:
    """A draft may be read any number of times; only what is sent is on the agenda."""
    (*_, state) = walk(parse_conversation(talk))
    before = (list(state.agenda.open), list(state.agenda.meant))
    first = state.read_reply(draft)[2]
    assert state.read_reply(draft)[2] == first
    assert (state.agenda.open, state.agenda.meant) == before
