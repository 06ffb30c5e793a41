"""Rule 5: a demand for money tied to a review never lowers the risk; a photo of a defect never raises it."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, dialogue, photo, saying, talks

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.signals import Matcher, load_catalogue

ROUNDING = 1e-12

DEMANDS = (
    "转我一百块，那条差评我就删掉",
    "发个两百的红包过来，评价立马给你们改",
    "要么赔我300，要么差评挂着，你们选",
    "给50元我就改好评",
    "不转80块就一直是一星，转了我就删评",
    "想让我撤掉差评就打款150元",
    "免单的话就给你们换成好评，不然中评",
    "差评删除五百块，到账就处理掉",
)


def risk(scorer: Scorer, talk: Talk) -> float:
    found: float = scorer.assess(parse_conversation(talk))["risk"]
    return found


@pytest.mark.parametrize("text", DEMANDS)
def test_the_demands_below_are_read_as_such(text: str) -> None:
    """What the rule is tried with is what it speaks of."""
    catalogue = load_catalogue()
    found = Matcher(catalogue, "buyer").find(catalogue.lexicon.read(text))
    assert "demand.review_for_money" in {item.signal.code for item in found}


@given(talk=talks(), demands=st.lists(st.sampled_from(DEMANDS), min_size=1, max_size=4))
def test_selling_a_review_never_lowers(scorer: Scorer, talk: Talk, demands: list[str]) -> None:
    """After each further message that wants money for a review the risk is at least what it was."""
    before = risk(scorer, talk)
    for demand in demands:
        talk = saying(talk, demand)
        after = risk(scorer, talk)
        assert after >= before - ROUNDING
        before = after


@given(
    talk=talks(),
    demand=st.sampled_from(DEMANDS),
    kind=st.sampled_from(["好的谢谢，", "质量还行，", "发错颜色了，", "照片发你，"]),
)
def test_selling_a_review_kindly_never_lowers(scorer: Scorer, talk: Talk, demand: str, kind: str) -> None:
    """Thanks, a word about the goods or a defect in the same message do not buy the demand off."""
    assert risk(scorer, saying(talk, kind + demand)) >= risk(scorer, talk) - ROUNDING


@pytest.mark.parametrize("before", ["", "嗯", "好的"])
@pytest.mark.parametrize("demand", DEMANDS)
def test_what_came_before_any_words_buys_no_sale_off(scorer: Scorer, before: str, demand: str) -> None:
    """A photo, or a nod of a letter or two, says too little to go on, and takes nothing from a sale that follows."""
    talk = saying(dialogue(), before, attachments=[photo()])
    assert risk(scorer, saying(talk, demand)) >= risk(scorer, talk) - ROUNDING


@given(talk=talks().filter(lambda talk: talk["messages"]), data=st.data())
def test_a_photo_with_a_message_never_raises(scorer: Scorer, talk: Talk, data: st.DataObject) -> None:
    """The same talk with a photo at any of the buyer's messages has at most the risk it had, after every message."""
    pictured = deepcopy(talk)
    message = data.draw(st.sampled_from(pictured["messages"]), label="message")
    message["sender"] = "buyer"
    plain = deepcopy(pictured)
    message["attachments"] = [*message.get("attachments", []), photo()]
    with_photo = scorer.trajectory(parse_conversation(pictured))
    without = scorer.trajectory(parse_conversation(plain))
    for shown, bare in zip(with_photo, without, strict=True):
        assert shown["risk"] <= bare["risk"] + ROUNDING


CAPTIONS = (
    "",
    "你看裂成这样",
    "如图",
    "打开就是这个样子的",
    "你们自己看看发的什么",
    "拍给你了，怎么说",
    "全是这样，你说怎么办吧",
)


@given(talk=talks(), captions=st.lists(st.sampled_from(CAPTIONS), min_size=1, max_size=3))
def test_a_message_with_a_photo_never_raises(scorer: Scorer, talk: Talk, captions: list[str]) -> None:
    """A photo of its own, or with a word on what it shows, leaves the risk where it was or lowers it."""
    before = risk(scorer, talk)
    for caption in captions:
        talk = saying(talk, caption, attachments=[photo()])
    assert risk(scorer, talk) <= before + ROUNDING


def test_both_do_move_the_risk(scorer: Scorer) -> None:
    """A demand raises and a photo lowers, where nothing else speaks: the rule is not kept by deafness."""
    talk = dialogue("b:你们家的杯子收到了", "a:嗯嗯亲")
    asked = saying(talk, DEMANDS[0])
    assert risk(scorer, asked) > risk(scorer, talk)
    assert risk(scorer, saying(asked, "", attachments=[photo()])) < risk(scorer, asked)
