"""In what one version differs from another: what it was made of, its bands and figures, what its features count for."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from riskmodel.registry.versions import Version

__all__ = ["Difference", "Weight", "compare"]

_MOST = 15  # features shown


class Weight(NamedTuple):
    """What a unit of a feature adds to the log-odds, in either version."""

    feature: str
    first: float
    second: float


class Difference(NamedTuple):
    """`facts` by name, of both; `weights` of the features that differ most, the largest difference first."""

    first: str
    second: str
    facts: dict[str, tuple[Any, Any]]
    weights: list[Weight]

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "models": [self.first, self.second],
            "facts": {name: list(values) for name, values in self.facts.items()},
            "weights": [weight._asdict() for weight in self.weights],
        }


def compare(first: Version, second: Version) -> Difference:
    """Compare two versions; raises `ModelError` where one cannot be loaded by this program."""
    facts = {name: (own, other) for name, own, other in _rows(_facts(first), _facts(second)) if own != other}
    own, others = first.load().model, second.load().model
    weights = [own.arrays["coefficients"], others.arrays["coefficients"]]
    order = np.argsort(-np.abs(weights[0] - weights[1]), kind="stable")[:_MOST]
    found = [
        Weight(own.features[place], float(weights[0][place]), float(weights[1][place]))
        for place in order.tolist()
        if weights[0][place] != weights[1][place]
    ]
    return Difference(first.name, second.name, facts, found)


def _facts(version: Version) -> dict[str, Any]:
    """The record, flat."""
    flat: dict[str, Any] = {}
    for name, value in version.record.model_dump(mode="json").items():
        if isinstance(value, dict):
            flat.update({f"{name}.{part}": each for part, each in value.items()})
        else:
            flat[name] = value
    return {
        name: value
        for name, value in flat.items()
        if not name.startswith("files") and name not in ("made_at", "sha256")
    }


def _rows(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, first.get(name), second.get(name)) for name in {**first, **second}]
