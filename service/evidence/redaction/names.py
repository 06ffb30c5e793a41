"""Names of people, where something says that it is one: a label, 我叫, a title, a number or address beside it.

A name that nothing introduces cannot be told from other words without a dictionary of names, and is not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from riskmodel.regions import place_names
from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["find_english_names", "find_names"]

_SINGLE = word("surnames", "single").replace(" ", "")
_COMPOUND = alternatives("surnames", "compound")
_SURNAME = f"(?:{_COMPOUND}|[{_SINGLE}])"
_GIVEN = f"[^\\W0-9a-z_{word('surnames', 'not_given')}]"
_TITLES = alternatives("titles", "words")
_ANY_SURNAME = f"(?:{_COMPOUND}|[{_SINGLE}{word('surnames', 'rare')}])"
_FULL = f"(?:{_ANY_SURNAME}(?:(?!{_TITLES}){_GIVEN}){{1,2}}|{_SURNAME}(?={_TITLES}))"
_DOTTED = f"(?:[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}})"
_ENDS = f"(?=$|[^{HAN}]|{alternatives('naming', 'followers')})"
_NAME = f"(?P<name>{_DOTTED}|{_FULL}{_ENDS})"
_KIN = "(?:我?(?:妈妈?|爸爸?|妹妹?|弟弟?|哥哥?|姐姐?|老公|老婆|媳妇|爱人|朋友|同事|室友))?"
_FILL = "(?:改[成为]|换成|写错了|改|就?写的?|叫|是|为|[: ,])"

_LABELLED = re.compile(rf"(?:{alternatives('naming', 'labels')}){_FILL}{{0,4}}{_KIN}{_NAME}")
_RECEIVING = re.compile(
    rf"(?:收件 ?: ?|(?:^|[^{HAN}]|[写由给])(?={_FULL}收(?:$|[^{HAN}])))"
    rf"(?P<name>{_DOTTED}|{_FULL})(?=收?(?:$|[^{HAN}]))"
)
_IN_PERSON = re.compile(
    rf"(?:^|[^{HAN}]|[是由让])(?P<name>{_FULL})(?=本人|亲自|的(?:快递|包裹|订单|件|身份证|电话|手机))"
)
_SPELLED = re.compile(
    rf"(?:{alternatives('naming', 'labels')}|收款|收件|寄件|买家|客户) ?: ?(?P<name>[{HAN}]{{2,4}})(?=$|[^{HAN}])"
)
_CUED = re.compile(rf"(?:{alternatives('naming', 'cues')})[: ]?{_KIN}{_NAME}")
_I_AM = re.compile(
    rf"我是(?P<name>(?:{_COMPOUND}){_GIVEN}{{1,2}}"
    rf"|(?![{word('surnames', 'begin_words')}]){_SURNAME}{_GIVEN}{{2}})(?=$|[^{HAN}])"
)
_TITLED = re.compile(
    rf"(?:(?<![{HAN}])|(?<=[的是给叫姓找让请问转写帮我位])|(?![{word('surnames', 'within_words')}]))"
    rf"(?<![谢多感])(?P<name>(?:(?![祝向]){_SURNAME}|(?<![{HAN}])[{word('surnames', 'rare')}]){_GIVEN}{{0,2}}?)"
    rf"(?:{_TITLES})(?!{alternatives('titles', 'goods')})"
)
_SURNAMED = re.compile(
    rf"(?:{alternatives('naming', 'surname_is')})(?P<name>{_ANY_SURNAME})(?=$|[^{HAN}]|[的啊呀哈哦呢吧])"
)
_AND = re.compile(rf"[ ,]?(?:不是|还是|和|或|、){_NAME}")
_BESIDE = r"[ ,;:/、()\n]{0,3}"
_BEHIND = re.compile(rf"{_BESIDE}{_NAME}")
_IN_FRONT = re.compile(
    rf"(?:^|[^{HAN}]|[是收给发写叫找])(?P<name>{_DOTTED}|{_FULL})收?{_BESIDE}"
    r"(?:(?:联系)?(?:电话|手机号?码?|号码|tel)[: ]{0,2})?$"
)
# in a block of name, number and address what stands alone beside the number is the name, whatever it begins with
_ALONE = f"(?:(?![{word('surnames', 'not_alone')}])[{HAN}])"
_ALONE_IN_FRONT = re.compile(rf"(?:^|[^{HAN}]|收件|收货)(?P<name>{_ALONE}{{2,5}}){_BESIDE}$")
_ALONE_BEHIND = re.compile(rf"[ ,;:/、()\n]{{1,3}}(?P<name>{_ALONE}{{2,5}})(?=$|[^{HAN}])")
_FRONT_REACH = 40
_ENGLISH = re.compile(
    rf"(?<![A-Za-z])(?i:{word('naming', 'english')})[: ]{{1,3}}"
    r"(?P<name>[A-Z][a-z'’\-]{1,20}(?: [A-Z][a-z'’\-]{1,20}){1,2})(?![A-Za-z])"
)


def find_names(folded: Folded, beside: Sequence[Span], *, block: bool) -> Iterator[Span]:
    """Names in Chinese characters.

    Parameters
    ----------
    folded
        The text.
    beside
        Telephone numbers, identity numbers and addresses in it, these with their province: names stand next to them.
    block
        Whether there are both a number and an address, as on a parcel.
    """
    text = folded.text
    for pattern in (_LABELLED, _SPELLED, _RECEIVING, _IN_PERSON, _CUED, _I_AM, _TITLED, _SURNAMED):
        for match in pattern.finditer(text):
            if not _is_none(match["name"], strict=pattern is _I_AM):
                yield from _with_others(text, match.span("name"))
    behind = [_BEHIND, _ALONE_BEHIND] if block else [_BEHIND]
    in_front = [_IN_FRONT, _ALONE_IN_FRONT] if block else [_IN_FRONT]
    for start, end in beside:
        yield from _first(pattern.match(text, end) for pattern in behind)
        # the rest of the text must not be seen: the patterns end where the number begins
        front = text[max(0, start - _FRONT_REACH) : start]
        yield from _first((pattern.search(front) for pattern in in_front), start - len(front))


def _first(matches: Iterable[re.Match[str] | None], offset: int = 0) -> Iterator[Span]:
    for match in matches:
        if match and not _is_none(match["name"], strict=True):
            yield match.start("name") + offset, match.end("name") + offset
            return


def find_english_names(text: str) -> Iterator[Span]:
    """Names in Latin letters after a word such as ``Recipient:``, by their capitals; spans in the text itself."""
    return (match.span("name") for match in _ENGLISH.finditer(text))


def _with_others(text: str, span: Span) -> Iterator[Span]:
    """The name, and another that is set beside it: 是康凯不是康恺."""
    yield span
    if match := _AND.match(text, span[1]):
        yield match.span("name")


_PLACES = frozenset(place_names())


_FIELDS = (
    "住址",
    "电话",
    "手机",
    "地址",
    "号码",
    "日期",
    "邮箱",
    "收件",
    "收货",
    "联系",
    "信息",
    "姓名",
    "订单",
    "清关",
    "实名",
)
_NEVER = tuple(word("surnames", "never").split())


def _is_none(name: str, *, strict: bool) -> bool:
    """A place, or a word that begins with a surname's sign."""
    return (
        name in _PLACES
        or any(field in name for field in _FIELDS)
        or (strict and name[:2] in _PLACES)
        or name.startswith(_NEVER)
    )
