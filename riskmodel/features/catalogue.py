"""The catalogue of columns, loaded from data: name, unit, allowed direction, source and reason in both languages."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from riskmodel.patterns import Pattern
from riskmodel.yaml_files import read_yaml

__all__ = ["FEATURES", "FEATURE_VERSION", "Feature"]

# A model is only read with the columns it was fitted on.
FEATURE_VERSION = 2


class Texts(BaseModel):
    """A reason in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class Feature(BaseModel):
    """One column of the model; a column that can be below zero says in `below` what it means there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    unit: str
    direction: Literal[-1, 1]
    reads: str
    patterns: list[Pattern]
    zh: str
    en: str
    below: Texts | None = None


FEATURES: tuple[Feature, ...] = tuple(
    Feature.model_validate(entry) for entry in read_yaml("riskmodel.features", "data/features.yaml")
)
