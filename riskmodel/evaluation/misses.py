"""Errors to look at: which talks were judged worst, and which talks that the model learned from they resemble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from riskmodel.evaluation.labelled import Labelled
from riskmodel.evaluation.talks import ACTIONS, Measured
from riskmodel.model.bands import Action
from riskmodel.synthesis import LabelledChat
from riskmodel.text import normalize

__all__ = ["Neighbour", "alarms", "as_chats", "misses", "neighbours", "said"]


class Neighbour(NamedTuple):
    """A known talk by its position, and its likeness to the asked one: cosine of character pairs, 0 to 1."""

    position: int
    likeness: float


def misses(measured: Sequence[Measured], advice: Action = "hold") -> list[int]:
    """Positions of the abusive talks in which this advice or a stronger one never came, lowest highest risk first."""
    found = [
        place
        for place, talk in enumerate(measured)
        if talk.label == "abusive" and talk.highest_action < ACTIONS.index(advice)
    ]
    return sorted(found, key=lambda place: (measured[place].peak, place))


def alarms(measured: Sequence[Measured], advice: Action = "hold") -> list[int]:
    """Positions of talks without abuse in which this advice or a stronger one came, highest risk first."""
    found = [
        place
        for place, talk in enumerate(measured)
        if talk.label != "abusive" and talk.highest_action >= ACTIONS.index(advice)
    ]
    return sorted(found, key=lambda place: (-measured[place].peak, place))


def as_chats(talks: Sequence[Labelled]) -> list[LabelledChat]:
    """Labelled talks of a file, to be looked at like written ones; each is a family and a pair of its own."""
    return [
        LabelledChat(
            conversation=talk.conversation.model_dump(mode="json", exclude_none=True),
            label=talk.row.label,
            patterns=tuple(talk.row.patterns),
            family=talk.row.conversation_id,
            pair=talk.row.conversation_id,
            first_commitment_message_id=talk.row.first_commitment_message_id,
            earliest_message_id=talk.row.earliest_message_id,
            acts=("",) * len(talk.conversation.messages),
            styles=(),
        )
        for talk in talks
    ]


def said(conversation: dict[str, Any], sender: str = "buyer") -> str:
    """What one side of a talk says, folded, a line for each message."""
    return "\n".join(
        normalize(message["text"]).text for message in conversation["messages"] if message["sender"] == sender
    )


def neighbours(
    asked: Sequence[str],
    known: Sequence[str],
    *,
    count: int = 3,
    apart: tuple[NDArray[Any], NDArray[Any]] | None = None,
) -> list[list[Neighbour]]:
    """For each asked text the known ones that are most alike, the nearest first.

    A miss whose nearest neighbours are far is of a kind that was not there to be learned; one with near neighbours of
    another label looks like what is innocent.

    Parameters
    ----------
    asked, known
        Texts, see `said`.
    count
        How many neighbours; fewer where fewer are known.
    apart
        The group of each asked and of each known text, shapes (a,) and (k,): none is a neighbour of its own group.
    """
    if not asked or not known:
        return [[] for _ in asked]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)
    table = vectors.fit_transform(known)
    likeness = (vectors.transform(asked) @ table.T).toarray()
    if apart is not None:
        likeness[apart[0][:, None] == apart[1][None, :]] = -1.0
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    return [
        [Neighbour(int(place), float(row[place])) for place in places if row[place] >= 0]
        for row, places in zip(likeness, nearest, strict=True)
    ]
