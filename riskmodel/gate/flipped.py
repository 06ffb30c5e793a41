"""Labels turned round on purpose, to see that the gate notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from riskmodel.synthesis import LabelledChat

__all__ = ["flip_labels"]


def flip_labels(chats: Sequence[LabelledChat], share: float, seed: int) -> list[LabelledChat]:
    """The same chats, a share of them (0 to 1), picked at random, with the opposite label."""
    rng = Random(seed)  # noqa: S311  # picks chats, guards nothing
    picked = set(rng.sample(range(len(chats)), round(share * len(chats))))
    return [_turned(chat) if index in picked else chat for index, chat in enumerate(chats)]


def _turned(chat: LabelledChat) -> LabelledChat:
    if chat.label == "abusive":
        return replace(chat, label="benign", patterns=())
    return replace(chat, label="abusive", patterns=("promise_bait",))
