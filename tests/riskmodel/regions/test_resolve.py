"""Provinces from names, texts and orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.conversation import Order, ShipTo
from riskmodel.regions import (
    order_province,
    place_names,
    province_in,
    province_of,
    provinces_in,
    provinces_named,
    unknown_provinces,
)
from riskmodel.text import normalize


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("浙江", "浙江"),
        ("浙江省", "浙江"),
        ("内蒙古自治区", "内蒙古"),
        ("内蒙", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("新疆省", "新疆"),
        ("廣東省", "广东"),
        ("重庆市", "重庆"),
        (" 宁夏 ", "宁夏"),
        ("杭州", None),
        ("珠三角", None),
        ("蒙", None),
        ("", None),
        (None, None),
        ("?", None),
    ],
)
def test_name_of_a_province(name: str | None, short: str | None) -> None:
    """Full and short names and their usual variants, traditional or not, give the short one; nothing else does."""
    assert province_of(name) == short


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("寄到拉萨多少钱", "西藏"),
        ("伊犁能到么", "新疆"),
        ("原来在上海,现在搬到长沙了", "湖南"),
        ("喀什地区莎车县那边发吗", "新疆"),
        ("我是襄樊的", "湖北"),
        ("福州鼓楼区", "福建"),
        ("我在海南州共和县", "青海"),
        ("江浙沪包邮,我新疆的呢", "新疆"),
        ("珠三角这边", "广东"),
        ("江浙沪包邮吗", None),
        ("东三省能货到付款吗", None),
        ("偏远地区发吗", None),
        ("鼓楼区发吗", None),
        ("城关区那边", None),
        ("我家在山里", None),
        ("", None),
    ],
)
def test_place_in_a_text(text: str, province: str | None) -> None:
    """A city or county stands for its province; the last place counts that is sure of one."""
    assert province_in(text) == province


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("我在北京路", None),
        ("吉林路那个驿站", None),
        ("南京东路", None),
        ("上海市南京东路300号", "上海"),
        ("成都中山北一路", "四川"),
        ("北京大街", None),
        ("重庆街道办旁边", None),
        ("广州大道", None),
        ("北京新村", None),
        ("乌鲁木齐北京路小区", "新疆"),
        ("香格里拉大酒店", None),
        ("北京烤鸭保质期多久", None),
        ("新疆红枣甜吗", None),
        ("新疆红枣发西藏吗", "西藏"),
        ("发新疆路上要几天", "新疆"),
        ("西藏路远吗", "西藏"),
        ("杭州东站自提", "浙江"),
    ],
)
def test_what_follows_a_name(text: str, province: str | None) -> None:
    """The name of a street, an estate, a house or goods is no destination; the way to a place is none of these."""
    assert province_in(text) == province


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("天山区", "新疆"),
        ("今天山东能发吗", "山东"),
        ("三天内江苏能到吗", "江苏"),
        ("确定西藏可以发", "西藏"),
        ("五百克东北大米发云南吗", "云南"),
        ("长白山那边", "吉林"),
        ("通化县", "吉林"),
        ("我下单县城能收到吗", None),
        ("房县城里", None),
        ("房县发吗", "湖北"),
    ],
)
def test_names_that_overlap(text: str, province: str | None) -> None:
    """A longer name wins over one inside it, and a province or city over a lesser name that it overlaps."""
    assert province_in(text) == province


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("江浙沪包邮吗", {"江苏", "浙江", "上海"}),
        ("东北三省", {"辽宁", "吉林", "黑龙江"}),
        ("西北五省都不发吗", {"陕西", "甘肃", "青海", "宁夏", "新疆"}),
        ("京津冀和拉萨", {"北京", "天津", "河北", "西藏"}),
        ("新疆西藏青海除外", {"新疆", "西藏", "青海"}),
        ("10元江浙沪", {"江苏", "浙江", "上海"}),
        ("北京路鼓楼区", set()),
        ("偏远地区", set()),
    ],
)
def test_provinces_of_a_text(text: str, provinces: set[str]) -> None:
    """A region stands for all of its provinces; ambiguous names and streets add none."""
    assert provinces_in(text) == provinces


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("到鼓楼区几天", {"江苏", "福建", "河南"}),
        ("江北区的", {"浙江", "重庆"}),
        ("北京朝阳", {"北京"}),
        ("朝阳", {"北京", "辽宁", "吉林"}),
        ("我老家上海的,现在在鼓楼区", {"江苏", "福建", "河南"}),
        ("喀什", {"新疆"}),
        ("江浙沪", set()),
        ("发我家", set()),
    ],
)
def test_candidates_of_an_ambiguous_name(text: str, candidates: set[str]) -> None:
    """The provinces where the last place may be are told, unless an earlier place decides."""
    assert provinces_named(text) == candidates


def test_unknown_provinces_of_a_policy() -> None:
    """What is no name of a province is given back as it was written, in order and once."""
    listed = ["新疆", "西藏自治区", "內蒙", "新 疆", "偏远地区", "藏", "偏远地区", "喀什", ""]
    assert unknown_provinces(listed) == ["新 疆", "偏远地区", "藏", "喀什", ""]
    assert unknown_provinces([]) == []


@pytest.mark.parametrize(
    ("ship_to", "province"),
    [
        (None, None),
        (ShipTo(), None),
        (ShipTo(province="青海省", city="杭州市"), "青海"),
        (ShipTo(province="青海省", city="杭州市", district="鼓楼区"), "青海"),
        (ShipTo(province="somewhere", city="哈爾濱市"), "黑龙江"),
        (ShipTo(province="浙江省杭州市"), "浙江"),
        (ShipTo(city="nowhere"), None),
        (ShipTo(city="nowhere", district="莎车县"), "新疆"),
        (ShipTo(district="莎車縣"), "新疆"),
        (ShipTo(city="福州市", district="鼓楼区"), "福建"),
        (ShipTo(city="拉萨市", district="莎车县"), "西藏"),
        (ShipTo(district="鼓楼区"), None),
    ],
)
def test_province_of_an_order(ship_to: ShipTo | None, province: str | None) -> None:
    """The province field decides, then the city, then the district; nothing is guessed."""
    assert order_province(Order(order_id="o", ship_to=ship_to)) == province
    assert order_province(None) is None


def test_every_name_is_known() -> None:
    """Each name leads to its provinces, and all 34 can be reached."""
    reached = {province_in(name) for name in place_names()}
    assert all(provinces_named(name) or provinces_in(name) for name in place_names())
    assert len(reached - {None}) == 34


@given(text=st.one_of(texts(), st.text(), st.lists(st.sampled_from(place_names())).map("".join)))
def test_answers_agree(text: str) -> None:
    """For any text the sure province is one of those named, and nothing raises."""
    folded = normalize(text).text
    sure = province_in(folded)
    assert (sure is None) or (sure in provinces_in(folded))
    if len(named := provinces_named(folded)) == 1 and sure is not None:
        assert named <= provinces_in(folded)


@given(place=st.sampled_from(place_names()), before=st.sampled_from(["我在", "发到", "寄", "收货地址:", ""]))
def test_a_name_means_the_same_in_a_sentence(place: str, before: str) -> None:
    """What stands around a name does not change what it means."""
    assert province_in(f"{before}{place},能发吗") == province_in(place)
    assert provinces_named(f"{before}{place},能发吗") == provinces_named(place)
