"""What the tagger sees of each sign: the signs and words around it, its place on a form, what the rules found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from service.evidence.redaction.persons import GIVEN_SIGNS
from service.evidence.redaction.segments import Word
from service.evidence.redaction.words import HAN, word

__all__ = ["Token", "features", "tokens"]

_LETTER = "[a-z0-9à-öø-ÿā-ɏạ-ỹ]"
_TOKEN = re.compile(rf"{_LETTER}+(?:[_\-.]+{_LETTER}+)*|.", re.DOTALL)
_HAN = re.compile(f"[{HAN}]")
_SURNAMES = frozenset(word("surnames", "single")) - {" ", "\n"}
_RARE = frozenset(word("surnames", "rare"))
_COMPOUND = frozenset(word("surnames", "compound").split())
_TYPICAL = frozenset(word("given", "typical")) - {" "}
_GIVEN = frozenset(GIVEN_SIGNS)
_SEPARATORS = frozenset(' ,;:/、。()|\n"“”—~>!?[]【】')
_MOST = 7  # signs of a slot, tokens of an id: what is longer counts as this long
_EDGE = ("^^", "^", "$", "$$")


Mark = tuple[int, int, str]
"""Start, end and one letter for the kind."""


class Token(NamedTuple):
    """A sign, or letters and figures that stand together, at ``text[start:end]`` of the folded text."""

    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a folded text, from left to right and without a gap.

    Examples
    --------
    >>> [text[one.start : one.end] for text in ["住3-2-901"] for one in tokens(text)]
    ['住', '3-2-901']
    """
    return [Token(*match.span()) for match in _TOKEN.finditer(text)]


def features(
    text: str, found: Sequence[Token], words: Sequence[Word], marks: Iterable[Mark], capitals: Collection[int]
) -> list[list[str]]:
    """The features of each token, each a short text that stands by itself.

    Parameters
    ----------
    text
        Folded.
    found
        Its tokens.
    words
        Its words.
    marks
        What the rules found: start, end and one letter for the kind.
    capitals
        Where the text had capital letters before it was folded.
    """
    count = len(found)
    signs = ["^^", "^", *(_sign(text[one.start : one.end]) for one in found), "$", "$$"]
    classes = [
        "^",
        "^",
        *(_class(text[one.start : one.end]) + "U" * (one.start in capitals) for one in found),
        "$",
        "$",
    ]
    ruled = _painted(text, marks)
    rules = ["-", *(ruled[one.start] for one in found), "-"]
    tags, edges, before, behind = _words(text, found, words)
    slots = _slots(text, found, ruled)
    persons = ["--", *(_person(text, one.start) for one in found), "--"]
    whole = "".join(kind for kind in "piba" if kind.upper() in ruled)
    rows = []
    for place in range(count):
        at = place + 2
        a, b, c, d, e = signs[at - 2 : at + 3]
        f, g, h, i, j = classes[at - 2 : at + 3]
        tag, edge, slot = tags[place], edges[place], slots[place]
        rule, last, following = rules[place + 1], rules[place], rules[place + 2]
        person = persons[place + 1]
        rows.append(
            [
                "c" + c,
                "b" + b,
                "d" + d,
                "a" + a,
                "e" + e,
                "bc" + b + c,
                "cd" + c + d,
                "ab" + a + b,
                "de" + d + e,
                "bd" + b + "_" + d,
                "abc" + a + b + c,
                "bcd" + b + c + d,
                "cde" + c + d + e,
                "h" + f + g + h + i + j,
                "gh" + g + h + i,
                "t" + edge + tag,
                "u" + before[place],
                "v" + behind[place],
                "w" + edge + before[place],
                "x" + edge + behind[place],
                "s" + slot,
                "se" + slot + edge + tag,
                "p" + person,
                "pq" + person + persons[place + 2],
                "po" + persons[place] + person,
                "r" + rule,
                "rr" + last + rule + following,
                "rt" + rule + tag,
                "rc" + rule + c,
                "ps" + person + slot,
                "y" + before[place] + "_" + behind[place],
                "m" + whole + slot[1:] + edge,
                "mp" + whole + person,
            ]
        )
    return rows


def _sign(spelled: str) -> str:
    if len(spelled) == 1:
        return "0" if spelled.isdigit() else "↵" if spelled == "\n" else spelled
    return _class(spelled) if any(sign.isdigit() for sign in spelled) or len(spelled) > 4 else spelled


def _class(spelled: str) -> str:
    if len(spelled) == 1:
        if _HAN.match(spelled):
            return "H"
        if spelled.isdigit():
            return "1"
        return "L" if spelled.isalpha() else "S" if spelled == " " else "N" if spelled == "\n" else "P"
    shape = ("L" if any(sign.isalpha() for sign in spelled) else "") + (
        "D" if any(sign.isdigit() for sign in spelled) else ""
    )
    joined = "_" if "_" in spelled else "-" if "-" in spelled else "." if "." in spelled else ""
    return f"{shape}{min(len(spelled), 12) // 2}{joined}"


def _painted(text: str, marks: Iterable[Mark]) -> list[str]:
    ruled = ["-"] * (len(text) + 1)
    for start, end, kind in marks:
        ruled[start:end] = [kind.upper(), *(kind * (end - start - 1))]
    return ruled


def _words(
    text: str, found: Sequence[Token], words: Sequence[Word]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Part of speech of each token's word, where in the word it stands, and the words before and behind."""
    tags, edges, before, behind = [], [], [], []
    which, last = 0, len(words) - 1
    spelled = [text[one.start : one.end].replace("\n", "↵") if one.end - one.start < 5 else "" for one in words]
    for token in found:
        while which < last and words[which].end <= token.start:
            which += 1
        start, end, tag = words[which]
        tags.append(tag[:2])
        begins, ends = token.start <= start, token.end >= end
        edges.append("S" if begins and ends else "B" if begins else "E" if ends else "M")
        before.append(spelled[which - 1] if which else "^")
        behind.append(spelled[which + 1] if which < last else "$")
    return tags, edges, before, behind


def _slots(text: str, found: Sequence[Token], ruled: Sequence[str]) -> list[str]:
    """For each token the length of its stretch between separators, its place there, and what the two beside it hold."""
    stretches: list[tuple[int, int, str]] = []  # first and last token of a stretch, and the kind the rules found in it
    first = None
    for place in range(len(found) + 1):
        closed = place == len(found) or text[found[place].start] in _SEPARATORS
        kind = "" if closed else ruled[found[place].start].lower()
        if first is not None and (closed or (kind in "pibel") != (stretches[-1][2] in "pibel")):
            first = None
        if closed:
            continue
        if first is None:
            first = place
            stretches.append((place, place, kind))
        else:
            stretches[-1] = first, place, max(stretches[-1][2], kind)
    slots = ["-"] * len(found)
    for which, (start, end, _) in enumerate(stretches):
        left = stretches[which - 1][2] if which else "^"
        right = stretches[which + 1][2] if which + 1 < len(stretches) else "$"
        length = min(end - start + 1, _MOST)
        for place in range(start, end + 1):
            where = "B" if place == start else "E" if place == end else "M"
            slots[place] = f"{left}{length}{where}{right}"
    return slots


def _person(text: str, start: int) -> str:
    """Whether a sign is one of surnames and one of given names."""
    sign = text[start]
    surname = (
        "C" if text[start : start + 2] in _COMPOUND else "F" if sign in _SURNAMES else "R" if sign in _RARE else "-"
    )
    return surname + ("T" if sign in _TYPICAL else "G" if sign in _GIVEN else "-")
