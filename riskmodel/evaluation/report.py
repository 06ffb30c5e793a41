"""The report: plain data on measured talks, the same for generated chats and for a labelled file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from riskmodel.evaluation.metrics import CurvePoint, Figure, ReliabilityBin
from riskmodel.evaluation.parity import GroupRow
from riskmodel.model.bands import Action

__all__ = ["ADVICE", "NOTE", "BaselineRow", "FamilyRow", "PatternRow", "Report", "SpellingRow"]

NOTE = (
    "All labelled chats and drafts are synthetic or written by hand; "
    "no public labelled set of this abuse exists, and no base rate is known."
)
ADVICE: tuple[Action, ...] = ("clarify", "hold", "escalate")


@dataclass(frozen=True)
class PatternRow:
    """Abusive talks with a pattern: how many, and how many ever reached each advice; a rate only from ten talks up."""

    pattern: str
    n: int
    clarify: int
    hold: int
    rate_clarify: float | None
    rate_hold: float | None


@dataclass(frozen=True)
class FamilyRow:
    """One scenario family: how many talks, and the shares that ever reached `clarify` and `hold` or more."""

    family: str
    label: str
    n: int
    clarify: float
    hold: float


@dataclass(frozen=True)
class BaselineRow:
    """A baseline, or the model for comparison: how well its one number for a talk ranks, and what it finds."""

    name: str
    auc: Figure
    recall: Figure


@dataclass(frozen=True)
class SpellingRow:
    """The same talks in one other spelling: how well their highest risks rank, and what ranking and recall lost."""

    name: str
    auc: Figure
    auc_lost: Figure
    recall_lost: Figure


@dataclass(frozen=True)
class Report:
    """All that was measured; every table of it is to be shown with `split` and `note`.

    Attributes
    ----------
    split
        What was measured on what.
    note
        The limit of every figure.
    interval
        How the intervals were made.
    talks
        How many of each label.
    figures
        By name; shares and areas from 0 to 1. ``lead_messages`` is a number of messages.
    reached
        For each label, and ``not_abusive``, the share of talks that ever reached each advice or a stronger one.
    patterns
        In order of size.
    baselines
        What simpler means reach on the same talks, each seen whole; empty where none were fitted.
    spellings
        What other spellings of the buyers' words cost; empty where none were measured.
    groups
        False alarms by platform, region and payment.
    missed, alarmed
        The worst families: abusive ones found least, others alarmed most. Empty for talks without families.
    reliability
        Risks after every message, classes weighed to `prevalence`.
    prevalence
        The one that risks are stated for.
    curve
        By the highest risk of a talk: what is found at which share of false alarms.
    heights
        For each label the share of its talks whose highest risk is in each tenth from 0 to 1.
    """

    split: str
    note: str
    interval: str
    talks: dict[str, int]
    figures: dict[str, Figure]
    reached: dict[str, dict[str, Figure]]
    patterns: list[PatternRow]
    baselines: list[BaselineRow]
    spellings: list[SpellingRow]
    groups: list[GroupRow]
    missed: list[FamilyRow]
    alarmed: list[FamilyRow]
    reliability: list[ReliabilityBin]
    prevalence: float
    curve: list[CurvePoint]
    heights: dict[str, list[float]]

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON types."""
        return {
            **asdict(self),
            "reliability": [item._asdict() for item in self.reliability],
            "curve": [point._asdict() for point in self.curve],
        }
