"""Names that stand alone between commas, spaces or line ends, beside a number, an account or an address.

On a parcel or a form a name has a place of its own: 湛蓝，420525…  Such a name may be any word (汤圆, 危险), so that
nothing but its place tells it; it begins with a surname, or stands where a number and an address are, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.nonnames import is_no_name
from service.evidence.redaction.segments import Word
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["find_latin_names", "find_names_in_slots"]

_SIGN = f"(?:(?![{word('surnames', 'not_alone')}{word('surnames', 'not_given')}打搜价])[{HAN}]|收(?=收))"
_DOTTED = f"(?:[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}})"
_COMPOUND = alternatives("surnames", "compound")
_SINGLE = f"{word('surnames', 'single')}{word('surnames', 'rare')}".replace(" ", "")
_NAME = f"(?:{_DOTTED}|(?:{_COMPOUND}){_SIGN}{{1,2}}|[{_SINGLE}]{_SIGN}{{1,2}})"
_ANY = f"{_SIGN}{{2,5}}"
_SEPARATOR = r"[ ,;:/、()。|\n\-—\"“”>~]"
_FIELD = alternatives("naming", "labels")
_BANK = f"(?:{alternatives('numbers', 'banks')})[{HAN}]{{0,4}}"
_TITLE = alternatives("titles", "after_any")
_CLOSED = f"(?:$|[^{HAN}])"
_ENDS = rf"(?={_CLOSED}|不一致|不符|家{_CLOSED}|(?:{_TITLE})?(?:代?收|签收|取){_CLOSED}|(?:{_TITLE}){_CLOSED})"
_BEHIND = re.compile(
    rf"{_SEPARATOR}{{0,4}}(?:(?:{_BANK}){_SEPARATOR}{{1,2}})?"
    rf"(?:(?:和|与|跟|找|给|(?:{_FIELD})(?:是|:)?)(?={_NAME}))?"
    rf"(?P<name>{_NAME}){_ENDS}"
)
_BEHIND_ANY = re.compile(rf"(?:{_SEPARATOR}{{1,4}}|和|与)(?P<name>{_ANY}){_ENDS}")
_IN_FRONT = re.compile(
    rf"(?:^|[^{HAN}]|[是收给发写叫找填]|收件|原单|联系)(?P<name>{_NAME})"
    rf"(?:收|的|打|{_SEPARATOR}{{0,3}}的?(?:(?:联系)?电话|手机号?码?|号码?|证件|身份证号?码?|tel))?"
    rf"(?:{_SEPARATOR}{{0,3}}(?:{_BANK}))?{_SEPARATOR}{{0,3}}$"
)
_SLOT = re.compile(rf"(?:^|{_SEPARATOR})(?P<name>{_NAME})(?=$|{_SEPARATOR}|收(?:$|{_SEPARATOR}))")
_IN_FRONT_ANY = re.compile(rf"(?:^|[^{HAN}]|收件|收货)(?P<name>{_ANY}){_SEPARATOR}{{1,3}}$")
_REACH = 40

_UPPER = "A-ZÀ-ÖØ-ÞĐ"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿĀ-ſƠơƯưẠ-ỹ'’\\-"
_LATIN_WORD = rf"[{_UPPER}][{_LETTER}]{{1,20}}"
_LATIN = rf"{_LATIN_WORD}(?: {_LATIN_WORD}){{1,3}}"
_LATIN_BEHIND = re.compile(rf"[ ,，;；:：/、\n]{{1,3}}(?P<name>{_LATIN})(?![{_LETTER}0-9])")
_LATIN_IN_FRONT = re.compile(
    rf"(?<![{_LETTER}0-9])(?P<name>(?!WeChat|Wechat|WECHAT|Tel|Phone|Order|Mobile|Email){_LATIN})"
    r"[ ,，;；:：/、\n]{1,3}$"
)
_LATIN_FIELD = re.compile(
    rf"(?:名字?|英文名?|拼音|姓名|收件人?|收货人?|收方|户名|持卡人|签收人|找|叫|寄给|转交)"
    rf"(?:是|为|叫|写|填)?[ :：]{{0,2}}"
    rf"(?P<name>{_LATIN_WORD}(?: {_LATIN_WORD}){{0,3}})(?![{_LETTER}0-9])"
)
_LATIN_RECEIVES = re.compile(
    rf"(?<![{_LETTER}0-9 ])(?P<name>{_LATIN_WORD}(?: {_LATIN_WORD}){{0,3}}) ?(?=代?收(?![{HAN}])|代收|签收|收件)"
)


def find_names_in_slots(
    folded: Folded, words: Sequence[Word], beside: Sequence[Span], *, block: bool
) -> Iterator[Span]:
    """Names beside numbers, accounts and addresses; with `block`, where both are there, without a surname too."""
    text = folded.text
    if beside:
        tags = {one.start: one for one in words}
        for match in _SLOT.finditer(text):
            first = tags.get(match.start("name"))
            # further off it is no word of another kind
            if (
                first
                and (first.tag[0] == "n" or first.end != match.end("name"))
                and not is_no_name(match["name"], strict=True)
            ):
                yield match.span("name")
    for start, end in beside:
        for pattern in (_BEHIND, _BEHIND_ANY):
            behind = pattern.match(text, end)
            # without a surname only in a block, or where the segmenter takes it for a name: 马尤素夫
            if (
                behind
                and not is_no_name(behind["name"], strict=True)
                and (pattern is _BEHIND or block or _looks_like_a_name(words, *behind.span("name")))
            ):
                yield behind.span("name")
                break
        # the rest of the text must not be seen: the patterns end where the number begins
        offset = max(0, start - _REACH)
        for pattern in (_IN_FRONT, _IN_FRONT_ANY)[: 1 + block]:
            front = pattern.search(text[offset:start])
            if front and not is_no_name(front["name"], strict=True):
                yield front.start("name") + offset, front.end("name") + offset
                break


def _looks_like_a_name(words: Sequence[Word], start: int, end: int) -> bool:
    first = bisect_right(words, start, key=lambda one: one.end)
    tags = [one.tag for one in words[first : first + end - start] if one.start < end]
    return any(tag.startswith("nr") for tag in tags) and not any(tag[0] in "rpcudv" for tag in tags)


def find_latin_names(text: str, beside: Sequence[Span]) -> Iterator[Span]:
    """Names in Latin letters, by their capitals: after 名字, before 收, or beside numbers; spans in the text itself."""
    for pattern in (_LATIN_FIELD, _LATIN_RECEIVES):
        yield from (match.span("name") for match in pattern.finditer(text))
    for start, end in beside:
        if match := _LATIN_BEHIND.match(text, end):
            yield match.span("name")
        offset = max(0, start - _REACH)
        if match := _LATIN_IN_FRONT.search(text[offset:start]):
            yield match.start("name") + offset, match.end("name") + offset
