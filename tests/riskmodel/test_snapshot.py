"""A state written down and read back."""

from __future__ import annotations

import json
import zlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, dialogue, sample, talks

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState


def answer(scorer: Scorer, state: ConversationState) -> object:
    return scorer.assess_state(state, "c1")


@given(talk=talks(), share=st.floats(0, 1))
def test_a_talk_goes_on_as_if_it_had_never_stopped(scorer: Scorer, talk: Talk, share: float) -> None:
    """Frozen anywhere, a state gives the same answers then and after every further message."""
    conversation = parse_conversation(talk)
    state = scorer.begin(conversation)
    cut = int(share * len(conversation.messages))
    for message in conversation.messages[:cut]:
        state.add_message(message)
    again = scorer.thaw(scorer.freeze(state))
    assert answer(scorer, again) == answer(scorer, state)
    for message in conversation.messages[cut:]:
        state.add_message(message)
        again.add_message(message)
        assert answer(scorer, again) == answer(scorer, state)
    assert scorer.freeze(again) == scorer.freeze(state)


def test_a_state_takes_a_few_kilobytes(scorer: Scorer) -> None:
    """The states of ordinary talks are small, the longest too."""
    sizes = []
    for chat in sample():
        state = scorer.begin(parse_conversation(chat.conversation))
        for message in parse_conversation(chat.conversation).messages:
            state.add_message(message)
        sizes.append(len(scorer.freeze(state)))
    assert sorted(sizes)[len(sizes) // 2] < 4096
    assert max(sizes) < 16384


def test_orders_to_come_are_kept(scorer: Scorer) -> None:
    """An order that is placed later than the talk has come counts when its time has come."""
    talk = dialogue("b:今天能发吗", "a:能发的", "b:好")
    talk["orders"] = [{"order_id": "1", "placed_at": talk["messages"][-1]["sent_at"], "amount": "9.90"}]
    conversation = parse_conversation(talk)
    state = scorer.begin(conversation)
    state.add_message(conversation.messages[0])
    again = scorer.thaw(scorer.freeze(state))
    assert again.orders == []
    for message in conversation.messages[1:]:
        again.add_message(message)
    assert [order.order_id for order in again.orders] == ["1"]


def test_what_is_read_back_has_the_same_types(scorer: Scorer) -> None:
    """Counters count from zero and sets are sets, as before."""
    state = scorer.begin(parse_conversation(dialogue("b:能开发票吗", "a:可以的")))
    again = scorer.thaw(scorer.freeze(state))
    assert isinstance(again.counts, Counter)
    assert isinstance(again.topics_answered_with_care, set)


@given(data=st.binary(max_size=200))
def test_what_is_no_snapshot_is_refused(scorer: Scorer, data: bytes) -> None:
    """Arbitrary bytes are refused with what to do."""
    with pytest.raises(InputError, match="feed the talk anew"):
        scorer.thaw(data)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": "0" * 64}, "another model"),
        ({"format": 99}, "damaged or of another version"),
        ({"state": {}}, "damaged or of another version"),
        ({"state": {"os": {"system": ["ls"]}}}, "damaged or of another version"),
    ],
)
def test_another_model_or_version_is_refused(scorer: Scorer, change: dict[str, object], says: str) -> None:
    """A snapshot of another model, form or content is refused, not guessed at."""
    frozen = json.loads(zlib.decompress(scorer.freeze(scorer.begin(parse_conversation(dialogue("b:在吗"))))))
    with pytest.raises(InputError, match=says):
        scorer.thaw(zlib.compress(json.dumps(frozen | change).encode()))


def test_a_bomb_is_refused(scorer: Scorer) -> None:
    """A snapshot that unpacks to more than any talk is refused before it fills the memory."""
    with pytest.raises(InputError, match="feed the talk anew"):
        scorer.thaw(zlib.compress(b"0" * (65 << 20)))
