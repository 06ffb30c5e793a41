"""Models that differ from a trained one, made without training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from riskmodel.model import CompiledModel, load_model, save_model

DETAILS = ("name", "version", "seed", "talks", "figures", "reference_prevalence", "data_sha256", "frozen_sha256")


def variant(source: Path, folder: Path, change: Callable[[CompiledModel], None] | float = 0.25, **details: str) -> str:
    """Another model in a folder: by default the first coefficient is raised; gives the digest."""
    model, manifest = load_model(source)
    if callable(change):
        change(model)
    else:
        model.arrays["coefficients"][0] += change
    return save_model(model, folder, {name: manifest[name] for name in DETAILS if name in manifest} | details)
