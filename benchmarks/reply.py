"""The check of a draft reply after thirteen messages, beside a plain search of the same texts for the same phrases."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from benchmarks.chats import LENGTH, chats
from benchmarks.timing import show, time_in_turns
from riskmodel.conversation import parse_conversation
from riskmodel.reply import check_draft
from riskmodel.scorer import Scorer
from riskmodel.signals import load_catalogue
from riskmodel.state import ConversationState

DRAFTS = (
    "可以的亲，今天一定给您发出去",
    "发货时间以订单页显示的为准，出库后单号会更新在订单里",
    "开票的话要另外补几个点哦",
)
UNSEEN = "from parsed JSON: a talk never seen before, and the draft"
LEXICON = "the lexicon: one pass for all concepts, no verdict either"
AGAIN = "from parsed JSON: the same talk right after, another draft"
READ = "a talk that is held in memory: the draft alone, never read before"

Patterns = dict[str, re.Pattern[str]]


def plain_patterns() -> Patterns:
    """What one would write first: for each concept of the lexicon its phrases, the longest first, in one pattern."""
    return {
        name: re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
        for name, phrases in load_catalogue().lexicon.phrases.items()
    }


def search(patterns: Patterns, texts: list[str]) -> list[dict[str, list[tuple[int, int]]]]:
    """What stands in each text; nothing is folded, judged or scored, and overlapping phrases are missed."""
    return [
        {name: spans for name, pattern in patterns.items() if (spans := [m.span() for m in pattern.finditer(text)])}
        for text in texts
    ]


def run(scorer: Scorer) -> None:
    """Measure and print."""
    pairs = [(chat, DRAFTS[index % len(DRAFTS)]) for index, chat in enumerate(chats())]
    patterns = plain_patterns()
    plainly = f"plain: an `re` alternation for each of {len(patterns)} concepts, no verdict"

    def unseen(chat: dict[str, Any], draft: str) -> object:
        # a scorer of its own remembers nothing
        return Scorer(scorer.model, scorer.info).check_reply(parse_conversation(chat), draft)

    def check(chat: dict[str, Any], draft: str) -> object:
        return scorer.check_reply(parse_conversation(chat), draft)

    def typed(chat: dict[str, Any], draft: str) -> object:
        # all but the last character, as it stands a moment before
        scorer.model.reader.forget()
        return check(chat, draft[:-1])

    held = [_state(scorer, chat) for chat, _ in pairs]

    def forget(state: ConversationState) -> object:
        # neither its words nor what it could be answered with
        state.looked_up = {}
        return scorer.model.reader.forget()

    timings = time_in_turns(
        {
            plainly: [partial(search, patterns, _texts(chat, draft)) for chat, draft in pairs],
            LEXICON: [partial(_read, _texts(chat, draft)) for chat, draft in pairs],
            UNSEEN: [partial(unseen, chat, draft) for chat, draft in pairs],
            AGAIN: [partial(check, chat, draft) for chat, draft in pairs],
            READ: [
                partial(check_draft, state, draft, warned=()) for state, (_, draft) in zip(held, pairs, strict=True)
            ],
        },
        first={
            UNSEEN: [scorer.model.reader.forget] * len(pairs),
            AGAIN: [partial(typed, chat, draft) for chat, draft in pairs],
            READ: [partial(forget, state) for state in held],
        },
    )
    show(f"Reply check in a chat of {LENGTH} messages ({len(pairs)} generated chats)", timings, plainly)


def _texts(chat: dict[str, Any], draft: str) -> list[str]:
    return [*(message["text"] for message in chat["messages"]), draft]


def _read(texts: list[str]) -> object:
    return [load_catalogue().lexicon.read(text) for text in texts]


def _state(scorer: Scorer, chat: dict[str, Any]) -> ConversationState:
    conversation = parse_conversation(chat)
    state = scorer.begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    return state
