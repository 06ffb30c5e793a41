"""One sentence of a letter: words of our own with facts filled in, and the references that it rests on."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from service.evidence.plaintext import one_line

__all__ = ["Sentence", "sentence"]


class Sentence(NamedTuple):
    """A sentence without its full stop, and what it rests on."""

    text: str
    references: tuple[str, ...]
    stop: str

    def __str__(self) -> str:
        return self.text + self.stop + "".join(f"[{reference}]" for reference in self.references)


@cache
def _wordings() -> dict[str, Any]:
    text = resources.files("service.evidence.letter").joinpath("wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sentence(code: str, language: str, references: Sequence[str], **values: object) -> Sentence:
    """Fill a wording; what is filled in becomes one line in which nothing hides.

    Raises
    ------
    ValueError
        There is no reference: such a sentence does not belong into a letter.
    """
    if not references:
        raise ValueError(f"the sentence {code} rests on nothing")
    shown = {name: one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    text = _wordings()[code][language].format(**shown)
    return Sentence(text, tuple(dict.fromkeys(references)), "。" if language == "zh" else ". ")
