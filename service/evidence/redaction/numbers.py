"""Numbers that belong to a person: telephone, identity card, bank card.

A number is known by its form and its check digit (python-stdnum); a word in front of it (身份证, 卡号) makes up for a
check digit that does not fit, and one like 订单号 says that it is something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from service.evidence.redaction.folding import CHINESE_DIGITS as _CHINESE_DIGITS
from service.evidence.redaction.folding import Folded, Span, scan
from service.evidence.redaction.words import alternatives

__all__ = ["find_bank_cards", "find_id_numbers", "find_phones"]

_BANKS = alternatives("numbers", "banks")
_CUE_REACH = 16  # characters before a number in which a word speaks for it or against it
_GAP = r"[ \n\-—._·~、,/]"
# o for 0: 177oooo3852
_MOBILE = re.compile(rf"(?:\(?(?:\+|00)?86\)?[ \-]{{0,2}})?(1(?:{_GAP}{{0,2}}[0-9o]){{10}})")
_EXTENSION = "(?:(?:转|-|分机|ext)[ :]?[0-9]{1,6})?"
_LANDLINE = re.compile(
    rf"\(?0(?:10|2[0-9]|[3-9][0-9]{{2}})\)?[ \-]{{0,2}}[2-9][0-9]{{2,3}}[ \-]?[0-9]{{4}}{_EXTENSION}"
)
_ABROAD = re.compile(
    r"\(?(?:\+|00)(?!86|0)[1-9][0-9]{0,2}\)?(?:[ \-().]{0,2}[0-9]){7,12}"
    r"|(?:852|853|886)[ \-](?:[ \-]?[0-9]){8,9}|09[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3}"
)
# of seven digits or eight, as in Hong Kong, where a word says so
_LOCAL = re.compile(
    rf"(?:电话|手机|座机|固话|tel|打|拨|致电|香港|澳门)号?码?[:是为 ]{{0,3}}"
    rf"([2-9][0-9]{{2,3}}[ \-]?[0-9]{{4}}{_EXTENSION})(?![0-9\-a-z元块个件])"
)
_ID = re.compile(rf"[1-9](?:{_GAP}?[0-9]){{16}}{_GAP}?[0-9x](?![a-z])")
_OLD_ID = re.compile(r"[1-9][0-9]{14}(?![a-z])")
_CARD = re.compile(r"(?:(?<![a-z])|(?<=visa)|(?<=card))[1-9](?:[ \n\-]?[0-9]){14,18}(?![a-z])")
# any account with a bank, where a word says so: 帐户 1109…, 004-000-123456-838
_ACCOUNT = re.compile(r"(?<![a-z])[0-9](?:[ \n\-]?[0-9]){8,23}(?![a-z])")

_OF_AN_ORDER = re.compile(r"(?:单号|订单|编号|货号|款号|流水号?|条码|批号|交易号)码?[是为: ]{0,3}$")
_OF_AN_ID = re.compile(r"(?:身份证|证件)[^0-9]{0,8}$")
_OF_A_CARD = re.compile(
    rf"(?:卡|对公|公户|[账帐][号户]|户口|折子?|存折|{_BANKS}|打款?到?|[转汇退]到?|汇款|visa|master(?:card)?|银联)"
    r"[^0-9a-z]{0,6}$"
)
_OF_AN_ACCOUNT = re.compile(
    rf"(?:(?<!积分)(?<!会员)(?<!储值)(?<!点)卡号|银行卡|储蓄卡|借记卡|信用卡|对公|公户|[账帐]号"
    rf"|[账帐]户|户口|折子?|存折|{_BANKS})[^0-9a-z]{{0,6}}$"
)
_CARD_BEHIND = re.compile(rf"[ ,(]{{0,2}}(?:是|的)?(?:我的?|这张)?(?:{_BANKS}|信用卡|银行卡|储蓄卡|visa)")
_LETTERS = re.compile("[a-z]+$")
_LETTERS_OF_A_PHONE = frozenset("tel phone mobile mob call vx wx v q qq weixin wechat whatsapp".split())


def find_phones(folded: Folded) -> Iterator[Span]:
    """Mobile numbers however they are parted, landlines with their area code, numbers abroad with their plus sign."""
    for pattern, accept in ((_MOBILE, _is_mobile), (_LANDLINE, _is_of_no_order), (_ABROAD, _is_of_no_order)):
        yield from _found(pattern, folded, accept)
    yield from (match.span(1) for match in _LOCAL.finditer(folded.text))


def find_id_numbers(folded: Folded) -> Iterator[Span]:
    """Numbers of 18 digits whose date and check digit fit, or that are called one; of 15 where they are called one."""
    yield from _found(_ID, folded, _is_id)
    yield from _found(_OLD_ID, folded, lambda match: _follows(_OF_AN_ID, match))


def find_bank_cards(folded: Folded) -> Iterator[Span]:
    """Numbers of 15 to 19 digits that are called a card, or fit the check digit and look like one of UnionPay's."""
    yield from _found(_CARD, folded, _is_card)
    yield from _found(_ACCOUNT, folded, lambda match: _follows(_OF_AN_ACCOUNT, match) and not _is_phone(match))


def _found(pattern: re.Pattern[str], folded: Folded, accept: Callable[[re.Match[str]], bool]) -> Iterator[Span]:
    def accepted(match: re.Match[str]) -> bool:
        return not _goes_on(folded.text, *match.span()) and accept(match)

    return (match.span() for match in scan(pattern, folded.figures, accepted))


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the number is part of a longer one; 一 in 13900001234一直 belongs to the next word."""
    return any(
        outer.isdecimal() or (outer in _CHINESE_DIGITS and inner in _CHINESE_DIGITS)
        for outer, inner in ((text[start - 1 : start], text[start]), (text[end : end + 1], text[end - 1]))
        if outer
    )


def _is_mobile(match: re.Match[str]) -> bool:
    gaps = re.findall(f"{_GAP}+", match[1])
    groups = re.split(f"{_GAP}+", match[1])
    if any("o" in group for group in groups) and sum(group.count("o") for group in groups) > 6:
        return False
    sizes = [group for group in groups if len(group) == 3]
    is_list = len(groups) > 3 and len(sizes) > 2 and sizes == sorted(sizes)  # 135 140 145 15
    return "".join(groups)[1] in "3456789" and len(set(gaps)) <= 1 and not is_list and _is_of_no_order(match)


def _is_of_no_order(match: re.Match[str]) -> bool:
    """Neither called the number of something nor a part of one such as SF13900001234."""
    letters = _LETTERS.search(match.string, max(0, match.start() - _CUE_REACH), match.start())
    return (letters is None or letters[0] in _LETTERS_OF_A_PHONE) and not _follows(_OF_AN_ORDER, match)


def _is_id(match: re.Match[str]) -> bool:
    number = re.sub(_GAP, "", match[0]).upper()
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return number[-1] == ric.calc_check_digit(number) or _follows(_OF_AN_ID, match)


def _is_card(match: re.Match[str]) -> bool:
    if _follows(_OF_AN_ORDER, match):
        return False
    groups = re.split("[ \n-]", match[0])
    in_fours = len(groups) > 3 and all(len(group) == 4 for group in groups[:-1])
    number = "".join(groups)
    looks = number.startswith("62") or in_fours
    named = _follows(_OF_A_CARD, match) or _CARD_BEHIND.match(match.string, match.end()) is not None
    return named or (looks and luhn.is_valid(number))


def _is_phone(match: re.Match[str]) -> bool:
    return _MOBILE.fullmatch(match[0]) is not None or _LANDLINE.fullmatch(match[0]) is not None


def _follows(cue: re.Pattern[str], match: re.Match[str]) -> bool:
    return cue.search(match.string, max(0, match.start() - _CUE_REACH), match.start()) is not None
