"""Places that are known by a name alone, without street or number: 城南客运站旁边的顺达超市.

A word of delivery in front (寄到, 放, 住), or a city and district, says that a place is meant; what it ends with (店,
医院, 驿站) says so too. What every place has, a gate or a locker, is nobody's: 放小区门口的驿站 stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.evidence.redaction.folding import Span
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["find_landmarks"]

_STOP = re.sub("[旁后前边面附]", "", word("addresses", "no_tail"))
_SIGN = f"(?:(?![{_STOP}]|{alternatives('addresses', 'no_tail_words')})[{HAN}0-9a-z])"
_ENDS = (
    rf"(?:{alternatives('addresses', 'landmarks')}|[0-9一二三四五六七八九十附]中|[附实]小)"
    rf"(?:{alternatives('addresses', 'sides')})?(?:[0-9一二三四五六七八九十a-z]{{1,3}}[楼层口号]){{0,2}}"
)
_PLACE = rf"(?P<place>{_SIGN}{{1,18}}(?:的{_SIGN}{{1,6}})?)(?=$|[^{HAN}0-9a-z]|[{_STOP}]|收|取)"
_CUED = re.compile(rf"(?:{alternatives('addresses', 'delivered')}){_PLACE}")
# 理工大学三食堂门口 at the beginning of a clause
_BY = re.compile(
    rf"(?:^|[^{HAN}a-z0-9])(?P<place>{_SIGN}{{2,10}}?(?:{alternatives('addresses', 'landmarks')})"
    rf"(?:{alternatives('addresses', 'sides')}))"
)
_TITLED = (
    f"[{word('surnames', 'single')}{word('surnames', 'rare')}][{HAN}]{{0,2}}?(?:{alternatives('titles', 'words')})"
)
_ENDING = re.compile(rf"(?:{_ENDS})$")
_ANYWHERE = re.compile("|".join(sorted(word("addresses", "anywhere").split(), key=len, reverse=True)))
_AFTER_DIVISION = re.compile(
    rf"(?P<place>(?:(?![吗呢吧啊了是你您我怎几多])[{HAN}0-9a-z]){{2,14}}?)(?=$|[^{HAN}0-9a-z]|[吗能收取]|{_TITLED})"
)
_TWO_LEVELS = 4
# where people live or come out of a station: 珠海华发首府
_CLOSE = re.compile(f"(?:{alternatives('addresses', 'homes')})$|旁边?的?|对面|[口站]")


def find_landmarks(text: str, divisions: Sequence[Span]) -> Iterator[Span]:
    """Names of places behind a word of delivery, or behind a city with its district."""
    begins = {start for start, _ in divisions}
    for pattern in (_CUED, _BY):
        for match in pattern.finditer(text):
            if _is_proper(match["place"]) and begins.isdisjoint(range(*match.span("place"))):
                yield match.span("place")
    for start, end in divisions:
        after = _AFTER_DIVISION.match(text, end)
        if after and (end - start >= _TWO_LEVELS or _CLOSE.search(after["place"])) and _is_proper(after["place"]):
            yield after.span("place")


def _is_proper(place: str) -> bool:
    """Whether it ends like a place, and has two signs or more that are not said of every place."""
    return _ENDING.search(place) is not None and len(re.sub(r"[的0-9a-z]", "", _ANYWHERE.sub("", place))) > 1
