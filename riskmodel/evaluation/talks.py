"""A measured talk: what is known of it, and what the model said after each of its messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from riskmodel.model.bands import Action

__all__ = ["ACTIONS", "LABELS", "Measured"]

LABELS = ("abusive", "benign", "legit_complaint")
ACTIONS: tuple[Action, ...] = get_args(Action)  # from proceed up


@dataclass(frozen=True, eq=False)
class Measured:
    """One talk with k messages.

    Attributes
    ----------
    label, patterns
        As labelled.
    cluster
        What it was written together with.
    risks
        Shape (k,), k ≥ 1: the risk after each message.
    actions
        Shape (k,): the advice after each message, as positions in `ACTIONS`.
    commitment
        Position of the agent's first harmful commitment among the messages, None where there is none.
    family
        Its scenario family, None where it was written by hand.
    twin
        Position, among the measured talks, of the ordinary talk that opens like this one.
    earliest
        Position of the buyer's message at which an experienced agent would slow down, None where nobody would.
    stopped
        Whether the reply check would have stopped the first commitment as it was about to be sent; None where there is
        none, or where replies were not checked.
    groups
        What the talk has in common with others whatever its label: platform, region, payment.
    """

    label: str
    patterns: tuple[str, ...]
    cluster: str
    risks: NDArray[np.float64]
    actions: NDArray[np.int_]
    commitment: int | None = None
    family: str | None = None
    twin: int | None = None
    earliest: int | None = None
    stopped: bool | None = None
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def peak(self) -> float:
        """The highest risk that the talk ever reached."""
        return float(self.risks.max())

    @property
    def highest_action(self) -> int:
        """The strongest advice that was ever given, as a position in `ACTIONS`."""
        return int(self.actions.max())

    def lead(self, action: Action) -> int | None:
        """How many messages before the first commitment this advice or a stronger one was first given.

        None where it was not given before, or where nothing was committed.
        """
        if self.commitment is None:
            return None
        given = np.flatnonzero(self.actions[: self.commitment] >= ACTIONS.index(action))
        return self.commitment - int(given[0]) if len(given) else None
