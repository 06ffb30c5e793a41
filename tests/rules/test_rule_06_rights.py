"""Rule 6: quoting a right is not a threat."""

from __future__ import annotations

from math import fsum

from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, chats, dialogue, saying

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer

BANDS = ("low", "watch", "high", "critical")
RIGHTS = (
    "七天无理由可以的吧",
    "你们支持七天无理由退货",
    "按规定是退一赔三",
    "法律上写的退一赔三",
    "食品不是退一赔十么",
    "我知道12315",
    "12315的电话我有",
    "那我去12315问问",
    "消费者权益保护法我看过",
    "7天无理由是平台规定",
    "申请平台介入吧",
    "退一赔三，七天无理由，12315",
)


def band(scorer: Scorer, talk: Talk) -> int:
    return BANDS.index(scorer.assess(parse_conversation(talk))["band"])


@given(talk=chats("benign", "legit_complaint"), rights=st.lists(st.sampled_from(RIGHTS), min_size=1, max_size=3))
def test_quoting_a_right_crosses_no_band(scorer: Scorer, talk: Talk, rights: list[str]) -> None:
    """However many rights an ordinary buyer names at the end of a talk, the band is no higher than before."""
    before = band(scorer, talk)
    for right in rights:
        talk = saying(talk, right)
        assert band(scorer, talk) <= before, right


@given(talk=chats("benign", "legit_complaint"), right=st.sampled_from(RIGHTS), place=st.floats(0, 1, exclude_max=True))
def test_quoting_a_right_anywhere_crosses_no_band(scorer: Scorer, talk: Talk, right: str, place: float) -> None:
    """Said in the middle of an ordinary talk, a right lifts no band that comes after it."""
    index = int(place * len(talk["messages"]))
    before = talk["messages"][index]
    quoted = {"message_id": "quoted", "sender": "buyer", "sent_at": before["sent_at"], "text": right}
    messages = [*talk["messages"][:index], quoted, *talk["messages"][index:]]
    assert band(scorer, {**talk, "messages": messages}) <= band(scorer, talk)


def said_by_wording(scorer: Scorer, talk: Talk) -> float:
    reasons = scorer.assess(parse_conversation(talk))["reasons"]
    return fsum(reason["contribution"] for reason in reasons if reason["code"] == "words.raised")


TONES = ("{}", "你们等着，{}", "我跟你说，{}，不信你试试", "到时候别怪我，{}", "别跟我说那些，{}", "就问你一句，{}")


@given(talk=chats("benign", "legit_complaint"), tone=st.sampled_from(TONES), right=st.sampled_from(RIGHTS))
def test_tone_of_a_right_is_not_held_against_it(scorer: Scorer, talk: Talk, tone: str, right: str) -> None:
    """However sharply a right is quoted, the text channel adds nothing for that message."""
    before = said_by_wording(scorer, talk)
    assert said_by_wording(scorer, saying(talk, tone.format(right))) <= before + 1e-9


def test_rights_alone_stay_low(scorer: Scorer) -> None:
    """A buyer who does nothing but quote rights is at the lowest band."""
    for right in RIGHTS:
        assert band(scorer, dialogue(f"b:{right}")) == 0, right
    assert band(scorer, dialogue(*(f"b:{right}" for right in RIGHTS))) == 0
