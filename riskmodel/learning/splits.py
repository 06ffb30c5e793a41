"""Which talks belong together, so that no split parts them: near duplicates, and the talks of one buyer.

A talk whose like was trained on measures memory. Buyers copy their own words, and some copy those of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.synthesis import LabelledChat
from riskmodel.synthesis.duplicates import near_duplicates

__all__ = ["grouped", "groups_of"]


def groups_of(chats: Sequence[LabelledChat]) -> NDArray[np.int_]:
    """The group of each talk, shape (n,): the position of the first talk of its group.

    Talks are of one group where they have a pair in common, or a shop's own talk has a buyer in common with another or
    nearly repeats it; also by way of a third. Invented talks that are no shop's stay in their pairs.
    """
    parent = list(range(len(chats)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(first: int, second: int) -> None:
        one, other = sorted((root(first), root(second)))
        parent[other] = one

    seen: dict[tuple[str, str], int] = {}
    for place, chat in enumerate(chats):
        join(place, seen.setdefault(("pair", chat.pair), place))
        buyer = (chat.conversation.get("buyer") or {}).get("buyer_id")
        if chat.private and buyer:
            join(place, seen.setdefault(("buyer", buyer), place))
    own = np.array([place for place, chat in enumerate(chats) if chat.private], dtype=np.int_)
    for first, second in near_duplicates(chats, own):
        join(first, second)
    return np.array([root(place) for place in range(len(chats))], dtype=np.int_)


def grouped(chats: Sequence[LabelledChat]) -> list[LabelledChat]:
    """The talks, each with its group's name for its `pair`, by which all splits are made."""
    groups = groups_of(chats)
    return [replace(chat, pair=chats[group].pair) for chat, group in zip(chats, groups.tolist(), strict=True)]
