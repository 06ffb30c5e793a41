"""Text cut to a platform's limit: at the end of a sentence, else between graphemes, and never unmarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.evidence.graphemes import CUT, graphemes
from service.evidence.profiles.schema import Unit, text_size

__all__ = ["MARKERS", "Trimmed", "trim"]

MARKERS = {"zh": "（因限长，下略）", "en": "(Cut to fit the limit.)"}


class Trimmed(NamedTuple):
    """A text that fits, and whether anything was left out."""

    text: str
    is_cut: bool


def trim(sentences: Sequence[str], most: int | None, unit: Unit, marker: str) -> Trimmed:
    r"""Join sentences by newlines, as many as fit with the marker that says that there were more.

    Parameters
    ----------
    most
        How long the text may be, in `unit`; None where nothing limits it.

    Examples
    --------
    >>> trim(["甲。", "乙乙乙。", "丙。"], 7, "characters", "（略）")
    Trimmed(text='甲。\n（略）', is_cut=True)
    """
    whole = "\n".join(sentences)
    if most is None or text_size(whole, unit) <= most:
        return Trimmed(whole, is_cut=False)
    room = most - text_size(marker, unit)
    kept: list[str] = []
    for sentence in sentences:
        room -= text_size(sentence, unit) + 1
        if room < 0:
            break
        kept.append(sentence)
    if kept:
        return Trimmed("\n".join([*kept, marker]), is_cut=True)
    return Trimmed(_cut(sentences[0], most, unit, marker), is_cut=True)


def _cut(sentence: str, most: int, unit: Unit, marker: str) -> str:
    """Not even the first sentence fits: as much of it as does, and of the markers the longer one that fits."""
    ending = next((mark for mark in (CUT + "\n" + marker, CUT) if text_size(mark, unit) <= most), "")
    room = most - text_size(ending, unit)
    shown = []
    for part in graphemes(sentence):
        room -= text_size(part, unit)
        if room < 0:
            break
        shown.append(part)
    return "".join(shown) + ending
