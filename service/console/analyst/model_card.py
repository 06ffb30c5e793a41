"""The card of the model in use: which one, of what it was made, how well it did on what it had not seen."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from riskmodel.intervals import Figure
from riskmodel.model.bands import Thresholds
from riskmodel.scorer import Scorer

__all__ = ["Card", "card"]

_MEASURED: Final = ("recall_at_hold", "false_alarms_at_hold")


class Card(NamedTuple):
    """What the page says; a figure without bounds where the model's manifest has none."""

    name: str
    version: str
    sha256: str
    talks: int | None
    prevalence: float | None
    thresholds: Thresholds
    measured: dict[str, Figure]


def card(model: Scorer) -> Card:
    """The card of a model, by what its manifest says."""
    figures = model.manifest.get("figures", {})
    return Card(
        model.info["name"],
        model.info["version"],
        model.info["sha256"],
        model.manifest.get("talks"),
        model.prevalence,
        model.model.thresholds,
        {name: _figure(figures, name) for name in _MEASURED if name in figures},
    )


def _figure(figures: dict[str, Any], name: str) -> Figure:
    low, high = figures.get(f"{name}_interval", (None, None))
    return Figure(figures[name], low, high, figures.get(f"{name}_talks", 0))
