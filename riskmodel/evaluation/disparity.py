"""How much oftener one group of talks is alarmed than the others, with an interval that knows which talks are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskmodel.evaluation.metrics import share
from riskmodel.evaluation.talks import ACTIONS, Measured
from riskmodel.intervals import RESAMPLES, Figure, figure
from riskmodel.model.bands import Action
from riskmodel.synthesis import LabelledChat

__all__ = ["LIMITS", "Disparity", "disparities", "with_traits"]

LIMITS = (0.8, 1.25)
"""A ratio within these is customarily taken for parity: the four-fifths rule (US 29 CFR 1607.4 D) and its inverse."""

Flags: TypeAlias = NDArray[np.bool_]
_YOUNG_ACCOUNT = 180  # days


@dataclass(frozen=True)
class Disparity:
    """A group beside all others of its kind: the share that was alarmed, as a ratio and as a difference.

    `ratio` has no value where nobody of the others was alarmed, and no interval where most resamples are so, or where
    nobody of the group was.
    """

    by: str
    group: str
    n: int
    ratio: Figure
    difference: Figure


def disparities(
    measured: Sequence[Measured],
    advice: Action = "clarify",
    *,
    abusive: bool = False,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Disparity]:
    """Compare each group with the rest of those of whom the same thing is known.

    Parameters
    ----------
    measured
        Talks of any label.
    advice
        What counts as an alarm, or a stronger one.
    abusive
        Whether abusive talks are compared, so that a ratio below 1 says that less is found; else talks without abuse,
        and a ratio above 1 says that more of them are disturbed.
    seed, resamples
        Of the bootstrap, over clusters.
    """
    talks = [talk for talk in measured if (talk.label == "abusive") == abusive]
    rows = []
    for by in sorted({by for talk in talks for by in talk.groups}):
        known = [talk for talk in talks if by in talk.groups]
        alarmed = np.array([talk.highest_action >= ACTIONS.index(advice) for talk in known])
        clusters = np.array([talk.cluster for talk in known])
        names = np.array([talk.groups[by] for talk in known])
        for group in np.unique(names).tolist():
            member = names == group
            ratio, difference = (
                figure(partial(compared, member, alarmed), clusters, seed=seed, resamples=resamples)
                for compared in (_ratio, _difference)
            )
            if ratio.value == 0:  # it is 0 in all resamples, too, and that says nothing of how sure it is
                ratio = replace(ratio, low=None, high=None)
            rows.append(Disparity(by, group, int(member.sum()), ratio, difference))
    return rows


def _shares(member: Flags, alarmed: Flags, at: NDArray[np.int_]) -> tuple[float, float]:
    """The share that was alarmed, of the members and of the others; NaN of none."""
    return share(alarmed[at][member[at]]), share(alarmed[at][~member[at]])


def _ratio(member: Flags, alarmed: Flags, at: NDArray[np.int_]) -> float:
    inside, outside = _shares(member, alarmed, at)
    return inside / outside if outside else float("nan")


def _difference(member: Flags, alarmed: Flags, at: NDArray[np.int_]) -> float:
    inside, outside = _shares(member, alarmed, at)
    return inside - outside


def with_traits(measured: Sequence[Measured], chats: Sequence[LabelledChat]) -> list[Measured]:
    """The measured talks with more in common: how old the account is, and in which ways their buyers type.

    Parameters
    ----------
    measured, chats
        The same talks in the same order.
    """
    return [replace(talk, groups={**talk.groups, **_traits(chat)}) for talk, chat in zip(measured, chats, strict=True)]


def _traits(chat: LabelledChat) -> dict[str, str]:
    age = (chat.conversation.get("buyer") or {}).get("account_age_days")
    found = {} if age is None else {"account": "under half a year" if age < _YOUNG_ACCOUNT else "older"}
    if not chat.written:  # whoever writes a chat whole types in a way of their own
        found["script"] = "traditional" if "traditional" in chat.styles else "simplified"
        found["typing"] = "voice" if "voice" in chat.styles else "keyboard"
        found["spelling"] = "evasive" if "evasive" in chat.styles else "plain"
    return found
