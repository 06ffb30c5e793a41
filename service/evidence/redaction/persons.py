"""Names that nothing but the sentence introduces: 李晓梅 in 昨天是李晓梅签收的.

A name by itself is a surname, then one or two signs that given names have, standing on the edges of words. What stands
beside it decides: someone who is called, asked or sent something, or who signs and pays. A name that the dictionary
has is one of a well-known person or of a brand (李宁, 张小泉), and is only taken for a buyer's with such a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.evidence.redaction.folding import Span
from service.evidence.redaction.nonnames import is_no_name
from service.evidence.redaction.segments import Word, is_listed
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["GIVEN_SIGNS", "find_persons"]

_TYPICAL = frozenset(word("given", "typical")) - {" "}
_POSSIBLE = frozenset(word("given", "possible")) - {" "}
GIVEN_SIGNS = "".join(sorted(_TYPICAL | _POSSIBLE))
_COMPOUND = alternatives("surnames", "compound")
_SINGLE = f"{word('surnames', 'single')}{word('surnames', 'rare')}".replace(" ", "")
_FREQUENT = frozenset(word("surnames", "single")) | {
    sign for name in word("surnames", "compound").split() for sign in name[:1]
}
_NAME = re.compile(rf"(?:(?P<compound>{_COMPOUND})|[{_SINGLE}])(?P<given>[{GIVEN_SIGNS}]{{1,2}})")
_LONGEST = 4

_KIN, _ROLES = alternatives("persons", "kin"), alternatives("persons", "roles")
# who is meant is said: 我老婆…, 客服…
_AS = re.compile(rf"(?:{_KIN}|{_ROLES})(?:叫做?|是|写|填|[: ]){{0,2}}$")
_TO = re.compile(rf"(?:{alternatives('persons', 'to')})[: ]?$")
_DOES = re.compile(rf"(?:{alternatives('persons', 'does')})")
_HAS = re.compile(rf"的(?:{alternatives('persons', 'has')})|(?:{alternatives('persons', 'has')})(?![{HAN}])")
_REACH = 8
_HAN = re.compile(f"[{HAN}a-z0-9]")
_ELEMENTS = alternatives("persons", "elements")
_OTHER = re.compile(rf"(?:{_ELEMENTS})(?:{_ELEMENTS}|[{HAN}·](?={_ELEMENTS})){{0,4}}(?:{_ELEMENTS})")
# 米吉提·艾合买提: one element is enough
_DOTTED = re.compile(
    rf"(?=[{HAN}·]{{0,8}}(?:{_ELEMENTS}))(?:(?<![{HAN}·])|(?<=[人叫给是找]))(?!收件人|收货人)[{HAN}]{{2,6}}·[{HAN}]{{2,6}}?(?=$|[^{HAN}]|要|的|收|说|证|身份|电话|退|换|先生|女士|不)"
)
_MINE = re.compile("的(?:快递|包裹|订单|退款|单子|电话|货)")
_CLAUSE = re.compile(f"(?:^|[^{HAN}])$")


def find_persons(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """Names on the edges of words, from left to right and without overlap; the longest first."""
    edges = {edge: index for index, edge in enumerate([*(one.start for one in words), len(text)])}
    done = 0
    for index, first in enumerate(words):
        if first.start < done:
            continue
        for end in range(min(first.start + _LONGEST, len(text)), first.start + 1, -1):
            match = _NAME.fullmatch(text, first.start, end)
            if match and not is_no_name(match[0], strict=False) and _is_person(text, match, words, index, edges):
                yield match.span()
                done = end
                break
    for pattern in (_OTHER, _DOTTED) if "·" in text else (_OTHER,):
        yield from (match.span() for match in pattern.finditer(text))


def _is_person(text: str, match: re.Match[str], words: Sequence[Word], index: int, edges: dict[int, int]) -> bool:
    start, end = match.span()
    tags = [one.tag for one in words[index : edges.get(end, index + 1)]]
    whole = all(tag.startswith("nr") for tag in tags) and (end in edges or words[index].end == end + 1)
    typical = sum(sign in _TYPICAL for sign in match["given"])
    if not (whole or end in edges) or not (typical or whole):
        return False
    front = text[max(0, start - _REACH) : start]
    told = _AS.search(front) is not None
    led = told or _TO.search(front) is not None
    follows = bool(_DOES.match(text, end) or _HAS.match(text, end))
    closed = end == len(text) or not _HAN.match(text, end)
    sure = typical == len(match["given"]) and (len(match["given"]) == 2 or match["compound"] is not None)
    listed = is_listed(match[0])
    goods = _is_noun(words, edges.get(end))
    if whole and not listed:
        # what is said of goods goes on with a noun: 谢馥春鸭蛋粉
        return typical > 0 and (led or follows or (sure and (closed or (match[0][0] in _FREQUENT and not goods))))
    if whole:
        return follows or (led and (closed or sure or not goods)) or (told and typical > 0)
    if listed:
        owns = _CLAUSE.search(front) and _MINE.match(text, end) and typical == len(match["given"])
        return tags[0][0] in "nab" and ((told and closed) or bool(owns))
    # 朱自强: a surname by itself, then a word
    return (
        (sure and (led or follows or match["compound"] is not None))
        or (typical > 0 and follows and tags[0].startswith("nr"))
        or (led and follows and typical > 0)
        or (told and closed)
    )


def _is_noun(words: Sequence[Word], index: int | None) -> bool:
    """Whether a noun stands there, or one behind 的."""
    if index is None or index >= len(words):
        return False
    if words[index].tag == "uj":
        index += 1
    return index < len(words) and words[index].tag[0] in "nv" and words[index].tag not in ("nr", "v")
