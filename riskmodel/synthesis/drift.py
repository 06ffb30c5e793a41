"""Drift in wording: the same talk as people would type it some months on, with words that have come into use since.

The words are data in ``drift.yaml``. They are taken up without a look at the label, by a talk as a whole: who says a
word one way goes on saying it so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from riskmodel.synthesis.scribe import LabelledChat
from riskmodel.yaml_files import read_yaml

__all__ = ["Drift", "Word", "drifted", "load_drift", "reworded"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Word(_Strict):
    """A word, what it `becomes` from month `since` on, and an example with what it is then and what stays as it is."""

    word: str
    becomes: Annotated[tuple[str, ...], Field(min_length=1)]
    since: Annotated[int, Field(ge=2)]
    example: str
    heard: str
    never: Annotated[str, Field(alias="not")]


class Drift(_Strict):
    """What ``drift.yaml`` holds."""

    most: Annotated[float, Field(gt=0, le=1)]
    months: Annotated[int, Field(ge=1)]
    words: tuple[Word, ...]

    def share(self, word: Word, month: int) -> float:
        """The share of talks that have taken up a word's new wordings by a month, counted from 1."""
        return self.most * min(max(month - word.since + 1, 0) / self.months, 1.0)


@cache
def load_drift() -> Drift:
    """The project's words."""
    return Drift.model_validate(read_yaml("riskmodel.synthesis", "drift.yaml"))


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted((each.word for each in load_drift().words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def reworded(text: str, wordings: dict[str, str]) -> str:
    """A text with some words said otherwise; of words that overlap, the longest.

    >>> reworded("不给红包就差评", {"差评": "一星"})
    '不给红包就一星'
    """
    return _pattern().sub(lambda match: wordings.get(match[0], match[0]), text)


def drifted(chat: LabelledChat, month: int) -> LabelledChat:
    """The talk as it would be typed in a month, counted from 1, in which no word is new yet.

    What of a talk is said otherwise in a month, still is in all later ones.
    """
    rng = Random(f"drift:{chat.conversation['conversation_id']}")  # noqa: S311  # invents chats, guards nothing
    drift, wordings = load_drift(), {}
    for word in drift.words:
        late, wording = rng.random(), rng.choice(word.becomes)
        if late < drift.share(word, month):
            wordings[word.word] = wording
    messages = [
        message if message["sender"] == "system" else {**message, "text": reworded(message["text"], wordings)}
        for message in chat.conversation["messages"]
    ]
    return replace(chat, conversation={**chat.conversation, "messages": messages})
