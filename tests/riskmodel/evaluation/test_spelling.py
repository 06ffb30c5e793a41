"""Other spellings: only the buyer's words change, the same way each time, and a measured talk keeps its place."""

from collections.abc import Iterator
from typing import Any

import pytest

from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.evaluation.labelled import Labelled, Row
from riskmodel.evaluation.spelling import SPELLINGS, measure_spellings, respelt


def conversation(*texts: str) -> Conversation:
    """A buyer's lines and a shop's in turns."""
    messages = [
        {
            "message_id": f"m{number}",
            "sender": "agent" if number % 2 else "buyer",
            "sent_at": f"2026-03-04T10:00:{number:02d}+08:00",
            "text": text,
        }
        for number, text in enumerate(texts)
    ]
    return parse_conversation({"conversation_id": "c", "platform": "taobao", "messages": messages})


class Counts:
    """A scorer to which a talk is as risky as its traditional characters are many."""

    def assess(self, conversation: Conversation) -> dict[str, Any]:
        return {"risk": sum(message.text.count("發") for message in conversation.messages) / 10}

    def trajectory(self, conversation: Conversation) -> Iterator[dict[str, Any]]:
        for end in range(1, len(conversation.messages) + 1):
            yield self.assess(conversation.model_copy(update={"messages": conversation.messages[:end]}))

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]:
        raise NotImplementedError


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_only_the_buyers_words_change(spelling: str) -> None:
    """Times, ids and the shop's words stay; a second time gives the same."""
    before = conversation("今天能发货吗,已经付款了,微信上说的123", "今天发货,已经安排")
    after = respelt(before, spelling)
    assert after == respelt(before, spelling)
    pairs = list(zip(before.messages, after.messages, strict=True))
    assert all(
        old == new if old.sender != "buyer" else old == new.model_copy(update={"text": old.text}) for old, new in pairs
    )


def test_traditional_characters_are_typed() -> None:
    """What a buyer in Hong Kong would type."""
    assert respelt(conversation("今天能发货吗"), "traditional").messages[0].text == "今天能發貨嗎"


def test_each_talk_is_scored_in_each_spelling() -> None:
    """One row for each spelling, the talks in their order, the highest risk of each; progress is told."""
    rows = [Row(conversation_id=name, label="benign") for name in ("a", "b")]
    talks = [Labelled(conversation("好的"), rows[0], None), Labelled(conversation("发货 发货"), rows[1], None)]
    told: list[tuple[str, int, int]] = []
    peaks = measure_spellings(talks, Counts(), progress=lambda *step: told.append(step))
    assert set(peaks) == set(SPELLINGS)
    assert peaks["traditional"].tolist() == pytest.approx([0.0, 0.2])
    assert peaks["zero_width"].tolist() == [0.0, 0.0]
    assert told[-1][1:] == (2, 2)
