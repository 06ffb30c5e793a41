"""Provinces from names, texts and orders."""

from __future__ import annotations

import pytest

from riskmodel.conversation import Order, ShipTo
from riskmodel.regions import order_province, place_names, province_in, province_of


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("浙江", "浙江"),
        ("浙江省", "浙江"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("廣東省", "广东"),
        ("重庆市", "重庆"),
        (" 宁夏 ", "宁夏"),
        ("杭州", None),
        ("", None),
        (None, None),
        ("?", None),
    ],
)
def test_name_of_a_province(name: str | None, short: str | None) -> None:
    """Full and short names, traditional or not, give the short one; anything else is unknown."""
    assert province_of(name) == short


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("寄到拉萨多少钱", "西藏"),
        ("伊犁能到么", "新疆"),
        ("原来在上海,现在搬到长沙了", "湖南"),
        ("我家在山里", None),
        ("", None),
    ],
)
def test_place_in_a_text(text: str, province: str | None) -> None:
    """A city stands for its province, and the last place named counts."""
    assert province_in(text) == province


@pytest.mark.parametrize(
    ("ship_to", "province"),
    [
        (None, None),
        (ShipTo(), None),
        (ShipTo(province="青海省", city="杭州市"), "青海"),
        (ShipTo(province="somewhere", city="哈爾濱市"), "黑龙江"),
        (ShipTo(city="nowhere"), None),
    ],
)
def test_province_of_an_order(ship_to: ShipTo | None, province: str | None) -> None:
    """The province field decides, then the city; nothing is guessed."""
    assert order_province(Order(order_id="o", ship_to=ship_to)) == province
    assert order_province(None) is None


def test_every_name_is_one_provinces() -> None:
    """All 34 provinces can be reached, and every name that is known leads to one of them."""
    found = {province_in(name) for name in place_names()}
    assert None not in found
    assert len(found) == 34
