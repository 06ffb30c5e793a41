"""Clock times, and the one until which an order must be placed or paid."""

from __future__ import annotations

import pytest

from riskmodel.text import normalize
from riskmodel.text.when import find_clock, find_cutoff


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("下午三点半前", (15, 30)),
        ("早上8点", (8, 0)),
        ("十一点截单", (11, 0)),
        ("17:05", (17, 5)),
        ("三点前", (15, 0)),
        ("25点", None),
        ("中午12点", (12, 0)),
        ("没有", None),
        ("24:30", None),
        ("3.5点", None),
        ("二十点", (20, 0)),
        ("三四点", (16, 0)),
        ("四点一刻", (16, 15)),
        ("四点零五", (16, 5)),
        ("9点45分", (9, 45)),
        ("4点15块", (16, 0)),
        ("中午一点", (13, 0)),
        ("凌晨12点", (0, 0)),
        ("晚上12点", (23, 59)),
        ("夜里2点", (2, 0)),
        ("24点", (23, 59)),
        ("一点半", (13, 30)),
        ("一点前", (13, 0)),
        ("快一点", None),
        ("晚一点", None),
        ("今晚一点", (1, 0)),
        ("加6点税", None),
        ("九点税务上班", (9, 0)),
        ("两点心意", None),
    ],
)
def test_clock(text: str, clock: tuple[int, int] | None) -> None:
    """A bare small hour is in the afternoon; an hour that no day has is none, nor is a point, a little or a rate."""
    assert find_clock(text) == clock


@pytest.mark.parametrize(
    ("text", "cutoff"),
    [
        ("四点前拍的今天发", (16, 0)),
        ("16：00之前付款", (16, 0)),
        ("下午5点以前下单的都能发", (17, 0)),
        ("四点前您拍下付款的话", (16, 0)),
        ("每天16点前的订单当天发", (16, 0)),
        ("四点以后下单的明天发", (16, 0)),
        ("过了四点就明天了", (16, 0)),
        ("超过四点的单", (16, 0)),
        ("三点前我一定付", (15, 0)),
        ("17点前当天发", (17, 0)),
        ("4点截单", (16, 0)),
        ("截单时间是四点半", (16, 30)),
        ("截止今天下午三点", (15, 0)),
        ("早上9点上班,四点前拍", (16, 0)),
        ("晚上12点前下单", (23, 59)),
        ("0点前拍", (23, 59)),
        ("四点前发出", None),
        ("不过四点前能发", None),
        ("18点前付款给您", None),
        ("四点前一定发", None),
        ("25点前拍", None),
        ("尽快拍", None),
    ],
)
def test_cutoff(text: str, cutoff: tuple[int, int] | None) -> None:
    """A clock time in front of ordering, paying or closing is a condition, in front of the shop's own act not."""
    assert find_cutoff(normalize(text).text) == cutoff
