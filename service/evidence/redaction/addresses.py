"""The detail of an address: street, number, building, room, town and village. Province, city and county stay.

An address is a chain of parts close together: ways (路, 巷), quarters (小区, 村), numbered units (3栋, 2单元, 五组).
One part alone is no address (在路上, 3号到): there have to be a named place with a number, two units, or a region or a
word such as 住 in front. The chain begins where a region, a mark or a word such as 寄到 ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from riskmodel.regions.gazetteer import load_gazetteer
from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["Address", "find_addresses"]

_NAME_REACH = 9  # the longest name in front of 路, 村, 栋
_NUMERAL = "[0-9a-z一二三四五六七八九十百零〇甲乙丙丁东西南北]"
_COUNT = rf"(?:附|第)?{_NUMERAL}(?:-?{_NUMERAL}){{0,7}}"
_WAYS, _QUARTERS = alternatives("addresses", "ways"), alternatives("addresses", "quarters")
_NO_UNIT = rf"(?!{_NUMERAL}{{1,6}}{word('addresses', 'no_unit')})"
_PART = re.compile(
    rf"(?P<unit>(?<!月)(?<![0-9]:){_COUNT}(?:{alternatives('addresses', 'units')})"
    r"|(?<![0-9\-])[0-9]{1,3}(?:-[0-9]{1,3}){1,2}-[0-9]{3,4}(?![0-9]))"
    r"|(?P<dash>(?<![0-9\-])[0-9]{1,3}-[0-9]{3,4}(?![0-9\-]))"
    rf"|(?P<small>(?<!月){_NO_UNIT}{_COUNT}(?:{alternatives('addresses', 'small_units')}))"
    rf"|(?P<way>(?:{_WAYS})[东西南北中]?段?)|(?P<quarter>{_QUARTERS})"
)
# 305, -1502, 2单元 302
_TAIL = re.compile(
    r"(?: (?=[0-9]{3,4}(?![0-9])))?-?[0-9a-z]{1,5}(?:-[0-9]{1,5}){0,4}(?![0-9a-z.:])"
    r"(?! ?[件元块个月点年天%号])|[东西南北]户|内"
)
_REST = re.compile(rf"(?:(?![{word('addresses', 'no_tail')}])[{HAN}0-9a-z\-]){{1,10}}(?=$|[^{HAN}0-9a-z\-])")
_NAME_BESIDE = re.compile(rf"[{HAN}]{{2,4}}(?= ?[0-9]|收)|[{HAN}]{{1,3}}(?:{alternatives('titles', 'words')})")
# behind a region the name of a town may hold any other of the single signs: 那大镇, 大沁他拉镇
_IN_NAMES = re.compile("[^是在的寄送到发至,，。 ]")
_BREAK = re.compile(rf"{word('addresses', 'before')}|[^{HAN}a-z0-9·\-]")
_BREAK_BETWEEN = re.compile(rf"{_BREAK.pattern}|和(?![平谐睦兴])")
_BEFORE = re.compile(rf"{_BREAK.pattern}|{word('addresses', 'introduced')}")
_CUE = re.compile(rf"(?:{word('addresses', 'cues')})[在到是为:了 ]{{0,3}}$")
_STREETS_AFTER = re.compile(rf"[东西南北中一二三四五六七八九]{{0,2}}(?:{_WAYS}|{_QUARTERS})")
_FULL_ENDS = "省市区县州旗盟"
_GREATER_ENDS = ("市", "省", "州", "地区", "盟", "自治区")
_QUARTER_SOON = re.compile(rf"[{HAN}]{{1,3}}(?:{_WAYS}|{_QUARTERS})")
_BETWEEN_REGIONS = " ,省市区县州"
# 马村 for 马村区 in the middle of 下马村
_ENDS_LIKE_A_QUARTER = re.compile(rf"(?:{_WAYS}|{_QUARTERS})$")
# a county or district behind a region: 拉萨市城关区
_LESSER = re.compile(
    rf"(?:(?![镇乡街村路])[{HAN}]){{1,7}}?(?<!开发)(?<![小园社校院工])(?:自治县|[左右中前后]旗|自治旗|[县区])"
)
_DOOR = re.compile(
    rf"(?:{word('addresses', 'doors')})[:是为 ]{{0,2}}([0-9a-z]{{1,4}}(?:-[0-9a-z]{{1,5}}){{1,4}})(?![0-9a-z])"
)
# 住云杉名都17-2-1901
_BLOCK = re.compile(
    rf"(?:{word('addresses', 'cues')}|寄|送)[在到是为: ]{{0,3}}"
    rf"((?:(?![{word('addresses', 'no_tail')}])[{HAN}]){{2,8}}[0-9]{{1,3}}(?:-[0-9]{{1,3}}){{0,2}}-[0-9]{{3,4}})"
    r"(?![0-9a-z天号个件小])"
)
_ENGLISH = re.compile(
    rf"(?<![0-9a-z])[0-9]{{1,5}} (?:[a-z]{{1,20}} ){{1,3}}(?:{word('addresses', 'english')})(?![a-z])\.?"
    r"(?:,? ?(?:apt|apartment|unit|suite|ste)\.? ?#?[0-9a-z\-]{1,6})?"
)


class Address(NamedTuple):
    """The detail at ``[start:end]``; `block` is where the address begins with its province or city."""

    start: int
    end: int
    block: int


class _Chain(NamedTuple):
    parts: list[re.Match[str]]
    start: int
    in_region: bool


def find_addresses(folded: Folded) -> Iterator[Address]:
    """Details of addresses from left to right."""
    text = folded.text
    regions = _regions(text)
    ends = {end: start for start, end in regions}
    for parts in _linked(text, regions):
        chain = _begun(text, parts, ends)
        if chain is not None:
            tail = _TAIL.match(text, chain.parts[-1].end())
            if _is_address(text, chain, has_tail=tail is not None):
                end = _whole(text, tail.end() if tail else chain.parts[-1].end())
                yield Address(chain.start, end, ends.get(chain.start, chain.start))
    for pattern, group in ((_DOOR, 1), (_BLOCK, 1), (_ENGLISH, 0)):
        yield from (Address(*match.span(group), match.start(group)) for match in pattern.finditer(text))


class _Places(NamedTuple):
    """Names of regions, the provinces that each may lie in, and which are short for a county: 松山 for 松山区."""

    finder: AhoCorasick
    provinces: list[frozenset[str]]
    lesser: list[bool]


@cache
def _places() -> _Places:
    meanings = {name: meaning for name, meaning in load_gazetteer().places.items() if len(name) > 1}
    return _Places(
        AhoCorasick(list(meanings), matchkind=MatchKind.LeftmostLongest),
        [meaning.provinces for meaning in meanings.values()],
        [name[-1] not in _FULL_ENDS and not any(name + end in meanings for end in _GREATER_ENDS) for name in meanings],
    )


def _regions(text: str) -> list[Span]:
    """Provinces, cities and counties, those neighbours as one; 北京 in 北京路 and 松山 in 松山湖大道 are none."""
    places = _places()
    # 道县 in the middle of 大道县医院
    within = {
        place
        for part in _PART.finditer(text)
        if part.lastgroup in ("way", "quarter")
        for place in range(part.start() + 1, part.end())
    }
    found: list[Span] = []
    provinces: frozenset[str] = frozenset()
    matches = places.finder.find_matches_as_indexes(text)
    begins = {start for _, start, _ in matches}
    for which, start, last in matches:
        end = last
        follows = bool(found) and text[found[-1][1] : start].strip(_BETWEEN_REGIONS) == ""
        short = text[end - 1] not in _FULL_ENDS
        if (
            start in within
            or (short and end not in begins and _STREETS_AFTER.match(text, end))
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


def _linked(text: str, regions: Sequence[Span]) -> Iterator[list[re.Match[str]]]:
    """Parts outside regions, those close together in one list."""
    chain: list[re.Match[str]] = []
    inside = {place for start, end in regions for place in range(start, end)}
    for part in _PART.finditer(text):
        if part.end() - 1 in inside:
            continue
        if chain and not _belongs(text[chain[-1].end() : part.start()], part):
            yield chain
            chain = []
        chain.append(part)
    if chain:
        yield chain


def _belongs(gap: str, part: re.Match[str]) -> bool:
    bare = gap.strip()
    if bare in ("", ","):  # 锦绣花园, 3栋
        return len(gap) < 3 and (not bare or part.lastgroup in ("unit", "small"))
    return len(bare) < _NAME_REACH and _BREAK_BETWEEN.search(bare) is None


def _begun(text: str, parts: list[re.Match[str]], ends: dict[int, int]) -> _Chain | None:
    """Where the name in front of the first part begins; ways and quarters that have none are left out."""
    for index, part in enumerate(parts):
        reach = max(0, part.start() - _NAME_REACH)
        start = max([reach, *(place for place in range(reach, part.start() + 1) if place in ends)])
        in_region = start in ends
        region_end = start if in_region else -1
        for match in _BEFORE.finditer(text, start, part.end()):
            if match.end() > part.start():
                break
            if region_end >= 0 and _IN_NAMES.fullmatch(match[0]):
                continue  # 那大镇 behind 儋州市
            # a space between the region and the rest
            in_region = in_region and text[start : match.end()].strip() == ""
            start = match.end()
        if not in_region and text[:start].endswith(" ") and len(text[:start].rstrip()) in ends:
            in_region = True
        if (start < part.start() and part.lastgroup != "dash") or part.lastgroup in ("unit", "small"):
            return _Chain(parts[index:], start, in_region)
    return None


def _whole(text: str, end: int) -> int:
    """The end with what belongs to it up to the end of the clause: 北门, 县医院家属楼."""
    rest = _REST.match(text, end)
    return rest.end() if rest and not _NAME_BESIDE.match(text, end) else end


def _is_address(text: str, chain: _Chain, *, has_tail: bool) -> bool:
    kinds = [part.lastgroup for part in chain.parts]
    named = any(kind in ("way", "quarter") for kind in kinds)
    units = kinds.count("unit")
    numbered = units + kinds.count("small") + kinds.count("dash") + has_tail
    if (named and numbered) or (units and numbered > 1) or (numbered > 2 and chain.start < chain.parts[0].start()):
        return True
    if chain.in_region:
        return named or units > 0
    return _CUE.search(text, max(0, chain.start - 8), chain.start) is not None and (
        chain.parts[0].start() - chain.start > 1 and (named or units > 0 or numbered > 1)
    )
