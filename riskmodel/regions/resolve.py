"""Provinces in texts and orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from riskmodel.conversation import Order
from riskmodel.regions.gazetteer import Meaning, load_gazetteer, read_data
from riskmodel.text import normalize

__all__ = [
    "order_province",
    "place_names",
    "province_in",
    "province_of",
    "provinces_in",
    "provinces_named",
    "unknown_provinces",
]

_NOWHERE = Meaning(frozenset())
# after a county's name of two signs: 下单县城也送吗 does not name 单县
_TOWNS = "城里级"


class _Finder(NamedTuple):
    """All words to look for, the province of each that is sure of one, their meanings, and what must not follow."""

    words: AhoCorasick
    provinces: list[str | None]
    meanings: list[Meaning]
    otherwise: re.Pattern[str]


@cache
def _finder() -> _Finder:
    names, context = load_gazetteer(), read_data("context")
    found = {**names.crossings, **names.places}
    for group in context["words"]:
        found |= dict.fromkeys(group["names"].split(), _NOWHERE)
    found |= {
        name + sign: _NOWHERE for name in names.places if len(name) == 2 and name.endswith("县") for sign in _TOWNS
    }
    followers = "|".join(context["houses"] + context["goods"])
    streets, ways = "|".join(context["streets"]), "|".join(context["not_streets"])
    return _Finder(
        AhoCorasick(list(found), matchkind=MatchKind.LeftmostLongest),
        [next(iter(meaning.provinces)) if len(meaning.provinces) == 1 else None for meaning in found.values()],
        list(found.values()),
        re.compile(f"(?!{ways})[东西南北中]?[一二三四五六七八九十]?(?:{streets})|{followers}"),
    )


def _meanings(text: str) -> Iterator[Meaning]:
    """What the places named in folded `text` mean, in their order."""
    finder = _finder()
    for index, _, end in finder.words.find_matches_as_indexes(text):
        meaning = finder.meanings[index]
        if meaning.provinces and not finder.otherwise.match(text, end):
            yield meaning


@cache
def place_names() -> tuple[str, ...]:
    """Every name of a place that this package knows, ambiguous ones and regions included, in folded form."""
    return tuple(load_gazetteer().places)


def province_of(name: str | None) -> str | None:
    """Short name of a province from its full or short form or another name for it; None where it is not one.

    Examples
    --------
    >>> province_of("浙江省"), province_of("内蒙"), province_of("杭州")
    ('浙江', '内蒙古', None)
    """
    return load_gazetteer().provinces.get(normalize(name).text.strip()) if name else None


def unknown_provinces(names: Iterable[str]) -> list[str]:
    """Those of `names` that are not the name of a province, in their order and each once.

    Examples
    --------
    >>> unknown_provinces(["新疆", "西藏自治区", "内蒙", "江浙沪", "蒙", "江浙沪"])
    ['江浙沪', '蒙']
    """
    return [name for name in dict.fromkeys(names) if province_of(name) is None]


def province_in(text: str) -> str | None:
    """The province of the last place in folded `text` that lies in one province for certain.

    Passed over are ambiguous names (鼓楼区), regions of several provinces (江浙沪), streets (北京路), goods (新疆红枣).

    Examples
    --------
    >>> province_in("喀什包邮吗"), province_in("我在新疆"), province_in("福州鼓楼区"), province_in("发我家")
    ('新疆', '新疆', '福建', None)
    """
    words, provinces, _, otherwise = _finder()
    for index, _, end in reversed(words.find_matches_as_indexes(text)):
        province = provinces[index]
        if province is not None and not otherwise.match(text, end):
            return province
    return None


def provinces_in(text: str) -> frozenset[str]:
    """All provinces that folded `text` names for certain: each by name, by a place in it, or as part of a region.

    Examples
    --------
    >>> sorted(provinces_in("江浙沪包邮吗")), provinces_in("偏远地区")
    (['上海', '江苏', '浙江'], frozenset())
    """
    found = (meaning.provinces for meaning in _meanings(text) if meaning.region or len(meaning.provinces) == 1)
    return frozenset().union(*found)


def provinces_named(text: str) -> frozenset[str]:
    """The provinces in one of which the last place named in folded `text` lies; several where its name is ambiguous.

    An earlier place that is sure of its province decides between them. Regions are passed over.

    Examples
    --------
    >>> sorted(provinces_named("到鼓楼区要几天")), provinces_named("福州鼓楼区"), provinces_named("发我家")
    (['江苏', '河南', '福建'], frozenset({'福建'}), frozenset())
    """
    named: frozenset[str] = frozenset()
    sure: set[str] = set()
    for meaning in _meanings(text):
        if not meaning.region:
            named = meaning.provinces & sure or meaning.provinces
            if len(meaning.provinces) == 1:
                sure |= meaning.provinces
    return named


def order_province(order: Order | None) -> str | None:
    """The province that an order ships to.

    The province field decides, then the city, then the district: the first of them that names a province or a place
    in one. Where fields contradict each other the wider one is believed.
    """
    if order is None or order.ship_to is None:
        return None
    fields = (order.ship_to.province, order.ship_to.city, order.ship_to.district)
    found = (province_of(field) or province_in(normalize(field).text) for field in fields if field)
    return next((province for province in found if province), None)
