"""A scorer that needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from riskmodel.conversation import Conversation

RISKY = "我就投诉"


class FakeScorer:
    """Answers in the shape of the contract: `RISKY` in a buyer's text is risky, 可以 in a draft is flagged."""

    info: ClassVar = {"name": "fake", "version": "1", "sha256": "0" * 64}
    prevalence: ClassVar = None

    def assess(self, conversation: Conversation) -> dict[str, Any]:
        risky = [message for message in conversation.messages if message.sender == "buyer" and RISKY in message.text]
        last = conversation.messages[-1].message_id if conversation.messages else None
        reasons = [
            {
                "code": "demand.complaint",
                "contribution": 2.5,
                "message_id": message.message_id,
                "span": [message.text.index(RISKY), message.text.index(RISKY) + len(RISKY)],
                "text_zh": "提到投诉",
                "text_en": "speaks of a complaint",
            }
            for message in risky
        ]
        return {
            "conversation_id": conversation.conversation_id,
            "as_of_message_id": last,
            "risk": 0.9 if risky else 0.1,
            "band": "critical" if risky else "low",
            "action": "escalate" if risky else "proceed",
            "patterns": [],
            "reasons": reasons,
            "promises": [],
            "model": self.info,
            "abstained": not conversation.messages,
        }

    def trajectory(self, conversation: Conversation) -> Iterator[dict[str, Any]]:
        for count in range(1, len(conversation.messages) + 1):
            yield self.assess(conversation.model_copy(update={"messages": conversation.messages[:count]}))

    def check_reply(self, conversation: Conversation, draft: str) -> dict[str, Any]:
        at = draft.find("可以")
        finding = {
            "polarity": "over_promise",
            "topic": "dispatch_time",
            "span": [at, at + 2],
            "text_zh": "今天已经截单",
            "text_en": "today's cutoff has passed",
        }
        return {
            "conversation_id": conversation.conversation_id,
            "verdict": "send" if at < 0 else "revise",
            "findings": [] if at < 0 else [finding],
            "promises": [],
            "suggestions": [] if at < 0 else [{"text_zh": "以订单页显示的时间为准"}],
            "risk": 0.1,
            "band": "low",
            "model": self.info,
        }
