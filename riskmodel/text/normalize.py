"""Normalisation of chat text with a map back to the original offsets.

Each code point is folded by itself: NFKC, lower case, traditional to simplified, look-alikes of v x c q w and the plus
sign to their plain forms; invisible characters (format characters, combining marks, controls) vanish. Folding one code
point at a time keeps the map exact and lets the work be a table look-up.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from opencc import OpenCC

__all__ = ["NormalizedText", "normalize"]

_MEMO_LIMIT = 60_000  # more code points than any real chat uses; keeps hostile input from filling memory
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"})

# Letters of other scripts that are drawn like the letters of vx, wx, qq and c (for 差), and signs for "add".
# Source: Unicode confusables for these letters, small capitals included; circled and full-width forms are NFKC's work.
_LOOK_ALIKES = str.maketrans(
    {
        "ѵ": "v", "ν": "v", "ᴠ": "v", "∨": "v",
        "х": "x", "χ": "x", "×": "x", "✕": "x", "✖": "x", "❌": "x", "ⅹ": "x",
        "с": "c", "ᴄ": "c", "ϲ": "c",
        "ԛ": "q", "զ": "q", "ꞯ": "q",
        "ԝ": "w", "ᴡ": "w", "ω": "w",
        "➕": "+", "✚": "+", "✛": "+", "⊕": "+",
        "♥": "❤", "💗": "❤", "💕": "❤", "💖": "❤", "💛": "❤", "💚": "❤", "💙": "❤", "💜": "❤",
        # opencc leaves or splits these; in chats they stand for one word
        "帳": "账", "祇": "只", "妳": "你", "彆": "别",
    }
)  # fmt: skip  # pairs of characters in rows

_to_simplified = OpenCC("t2s").convert


def _fold(char: str) -> str:
    if char in "\n\r\t\v\f\u2028\u2029":
        return "\n" if char in "\n\u2028\u2029" else " "
    folded = []
    for part in unicodedata.normalize("NFKC", char.translate(_LOOK_ALIKES)).casefold():
        if part.isspace():
            folded.append(" ")
        elif unicodedata.category(part) not in _INVISIBLE:
            plain = part.translate(_LOOK_ALIKES)
            folded.append(_to_simplified(plain) if "㐀" <= plain <= "\u9fff" else plain)
    return "".join(folded)


class _FoldTable(dict[int, str]):
    """Folds of the code points seen so far, filled as they come."""

    def __missing__(self, code_point: int) -> str:
        folded = _fold(chr(code_point))
        if len(self) < _MEMO_LIMIT:
            self[code_point] = folded
        return folded


_FOLDS = _FoldTable()


class _UnevenError(Exception):
    """A code point does not fold to exactly one."""


class _EvenTable(dict[int, str]):
    """The folds of nearly all that people write: one code point for one, so that offsets stay as they are."""

    def __missing__(self, code_point: int) -> str:
        folded = _FOLDS[code_point]
        if len(folded) != 1:
            raise _UnevenError  # no LookupError: `str.translate` would take it for "leave as it is"
        if len(self) < _MEMO_LIMIT:
            self[code_point] = folded
        return folded


_EVEN_FOLDS = _EvenTable()


class NormalizedText(NamedTuple):
    """A folded text and, for each of its characters, the original offset that it came from.

    `origins` is None where the two texts have the same length throughout, so that offsets are the same.
    """

    text: str
    origins: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Half-open original span of the folded ``text[start:end]``, which must not be empty."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def normalize(original: str) -> NormalizedText:
    """Fold `original` for matching.

    Examples
    --------
    >>> folded = normalize("加 Ｖ\u200bＸ")
    >>> folded.text, folded.span(2, 4)
    ('加 vx', (2, 5))
    """
    try:
        return NormalizedText(original.translate(_EVEN_FOLDS), None)
    except _UnevenError:
        folds = [_FOLDS[ord(char)] for char in original]
    origins = [index for index, fold in enumerate(folds) for _ in fold]
    return NormalizedText("".join(folds), origins)
