"""Provinces, cities and counties in a text: what stays, and where the detail of an address begins."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from riskmodel.regions.gazetteer import Meaning, load_gazetteer
from service.evidence.redaction.folding import Span
from service.evidence.redaction.words import HAN, alternatives

__all__ = ["find_divisions"]

_WAYS, _QUARTERS = alternatives("addresses", "ways"), alternatives("addresses", "quarters")
_NAMED = re.compile(f"(?:{_WAYS})[东西南北中]?段?|{_QUARTERS}")
_STREETS_AFTER = re.compile(rf"[东西南北中一二三四五六七八九]{{0,2}}(?:{_WAYS}|{_QUARTERS}|门[内外])")
_SCHOOL_AFTER = re.compile(f"[{HAN}]{{0,4}}(?:大学|学院)")  # 四川大学
_HONG_KONG = ("新界", "九龙", "港岛")
_FULL_ENDS = "省市区县州旗盟"
_GREATER_ENDS = ("市", "省", "州", "地区", "盟", "自治区")
_QUARTER_SOON = re.compile(
    rf"[{HAN}]{{1,4}}(?:{_WAYS}|{_QUARTERS}|[a-z]?[0-9一二三四五六七八九十]{{1,3}}(?:号楼|栋|幢|座|单元))"
)
_BETWEEN_REGIONS = " ,省市区县州"
# 马村 for 马村区 in the middle of 下马村
_ENDS_LIKE_A_QUARTER = re.compile(rf"(?:{_WAYS}|{_QUARTERS})$")
# a county or district behind a region: 拉萨市城关区
_LESSER = re.compile(
    rf"(?:(?![镇乡街村路])[{HAN}]){{1,7}}?(?<!开发)(?<![小园社校院工])(?:自治县|[左右中前后]旗|自治旗|[县区])"
)


class _Places(NamedTuple):
    """Names of regions, the provinces that each may lie in, and which are short for a county: 松山 for 松山区."""

    finder: AhoCorasick
    provinces: list[frozenset[str]]
    lesser: list[bool]


@cache
def _places() -> _Places:
    meanings = {name: meaning for name, meaning in load_gazetteer().places.items() if len(name) > 1}
    meanings |= dict.fromkeys(_HONG_KONG, Meaning(frozenset({"香港"})))
    return _Places(
        AhoCorasick(list(meanings), matchkind=MatchKind.LeftmostLongest),
        [meaning.provinces for meaning in meanings.values()],
        [name[-1] not in _FULL_ENDS and not any(name + end in meanings for end in _GREATER_ENDS) for name in meanings],
    )


def find_divisions(text: str) -> list[Span]:
    """Provinces, cities and counties, those neighbours as one; 北京 in 北京路 and 松山 in 松山湖大道 are none."""
    places = _places()
    # 道县 in the middle of 大道县医院
    within = {place for part in _NAMED.finditer(text) for place in range(part.start() + 1, part.end())}
    found: list[Span] = []
    provinces: frozenset[str] = frozenset()
    matches = places.finder.find_matches_as_indexes(text)
    begins = {start for _, start, _ in matches}
    for which, start, last in matches:
        end = last
        follows = bool(found) and text[found[-1][1] : start].strip(_BETWEEN_REGIONS) == ""
        short = text[end - 1] not in _FULL_ENDS
        if (
            (found and start < found[-1][1])
            or start in within
            or (follows and short and text[found[-1][1] - 1] in "区县旗")  # 武侯区四川大学
            or (short and end not in begins and _STREETS_AFTER.match(text, end))
            or (short and not follows and end not in begins and _SCHOOL_AFTER.match(text, end))
            or (follows and not provinces & places.provinces[which])
            or (not follows and places.lesser[which] and _is_part_of_a_name(text, start, end))
        ):
            continue
        if match := _LESSER.match(text, end):
            end = match.end()
        if follows:
            found[-1] = found[-1][0], end
            provinces &= places.provinces[which]
        else:
            found.append((start, end))
            provinces = places.provinces[which]
    return found


def _is_part_of_a_name(text: str, start: int, end: int) -> bool:
    return bool(_QUARTER_SOON.match(text, end) or _ENDS_LIKE_A_QUARTER.search(text, start, end))
