"""The wordings of `wordings.toml`: labels, claims and what is missing, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["LANGUAGES", "label", "label_in", "missing_codes", "wording", "wordings"]

LANGUAGES = ("zh", "en")


@cache
def _wordings() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files("service.evidence").joinpath("wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def label(kind: str, value: str) -> str:
    """Return the two-language label of one of the contract's words; an unknown word stands for itself."""
    return _wordings()["label"][kind].get(value, value)


def label_in(kind: str, value: str, language: str) -> str:
    """Return one half of a label: the first space parts Chinese and English; an unknown word is itself."""
    found = _wordings()["label"][kind].get(value)
    if found is None:
        return value
    zh, _, en = found.partition(" ")
    return zh if language == "zh" else en


def wording(kind: str, code: str, language: str, /, **values: Any) -> str:
    """Return one sentence of a table such as ``claim`` or ``missing`` with its values filled in."""
    return _wordings()[kind][code][language].format(**values)


def wordings(kind: str) -> dict[str, dict[str, str]]:
    """Return a whole table of fixed wordings by code, each in both languages."""
    table: Any = _wordings()[kind]
    return dict(table)


def missing_codes() -> list[str]:
    """Return the codes of what can be missing, in the order in which they are shown."""
    return list(_wordings()["missing"])
