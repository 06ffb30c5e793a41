"""The same talks as their buyers might have spelt them: what a model loses by it shows how far spelling evades it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from riskmodel.conversation import Conversation, Message
from riskmodel.evaluation.labelled import Labelled, Scores
from riskmodel.synthesis.style import apply_styles

__all__ = ["SPELLINGS", "measure_spellings", "respelt"]

SPELLINGS: tuple[str, ...] = ("traditional", "evasive", "typos", "zero_width", "full_width")
"""Ways of typing of the generator that change no word: script, dodged words, slips, invisible and wide characters."""


def respelt(conversation: Conversation, spelling: str) -> Conversation:
    """The talk with all that its buyer wrote in one spelling; same talk, same result.

    Parameters
    ----------
    conversation
        Any talk.
    spelling
        One of `SPELLINGS`.
    """
    rng = Random(f"{spelling}:{conversation.conversation_id}")  # noqa: S311  # picks spellings, guards nothing
    return conversation.model_copy(
        update={"messages": [_respelt(message, spelling, rng) for message in conversation.messages]}
    )


def _respelt(message: Message, spelling: str, rng: Random) -> Message:
    if message.sender != "buyer":
        return message
    return message.model_copy(update={"text": "".join(apply_styles(message.text, "buyer", frozenset({spelling}), rng))})


def measure_spellings(
    talks: Sequence[Labelled], scorer: Scores, *, progress: Callable[[str, int, int], None] | None = None
) -> dict[str, NDArray[np.float64]]:
    """For each spelling the highest risk that each talk reaches in it, shape (m,)."""
    peaks: dict[str, list[float]] = {spelling: [] for spelling in SPELLINGS}
    for number, talk in enumerate(talks, start=1):
        for spelling, found in peaks.items():
            conversation = respelt(talk.conversation, spelling)
            answers = list(scorer.trajectory(conversation)) or [scorer.assess(conversation)]
            found.append(max(answer["risk"] for answer in answers))
        if progress is not None:
            progress("scoring other spellings", number, len(talks))
    return {spelling: np.array(found) for spelling, found in peaks.items()}
