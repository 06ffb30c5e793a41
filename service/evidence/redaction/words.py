"""The word lists of `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["HAN", "alternatives", "word"]

HAN = "㐀-鿿"
"""Chinese characters, for character classes of patterns."""


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("service.evidence.redaction").joinpath("words.toml").read_text("utf-8"))


def word(table: str, name: str) -> str:
    """One list as it is written, without line breaks."""
    return " ".join(_words()[table][name].split("\n")).strip()


def alternatives(table: str, name: str) -> str:
    """One list of words as a pattern, the longest first."""
    return "|".join(sorted(word(table, name).split(), key=len, reverse=True))
