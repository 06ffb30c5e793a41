"""The fonts of the summary, and which of them draws a character: the Chinese one first, then those of further scripts.

A buyer who writes Uyghur, Kazakh, Thai or Hebrew is read like any other. PyPI has no package with a font for Tibetan,
Mongolian or Yi that this project could require; a character that no font here has is numbered, see `glyphs`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from fontTools.ttLib import TTFont
from noto_cjk_sans_otc import FONT_PATH

__all__ = ["FAMILIES", "FOLDERS", "font_of"]

_FURTHER = Path(str(resources.files("manimgx_fonts")))
# in the order in which they are asked; the second has Latin and Cyrillic letters that the first lacks
_FILES = {
    "Noto Sans CJK SC": Path(str(FONT_PATH)),
    "Noto Sans": _FURTHER / "NotoSans[wght].ttf",
    "Noto Sans Arabic": _FURTHER / "NotoSansArabic[wght].ttf",
    "Noto Sans Hebrew": _FURTHER / "NotoSansHebrew[wght].ttf",
    "Noto Sans Thai": _FURTHER / "NotoSansThai[wght].ttf",
    "Noto Sans Devanagari": _FURTHER / "NotoSansDevanagari[wght].ttf",
}
_FACE = 2  # of the Chinese collection: simplified characters
_KNOWN = 20_000  # characters looked up before

FAMILIES = tuple(_FILES)
FOLDERS = sorted({path.parent for path in _FILES.values()})


@lru_cache(_KNOWN)
def font_of(character: str) -> str | None:
    """Return the family that draws a character, None where no font here has it.

    Examples
    --------
    >>> font_of("字"), font_of("س"), font_of("བ")
    ('Noto Sans CJK SC', 'Noto Sans Arabic', None)
    """
    # a font is read when one is asked for what those before it lack: most talks need the first alone
    return next((family for family in FAMILIES if _characters(family).draws(character)), None)


class _Characters:
    """The characters of a font, a bit for each that there is: as a set, those of the Chinese one take 30 MB."""

    def __init__(self, codes: Iterable[int]) -> None:
        self._bits = bytearray((sys.maxunicode >> 3) + 1)
        for code in codes:
            self._bits[code >> 3] |= 1 << (code & 7)

    def draws(self, character: str) -> bool:
        return bool(self._bits[ord(character) >> 3] & 1 << (ord(character) & 7))

    def __iter__(self) -> Iterator[str]:
        return filter(self.draws, map(chr, range(sys.maxunicode + 1)))


@cache
def _characters(family: str) -> _Characters:
    with TTFont(_FILES[family], fontNumber=_FACE if family == FAMILIES[0] else -1, lazy=True) as font:
        return _Characters(font.getBestCmap())
