"""Names that nothing but the sentence introduces: 李晓梅 in 昨天是李晓梅签收的.

A name by itself is a surname, then one or two signs that given names have, standing on the edges of words. What stands
beside it decides: someone who is called, asked or sent something, or who signs and pays. A name that the dictionary
has is one of a well-known person or of a brand (李宁, 张小泉), and is only taken for a buyer's with such a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from service.evidence.redaction.folding import Span
from service.evidence.redaction.segments import Word, is_listed
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["GIVEN_SIGNS", "find_persons"]

_TYPICAL = frozenset(word("given", "typical")) - {" "}
_POSSIBLE = frozenset(word("given", "possible")) - {" "}
GIVEN_SIGNS = "".join(sorted(_TYPICAL | _POSSIBLE))
_COMPOUND = alternatives("surnames", "compound")
_SINGLE = f"{word('surnames', 'single')}{word('surnames', 'rare')}".replace(" ", "")
_NAME = re.compile(rf"(?:(?P<compound>{_COMPOUND})|[{_SINGLE}])(?P<given>[{GIVEN_SIGNS}]{{1,2}})")
_LONGEST = 4

_KIN, _ROLES = alternatives("persons", "kin"), alternatives("persons", "roles")
# who is meant is said: 我老婆…, 客服…
_AS = re.compile(rf"(?:{_KIN}|{_ROLES})(?:叫做?|是|写|填|[: ]){{0,2}}$")
_TO = re.compile(rf"(?:{alternatives('persons', 'to')})[: ]?$")
_DOES = re.compile(rf"(?:{alternatives('persons', 'does')})")
_HAS = re.compile(rf"的?(?:{alternatives('persons', 'has')})")
# the name of goods goes on: 林清轩的精华, 张小泉剪刀
_OF_GOODS = re.compile(rf"的?(?:同款|家|牌|款|版|代言|旗舰|官方|直播)")
_REACH = 8
_OPENING = re.compile(rf"(?:^|[^{HAN}]|您好|你好)$")
_ELEMENTS = alternatives("persons", "elements")
_OTHER = re.compile(rf"(?:{_ELEMENTS})(?:{_ELEMENTS}|[{HAN}·](?={_ELEMENTS})){{0,4}}(?:{_ELEMENTS})")


def find_persons(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """Names on the edges of words, from left to right and without overlap; the longest first."""
    edges = {edge: index for index, edge in enumerate([*(one.start for one in words), len(text)])}
    done = 0
    for index, first in enumerate(words):
        if first.start < done:
            continue
        for end in range(min(first.start + _LONGEST, len(text)), first.start + 1, -1):
            match = _NAME.fullmatch(text, first.start, end)
            if match and _is_person(text, match, words, index, edges):
                yield match.span()
                done = end
                break
    yield from (match.span() for match in _OTHER.finditer(text))


def _is_person(
    text: str, match: re.Match[str], words: Sequence[Word], index: int, edges: dict[int, int]
) -> bool:
    start, end = match.span()
    first = words[index]
    whole = first.tag.startswith("nr") and end in (first.end, first.end - 1) and (end == first.end or first.end - start == 3)
    if end not in edges and not whole:
        return False
    given = match["given"]
    typical = sum(sign in _TYPICAL for sign in given)
    if not typical:
        return False
    front = text[max(0, start - _REACH) : start]
    led = bool(_AS.search(front)) or bool(_TO.search(front))
    follows = bool(_DOES.match(text, end) or _HAS.match(text, end))
    alone = bool(_OPENING.search(front)) and (end == len(text) or not re.match(f"[{HAN}a-z0-9]", text[end]))
    sure = typical == len(given) and (len(given) == 2 or match["compound"] is not None)
    if whole:
        if is_listed(match[0]):
            return follows or (led and (alone_after(text, end) or sure))
        return (sure or led or follows or alone) and not _OF_GOODS.match(text, end)
    if is_listed(match[0]):
        return led and alone_after(text, end)
    return (sure and (led or follows)) or (led and follows)


def alone_after(text: str, end: int) -> bool:
    return end == len(text) or re.match(f"[{HAN}]", text[end]) is None
