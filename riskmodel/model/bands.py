"""Bands and actions: what a risk means for the agent. A decision policy, kept apart from the model."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["ACTIONS", "Action", "Band", "Thresholds"]

Band = Literal["low", "watch", "high", "critical"]
Action = Literal["proceed", "clarify", "hold", "escalate"]

ACTIONS: dict[Band, Action] = {"low": "proceed", "watch": "clarify", "high": "hold", "critical": "escalate"}


class Thresholds(NamedTuple):
    """The lowest risk of each band above low; risks are calibrated probabilities at the reference prevalence."""

    watch: float
    high: float
    critical: float

    def band(self, risk: float) -> Band:
        """The band that a risk falls in.

        Examples
        --------
        >>> Thresholds(0.2, 0.5, 0.8).band(0.5)
        'high'
        """
        if risk >= self.critical:
            return "critical"
        if risk >= self.high:
            return "high"
        return "watch" if risk >= self.watch else "low"
