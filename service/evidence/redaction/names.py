"""Names of people, where something says that it is one: a label, 我叫, a title, a number or address beside it.

A name that nothing introduces cannot be told from other words without a dictionary of names, and is not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.nonnames import is_no_name
from service.evidence.redaction.persons import GIVEN_SIGNS
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
_KIN_WORDS = f"(?:{alternatives('persons', 'kin')}|{alternatives('persons', 'roles')})"
_KIN = f"(?:我?{_KIN_WORDS})?"
_FILL = "(?:改[成为]|换成|写错了|改|就?写的?|叫|是|为|[: ,])"

_NOBODY_HERE = f"(?:{alternatives('titles', 'nobody')})"

_LABELLED = re.compile(rf"(?:{alternatives('naming', 'labels')}){_FILL}{{0,4}}{_KIN}{_NAME}")
_RECEIVING = re.compile(
    rf"(?:收件 ?: ?|(?:^|[^{HAN}]|[写由给成为改])(?={_FULL}收(?:$|[^{HAN}])))"
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
    rf"(?:{alternatives('naming', 'surname_is')})(?P<name>{_ANY_SURNAME})(?=$|[^{HAN}]|[的啊呀哈哦呢吧叫]|电话|手机)"
)
_ANY_TITLED = re.compile(
    rf"(?:^|[^{HAN}]|[给找让请问是的叫由跟和与])"
    rf"(?P<name>(?!{_NOBODY_HERE})(?:(?![{word('surnames', 'not_alone')}])[{HAN}]){{2,3}}?)"
    rf"(?={alternatives('titles', 'after_any')})(?!{_TITLES}{alternatives('titles', 'goods')})"
)
_SHORT_TITLED = re.compile(
    rf"(?:^|[^{HAN}]|[的是给叫找让请问转帮我和跟由])(?P<name>(?![帅靓美]){_ANY_SURNAME})"
    rf"(?:{alternatives('titles', 'short')})"
    rf"(?=$|[^{HAN}]|[帮的说让在那给来签收您你好要吗就也取拿住])"
)
_TITLED_BY_RARE = re.compile(
    rf"(?:^|[^{HAN}]|[的是给叫找让请问转帮由店])(?P<name>[{word('surnames', 'rare')}])"
    rf"(?:{_TITLES})(?!{alternatives('titles', 'goods')})"
)
_HOME = re.compile(rf"(?:^|[^{HAN}]|的)(?P<name>{_ANY_SURNAME}[{GIVEN_SIGNS}]{{1,2}})家(?=$|[^{HAN}]|[的住里那代收])")
# 找尉晨, 原单贝勒改成贝乐
_SEEKING = re.compile(
    rf"(?:找|问下|问一下|麻烦交给|原单|写|填|{_KIN_WORDS})(?P<name>{_ANY_SURNAME}(?:(?!{_TITLES}){_GIVEN}){{1,2}})"
    rf"(?=$|[^{HAN}]|改[成为]|签收|代收|[的收取])"
)
_AND = re.compile(rf"[ ,]?(?:不是|还是|和|或|、){_NAME}")
_ENGLISH = re.compile(
    rf"(?<![A-Za-z])(?i:{word('naming', 'english')})[: ]{{1,3}}"
    r"(?P<name>[A-Z][a-z'’\-]{1,20}(?: [A-Z][a-z'’\-]{1,20}){1,2})(?![A-Za-z])"
)

_PATTERNS = (
    *(_LABELLED, _SPELLED, _RECEIVING, _IN_PERSON, _CUED, _I_AM, _TITLED, _SURNAMED),
    *(_ANY_TITLED, _SHORT_TITLED, _TITLED_BY_RARE, _HOME, _SEEKING),
)


def find_names(folded: Folded) -> Iterator[Span]:
    """Names in Chinese characters that a word introduces, or that stand beside one of these."""
    text = folded.text
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not is_no_name(match["name"], strict=pattern is _I_AM):
                yield from _with_others(text, match.span("name"))


def find_english_names(text: str) -> Iterator[Span]:
    """Names in Latin letters after a word such as ``Recipient:``, by their capitals; spans in the text itself."""
    return (match.span("name") for match in _ENGLISH.finditer(text))


def _with_others(text: str, span: Span) -> Iterator[Span]:
    """The name, and another that is set beside it: 是康凯不是康恺."""
    yield span
    if match := _AND.match(text, span[1]):
        yield match.span("name")
