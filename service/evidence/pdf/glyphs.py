"""What the fonts can draw, and words for what they cannot: an emoji by its name, another character by its number.

A PDF shows an empty box for a character that its fonts lack, and PDF/A forbids that. So each code point is looked up in
the character maps of the fonts before anything is set.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

from service.evidence.pdf.fonts import FAMILIES, font_of
from service.evidence.plaintext import visible

__all__ = ["Segment", "plain", "reads_leftward", "segments", "width"]

_JOINER, _SELECTORS = "\u200d", "\ufe0e\ufe0f"
_OF_THE_PICTURE = frozenset(_JOINER + _SELECTORS)
_TONES = {
    "🏻": "浅肤色 light",
    "🏼": "较浅肤色 medium-light",
    "🏽": "中等肤色 medium",
    "🏾": "较深肤色 medium-dark",
    "🏿": "深肤色 dark",
}
_BRACKETS = {"⟦": "〚", "⟧": "〛"}  # those that `visible` writes, in the form that the font has
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
# more combining marks on one letter would run into the lines above and below; some scripts need three
_MOST_MARKS, _MOST_MARKS_FURTHER = 2, 3
_LONGEST_WORD = 14  # in letters, however wide they are; a longer one is broken where a line ends
_BREAK_EVERY = 10
# where a word is broken sooner: an address at its points, Arabic writing after a letter that does not join the next
_POINTS, _AFTER_A_POINT = "._-/@اأإآدذرزژڑوۇۆۈۋۅۉەة", 4
_BREAK = "\u200b"
_KNOWN = 20_000  # characters looked up before


class Segment(NamedTuple):
    """A stretch of text as it can be drawn; `named` where it stands for something that cannot."""

    text: str
    named: bool


@cache
def _emoji_names() -> dict[str, str]:
    text = resources.files("service.evidence.pdf").joinpath("emoji.toml").read_text(encoding="utf-8")
    names: dict[str, str] = tomllib.loads(text)["zh"]
    return names


def segments(text: str) -> Iterator[Segment]:
    """Yield the text in stretches that can be drawn, in order; nothing in it stays hidden.

    Examples
    --------
    >>> [segment.text for segment in segments("好的😀\u202e")]
    ['好的', '〔嘿嘿 grinning face〕', '〚U+202E〛']
    """
    drawn: list[str] = []
    base = FAMILIES[0]
    marks = index = 0
    while index < len(text):
        character = _BRACKETS.get(text[index], text[index])
        font = _font(character)
        if _is_mark(character):
            marks += 1
            # one font draws a letter with all its marks, or there would be a box in place of one
            fits = font == base and marks <= (_MOST_MARKS if base == FAMILIES[0] else _MOST_MARKS_FURTHER)
        else:
            marks, base, fits = 0, font or FAMILIES[0], font is not None
        if fits:
            drawn.append(character)
            index += 1
            continue
        if drawn:
            yield Segment(_breakable("".join(drawn)), named=False)
            drawn = []
        if character in _OF_THE_PICTURE and index and _is_picture(text[index - 1]):
            index += 1  # it only says how the character before it, which was drawn, looks
            continue
        index, name = _name(text, index)
        yield Segment(name, named=True)
    if drawn:
        yield Segment(_breakable("".join(drawn)), named=False)


def plain(text: str, widest: float | None = None) -> str:
    r"""Return one line that can be drawn whole, cut with an ellipsis where it is wider than so many Chinese characters.

    Examples
    --------
    >>> plain("一二三四五六", 4), plain("a" * 30)[:12]
    ('一二三…', 'aaaaaaaaaa\u200ba')
    """
    if widest is not None and width(text, stop=widest) > widest:
        kept: list[str] = []
        used = 1.0
        for character in text:
            used += _width(character)
            if used > widest:
                break
            kept.append(character)
        text = "".join(kept) + "…"
    lines = ("".join(segment.text for segment in segments(line)) for line in text.split("\n"))
    return "〚U+000A〛".join(lines)


def reads_leftward(text: str) -> bool:
    """Whether the first letter that has a direction is one of a script that is written from right to left.

    Examples
    --------
    >>> reads_leftward("3 سلام"), reads_leftward("好的 سلام")
    (True, False)
    """
    directions = map(unicodedata.bidirectional, text)
    return next((each for each in directions if each in ("L", "R", "AL")), "L") != "L"


def width(text: str, stop: float = float("inf")) -> float:
    """How wide a text is when drawn, in Chinese characters, a new line as half a line; no further than `stop`."""
    total = 0.0
    for character in text:
        total += _width(character)
        if total > stop:
            break
    return total


@lru_cache(_KNOWN)
def _width(character: str) -> float:
    if character == "\n":
        return 20
    if _font(character) is None:
        return 6
    return 1 if unicodedata.east_asian_width(character) in "WFA" else 0.6


def _breakable(text: str) -> str:
    """Give words that are wider than the narrowest column places to break at; Chinese breaks anywhere by itself."""
    parts: list[str] = []
    for in_word, letters in groupby(text, key=_in_word):
        word = "".join(letters)
        parts.append(_broken(word) if in_word and len(word) > _LONGEST_WORD else word)
    return "".join(parts)


def _broken(word: str) -> str:
    pieces = [word[0]]
    for before, letter in pairwise(word):
        room = len(pieces[-1]) < (_AFTER_A_POINT if before in _POINTS else _BREAK_EVERY)
        if room or _is_mark(letter):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return _BREAK.join(pieces)


def _in_word(character: str) -> bool:
    return not character.isspace() and unicodedata.east_asian_width(character) not in ("W", "F")


def _name(text: str, index: int) -> tuple[int, str]:
    """Return where the character or picture at this place ends, and what is written for it."""
    if not _is_picture(text[index]):
        return index + 1, f"〚U+{ord(text[index]):04X}〛"
    names = []
    while True:
        index, name = _picture(text, index)
        names.append(name)
        if not (text[index : index + 1] == _JOINER and index + 1 < len(text) and _is_picture(text[index + 1])):
            return index, f"〔{' + '.join(names)}〕"
        index += 1


def _picture(text: str, index: int) -> tuple[int, str]:
    flag = list(takewhile(_FLAG_LETTERS.__contains__, map(ord, text[index : index + 2])))
    if flag:
        return index + len(flag), "旗 flag " + "".join(chr(ord("A") + code - _FLAG_LETTERS[0]) for code in flag)
    name = " ".join(filter(None, [_emoji_names().get(text[index]), unicodedata.name(text[index]).lower()]))
    index += 1
    while index < len(text) and (text[index] in _SELECTORS or text[index] in _TONES):
        name += f"，{_TONES[text[index]]}" if text[index] in _TONES else ""
        index += 1
    return index, name


@lru_cache(_KNOWN)
def _font(character: str) -> str | None:
    """The font that draws a character; a new line is drawn, as it were, and what is hidden is not."""
    if character == "\n":
        return FAMILIES[0]
    return font_of(character) if visible(character) == character else None


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk") and bool(unicodedata.name(character, ""))
