"""What a message of the shop answers: the buyer's turn as the reader hears it, and the questions that are open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from riskmodel.promises.questions import OpenQuestion
from riskmodel.reader import Heard, LineReader

__all__ = ["Context", "Turn"]


class Turn(NamedTuple):
    """The buyer's last turn: its text, lines parted by commas, and what the reader hears in it and in each line."""

    text: str
    whole: Heard
    lines: Sequence[Heard]


class Context(NamedTuple):
    """What a message of the shop answers: open questions, oldest first, and those that a bare yes or no would answer.

    `barred` are topics that cannot be meant in this talk; `reader`, where there is one, hears what no rule knows, and
    `turn` is what it heard of the buyer.
    """

    open: Sequence[OpenQuestion] = ()
    meant: Sequence[OpenQuestion] = ()
    barred: Collection[str] = ()
    reader: LineReader | None = None
    turn: Turn | None = None

    @property
    def asked(self) -> dict[str, OpenQuestion]:
        """The questions by topic: of two on one topic the one that a bare answer would answer."""
        return {question.topic: question for question in (*self.open, *self.meant)}
