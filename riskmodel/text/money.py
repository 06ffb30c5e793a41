"""Amounts of money in folded text — 50元, ¥88.8, 三五块, 五毛, a bare number after a word of paying — and rates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from riskmodel.text.numerals import NUMERALS, chinese_number, read_number

__all__ = ["Amount", "Rate", "chinese_number", "find_amounts", "find_rates"]


class Amount(NamedTuple):
    """Money at ``text[start:end]``: `yuan` is at least 0; of a range it is the upper end."""

    start: int
    end: int
    yuan: float


class Rate(NamedTuple):
    """A rate at ``text[start:end]``, as a fraction of 1: 6个点 is 0.06."""

    start: int
    end: int
    fraction: float


_SUFFIX = {"千": 1000.0, "k": 1000.0, "万": 10_000.0, "w": 10_000.0, "百": 100.0}

# every amount holds one of these; most messages hold none and are done
_HINT = re.compile(f"[0-9¥]|[{NUMERALS}][{NUMERALS}块元圆毛角多来几大人r ]")

_START = r"(?<![0-9])(?<![0-9]\.)"  # not in the middle of a longer number
_FIGURES = r"(?:[0-9]{1,3},000|[0-9]{1,7}(?:\.[0-9]{1,2})?)(?:[千万百kw](?![a-z]))?"
_NUMBER = rf"(?:{_FIGURES}|[{NUMERALS}]{{1,9}})"
# 一块发 is "together", 两块香皂 are pieces, 元旦 is a day, 圆领 a collar
_TOGETHER = "(?!一块(?:儿|[发寄买拍下退付包送打来去用结算走装给邮过收到补开换取]))"
_CURRENCY = (
    r"(?:块钱|元钱|块(?!香皂|肥皂|手表|巧克力|布|地毯|毛巾|砖|板|玻璃|蛋糕|饼|电池|屏|硬盘)|元(?![旦宵素件气月])|圆(?![领形头桌筒])"
    r"|大洋|rmb|人民币|r(?![a-z0-9]))"
)
_COUNTED = "个件天次号点月年楼箱包条盒瓶双套份张台只斤克分小折人倍样起下些种家直定切路会边片位把头根本代辆遍手码米瓦期"
_TAIL = rf"(?:(?<=[块元])(?P<tail>[一二两三四五六七八九1-9])(?:[毛角](?:钱)?|(?![{NUMERALS}0-9.%:块元毛{_COUNTED}])))?"
# after a word of paying a bare number is money unless it is followed by what it counts; 一下, 一个 are not amounts
_PAYING = (
    r"(?:赔偿|补偿|赔付|红包|转账|打款|赔|补|转|退|给|付|收|要|返)"
    r"(?:我|你|您|咱|俺|们|个|点|了|上|过来|再|给|至少|最少|一共|总共|也就|大概|大约|差不多|起码){0,3} ?"
)
# nor is what goes on as a date, a time, a size or a share (要12-12之前, 要16:00前, 要500ml, 退100%) or has its unit
_NOT_COUNTED = rf"(?![0-9a-z%:/{NUMERALS}{_COUNTED}]| %|[-~.到至][0-9]|,000|[之以]?前|[多来几]? ?[块元圆])"
_DOTTED_DATE = r"(?![0-9]{1,2}\.[0-9]{1,2}(?:[发到寄送晚早]|当天))"
_HOTLINES = r"(?:12315|12345)(?![0-9])"  # offices that uphold rights; their numbers are no sums
_PATTERN = re.compile(
    rf"(?=[0-9¥r,赔补红转打退给付收要返按{NUMERALS}])(?:(?:¥|rmb) ?(?P<sign>{_NUMBER})"
    rf"|{_START}{_TOGETHER}(?:(?P<low>{_NUMBER}) ?(?:[-~到至]|块(?=[一二三五八十]块)) ?)?"
    rf"(?P<unit>{_NUMBER}) ?[多来几]? ?{_CURRENCY}{_TAIL}"
    rf"|{_START}(?P<mao>[0-9一二两三四五六七八九]) ?(?:毛(?![巾衣绒呢线毯衫裤皮笔领])|角(?=钱))(?:钱)?"
    rf"|(?<![^,。!?;~ \n、]),?(?P<alone>(?!{_HOTLINES})[1-9][0-9]{{1,5}})(?=[,。!?;~ \n]|$|也行|就行|也可以|吧|一分)"
    # bare 2k, 4k and 8k are mostly screens, 9k to 24k gold, 16k and 32k paper
    r"|(?<![0-9a-z.#])(?P<kilo>(?![2489]k)[1-9](?:\.[0-9])?k)(?![a-z0-9金屏高清画显])"
    # 按30给您补
    r"|按(?P<rated>[1-9][0-9]{0,4})(?=[给帮]?[您你]?(?:补|赔|退|返))"
    rf"|{_PAYING}(?!{_HOTLINES}){_DOTTED_DATE}(?P<bare>(?:[0-9]{{1,6}}[-~到至])?(?:[0-9]{{1,3}},000|[0-9]{{1,6}})(?:\.[0-9]{{1,2}})?[千万百kw]?"
    rf"|(?![百千万零])[{NUMERALS}]{{2,9}}){_NOT_COUNTED})"
)
_BOUND = re.compile("[-~到至]")

_RATE_HINT = re.compile("[%点税分]")
_RATE_NUMBER = "[0-9]{1,3}(?:[.][0-9]{1,2})?|[一二两三四五六七八九十百]{1,4}"
_RATE = re.compile(
    rf"百分之(?P<share>{_RATE_NUMBER})"
    rf"|{_START}(?P<percent>[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?) ?%"
    rf"|{_START}(?P<points>{_RATE_NUMBER}) ?(?:个税?点(?![赞击评心])|税点|点的?税)"
    rf"|税[点率][是要按为:]? ?(?P<tax>{_RATE_NUMBER})(?![0-9.个月号天块元年])"
)


def _value(number: str) -> float | None:
    if number[0] in NUMERALS:
        return read_number(number)
    number = number.replace(",", "")
    scale = _SUFFIX.get(number[-1])
    return float(number[:-1]) * scale if scale else float(number)


def find_amounts(text: str) -> Iterator[Amount]:
    """Every amount in folded `text`, from left to right, without overlap.

    Examples
    --------
    >>> [amount.yuan for amount in find_amounts("补十五块,或者转我200,再不然一百五十元")]
    [15.0, 200.0, 150.0]
    >>> [amount.yuan for amount in find_amounts("三五块的事,补10-15左右,5个点就算了")]
    [5.0, 15.0]
    """
    if not _HINT.search(text):
        return
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "tail" else "unit"
        assert kind is not None
        value = _value(_BOUND.split(match[kind])[-1])
        if value is None:
            continue
        if kind == "mao":
            value /= 10
        elif match["tail"]:
            value += (_value(match["tail"]) or 0) / 10
        elif match["low"]:
            value = max(value, _value(match["low"]) or 0)
        cut = kind if kind in ("bare", "alone", "rated") else 0
        yield Amount(match.start(cut), match.end(cut), value)


def find_rates(text: str) -> Iterator[Rate]:
    """Every rate in folded `text`, such as the tax that a shop asks for an invoice, from left to right.

    Examples
    --------
    >>> [rate.fraction for rate in find_rates("开票加6个点,或者百分之六,税点6.5,100%正品")]
    [0.06, 0.06, 0.065, 1.0]
    """
    if not _RATE_HINT.search(text):
        return
    for match in _RATE.finditer(text):
        assert match.lastgroup is not None
        value = read_number(match[match.lastgroup])
        if value is not None:
            yield Rate(match.start(), match.end(), round(value / 100, 6))
