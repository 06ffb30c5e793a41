"""What the tests of promises share: talks in a few lines, and what the shop's next words mean in them."""

from __future__ import annotations

import json
from typing import Any

from strategies import dialogue

from riskmodel.conversation import parse_conversation
from riskmodel.promises import Understanding
from riskmodel.promises.clauses import Clause, clauses
from riskmodel.reader import LineReader
from riskmodel.signals import Reading, load_catalogue
from riskmodel.state import ConversationState, begin


def read(text: str) -> Reading:
    return load_catalogue().lexicon.read(text)


def parts_of(text: str) -> list[Clause]:
    return clauses(read(text))


def after(*lines: str, reader: LineReader | None = None, **more: Any) -> ConversationState:
    """The state after a talk of ``b:…`` and ``a:…`` lines, a minute apart from nine o'clock on."""
    conversation = parse_conversation(json.dumps(dialogue(*lines, **more)))
    state = begin(conversation, reader=reader)
    for message in conversation.messages:
        state.add_message(message)
    return state


def understood(draft: str, *lines: str, reader: LineReader | None = None) -> Understanding:
    """What a draft means as the answer to a talk."""
    return after(*lines, reader=reader).read_reply(draft)[2]


def codes(draft: str, *lines: str, reader: LineReader | None = None) -> set[str]:
    """What a draft commits to as the answer to a talk."""
    return {commitment.code for commitment in understood(draft, *lines, reader=reader).commitments}


def open_topics(*lines: str, reader: LineReader | None = None) -> list[str]:
    """What a bare yes would answer after a talk."""
    return [question.topic for question in after(*lines, reader=reader).agenda.meant]
