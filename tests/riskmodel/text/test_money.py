"""Amounts of money as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.text import find_amounts, normalize
from riskmodel.text.money import chinese_number, find_rates


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
        ("按35给您退", [35]),
        ("按35天算", []),
        ("赔偿我1k", [1000]),
        ("俩百块钱", [200]),
        ("一万两千元", [12_000]),
        ("三千零五十块", [3050]),
        ("先给30,再给70", [30, 70]),
        ("15r", [15]),
        ("十来块", [10]),
        ("二十多块", [20]),
        ("三五块", [5]),
        ("五六十块", [60]),
        ("十块八块的", [10]),
        ("赔两三千", [3000]),
        ("10-20块", [20]),
        ("补10到15", [15]),
        ("赔1,000元", [1000]),
        ("补个20左右", [20]),
        ("给一百五十", [150]),
        ("12块5毛", [12.5]),
        ("12元5角", [12.5]),
        ("补12块5", [12.5]),
        ("八毛钱", [0.8]),
        ("50元2斤", [50]),
        ("差一块", [1]),
        ("1k不能再少", [1000]),
        ("rmb100", [100]),
    ],
)
def test_amount(text: str, yuan: list[float]) -> None:
    """Figures and numerals with a unit, or bare after a word of paying, are money."""
    assert amounts(text) == yuan


@pytest.mark.parametrize(
    "text",
    """给我3个 收到2件 要5天 一起退 给一下 转2次 第3楼 赔10倍 要38码 12315 否则,12345 给12315打电话 退100% 付3期
    半价 补5个点 加六个点 要12.12前 给12.12发 要16:00前 要12-12之前 要十一前 要500ml 要5kg 给2xl 要160/84
    65w快充 18k金 4k电视 16k纸 3.5折 235/55r18 1234567890元 收货电话13800138000 一块发 我一块买的 两块香皂
    元旦 12月30元旦前 圆领 两毛巾 五角星 要千万记得 给万一不发""".split(),
)
def test_what_is_counted_is_no_money(text: str) -> None:
    """Numbers of things, days, multiples, shares, sizes, dates and telephone numbers are not."""
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


@given(
    text=st.lists(
        st.sampled_from("补 赔 给 ¥ 元 块 毛 r 多 来 - 到 . , 一 三五 十 千 0 15 12.5 000 k % 个 点 税".split())
    ).map("".join)
)
def test_what_is_passed_over_holds_no_amount(text: str) -> None:
    """The quick look that spares most messages the search never hides an amount, and no text is an error."""
    found = list(find_amounts(text))
    assert list(find_amounts(f"{text},0个")) == found
    assert all(rate.fraction >= 0 and 0 <= rate.start < rate.end <= len(text) for rate in find_rates(text))


@pytest.mark.parametrize(
    ("text", "fractions"),
    [
        ("开票加6个点", [0.06]),
        ("六个点", [0.06]),
        ("6.5个税点", [0.065]),
        ("税点是13", [0.13]),
        ("百分之六", [0.06]),
        ("100%正品", [1.0]),
        ("加收8点的税", [0.08]),
        ("5个点赞", []),
        ("四点前,50元", []),
    ],
)
def test_rates(text: str, fractions: list[float]) -> None:
    """Points, per cent and a number after the word for a tax rate are fractions of one."""
    assert [rate.fraction for rate in find_rates(normalize(text).text)] == fractions
