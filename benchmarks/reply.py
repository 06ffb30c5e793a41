"""The check of a draft reply after thirteen messages, with and without reading the chat again."""

from __future__ import annotations

from functools import partial

from benchmarks.chats import LENGTH, chats
from benchmarks.timing import show, time_in_turns
from riskmodel.conversation import Conversation, parse_conversation
from riskmodel.reply import check_draft
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState

DRAFTS = (
    "可以的亲，今天一定给您发出去",
    "发货时间以订单页显示的为准，出库后单号会更新在订单里",
    "开票的话要另外补几个点哦",
)
WHOLE = "from parsed JSON: read the chat, check the draft"


def run(scorer: Scorer) -> None:
    """Measure and print."""
    measured = chats()

    def wholly(chat: dict[str, object], draft: str) -> object:
        return scorer.check_reply(parse_conversation(chat), draft)

    def state_of(conversation: Conversation) -> ConversationState:
        state = scorer.begin(conversation)
        for message in conversation.messages:
            state.add_message(message)
        return state

    pairs = [(chat, DRAFTS[index % len(DRAFTS)]) for index, chat in enumerate(measured)]
    timings = time_in_turns(
        {
            WHOLE: [partial(wholly, chat, draft) for chat, draft in pairs],
            "chat already read: check the draft": [
                partial(check_draft, state_of(parse_conversation(chat)), draft) for chat, draft in pairs
            ],
        }
    )
    show(f"Reply check in a chat of {LENGTH} messages ({len(measured)} generated chats)", timings, WHOLE)
