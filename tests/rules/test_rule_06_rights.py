"""Rule 6: quoting a right is not a threat."""

from __future__ import annotations

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


def test_rights_alone_stay_low(scorer: Scorer) -> None:
    """A buyer who does nothing but quote rights is at the lowest band."""
    for right in RIGHTS:
        assert band(scorer, dialogue(f"b:{right}")) == 0, right
    assert band(scorer, dialogue(*(f"b:{right}" for right in RIGHTS))) == 0
