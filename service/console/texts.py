"""What the console says, of `texts.toml`, in the language of this request."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from flask import session

__all__ = ["LANGUAGES", "catalogue", "language", "say"]

LANGUAGES: Final = ("zh", "en")
"""The first is spoken where nothing was chosen."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All texts: by name, in each language."""
    text = resources.files("service.console").joinpath("texts.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return {f"{group}.{name}": said for group, texts in tables.items() for name, said in texts.items()}


def language() -> str:
    """The language of this request."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def say(name: str, /, **values: Any) -> str:
    """One text with its values filled in."""
    return catalogue()[name][language()].format(**values)
