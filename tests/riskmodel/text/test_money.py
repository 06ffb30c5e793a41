"""Amounts of money as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.text import find_amounts, normalize
from riskmodel.text.money import chinese_number


def amounts(text: str) -> list[float]:
    return [amount.yuan for amount in find_amounts(normalize(text).text)]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("退我６６元", [66]),
        ("￥12.50就够", [12.5]),
        ("要2千块", [2000]),
        ("三百五十块", [350]),
        ("两百五", []),
        ("转两百五", [250]),
        ("八毛", [0.8]),
        ("五块五", [5.5]),
        ("1.5万元", [15_000]),
        ("补60r", [60]),
        ("赔偿我1k", [1000]),
        ("俩百块钱", [200]),
        ("一万两千元", [12_000]),
        ("三千零五十块", [3050]),
        ("先给30,再给70", [30, 70]),
    ],
)
def test_amount(text: str, yuan: list[float]) -> None:
    """Figures and numerals with a unit, or bare after a word of paying, are money."""
    assert amounts(text) == yuan


@pytest.mark.parametrize(
    "text",
    ["给我3个", "收到2件", "要5天", "一起退", "给一下", "转2次", "第3楼", "赔10倍", "要38码", "12315", "否则,12345"],
)
def test_what_is_counted_is_no_money(text: str) -> None:
    """Numbers of things, days, multiples and telephone numbers are not."""
    assert amounts(text) == []


@given(number=st.integers(1, 9_999_999))
def test_figures_keep_their_value(number: int) -> None:
    """Any sum in figures with a unit is read as written."""
    assert amounts(f"转我{number}元") == [number]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("一百零五", 105),
        ("一百五", 150),
        ("三千二", 3200),
        ("一万五", 15_000),
        ("零", 0),
        ("一二", None),
        ("两万三千四百五十六", 23_456),
    ],
)
def test_chinese_number(numeral: str, value: float | None) -> None:
    """Numerals in full and as spoken; digits in a row are none."""
    assert chinese_number(numeral) == value


@given(text=texts())
def test_amounts_are_in_bounds(text: str) -> None:
    """Whatever the text, amounts are stretches of it from left to right, and none is below zero."""
    folded = normalize(text).text
    end = 0
    for amount in find_amounts(folded):
        assert end <= amount.start < amount.end <= len(folded)
        assert amount.yuan >= 0
        end = amount.end
