"""The wordings of `wordings.toml`: labels, claims and what is missing, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["LANGUAGES", "label", "missing_codes", "wording"]

LANGUAGES = ("zh", "en")


@cache
def _wordings() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files("service.evidence").joinpath("wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def label(kind: str, value: str) -> str:
    """Return the two-language label of one of the contract's words; an unknown word stands for itself."""
    return _wordings()["label"][kind].get(value, value)


def wording(kind: str, code: str, language: str, **values: Any) -> str:
    """Return one sentence of the ``claim`` or ``missing`` table with its values filled in."""
    return _wordings()[kind][code][language].format(**values)


def missing_codes() -> list[str]:
    """Return the codes of what can be missing, in the order in which they are shown."""
    return list(_wordings()["missing"])
