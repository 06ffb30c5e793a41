"""The detail of an address: street, number, building, room, town and village. Province, city and county stay.

An address is a chain of parts close together: ways (路, 巷), quarters (小区, 村), numbered units (3栋, 2单元, 五组).
One part alone is no address (在路上, 3号到): there have to be a named place with a number, two units, or a region or a
word such as 住 in front. The chain begins where a region, a mark or a word such as 寄到 ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.evidence.redaction.divisions import find_divisions
from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.landmarks import find_landmarks
from service.evidence.redaction.segments import Word
from service.evidence.redaction.words import HAN, alternatives, word

__all__ = ["Address", "find_addresses"]

_NAME_REACH = 12  # the longest name in front of 路, 村, 栋
_NUMERAL = "[0-9a-z一二三四五六七八九十百零〇甲乙丙丁东西南北]"
_COUNT = rf"(?:附|第)?{_NUMERAL}(?:-?{_NUMERAL}){{0,7}}"
_WAYS, _QUARTERS = alternatives("addresses", "ways"), alternatives("addresses", "quarters")
_NO_UNIT = rf"(?!{_NUMERAL}{{1,6}}{word('addresses', 'no_unit')})"
_PART = re.compile(
    rf"(?P<unit>(?<!月)(?<![0-9]:){_COUNT}(?:{alternatives('addresses', 'units')})"
    r"|(?<![0-9\-])[0-9]{1,3}(?:-[0-9]{1,3}){1,2}-[0-9]{3,4}(?![0-9]))"
    r"|(?P<dash>(?<![0-9\-])[0-9]{1,3}-[0-9]{3,4}(?![0-9\-]))"
    rf"|(?P<small>(?<!月){_NO_UNIT}{_COUNT}(?:{alternatives('addresses', 'small_units')}))"
    rf"|(?P<way>(?:{_WAYS})(?:[东西南北中](?![头门侧边路口]))?段?)|(?P<quarter>{_QUARTERS})"
)
# 305, -1502, 2单元 302
_TAIL = re.compile(
    r"[一二三四五六七八九]段|(?: (?=[0-9]{3,4}(?![0-9])))?-?[0-9a-z]{1,5}(?:-[0-9]{1,5}){0,4}(?![0-9a-z.:])"
    r"(?! ?[件元块个月点年天%号])|[东西南北]户|内"
)
_TITLED = (
    f"[{word('surnames', 'single')}{word('surnames', 'rare')}][{HAN}]{{0,2}}?(?:{alternatives('titles', 'words')})"
)
_NO_TAIL = f"{_TITLED}|[{word('addresses', 'no_tail')}]|{alternatives('addresses', 'no_tail_words')}"
_REST = re.compile(rf"(?:(?!{_NO_TAIL})[{HAN}0-9a-z\-#]){{1,16}}(?=$|[^{HAN}0-9a-z\-#])")
_BREAK_IN_FRONT = f"{word('addresses', 'before')}|[^{HAN}]|^"
_SIDES = alternatives("addresses", "sides")
_LANDMARKS = f"(?:{alternatives('addresses', 'landmarks')})"
# 旁边的卖粥小店, 向南100米路东
_ASIDE = re.compile(
    rf"口?(?:[往向]?[东西南北][0-9一二三四五六七八九十百]{{1,4}}米(?:路[东西南北])?|{_SIDES}){{0,2}}(?:的?(?:(?!{_NO_TAIL})[{HAN}]){{1,6}}?{_LANDMARKS}(?![{HAN}]{{0,2}}(?:收|老)))?"
)
# 大润发后面的 in front of 金鼎公寓
_ASIDE_IN_FRONT = re.compile(
    rf"(?:{_BREAK_IN_FRONT})(?P<aside>[{HAN}]{{2,6}}(?:后面|前面|对面|旁边|隔壁|附近|边上)的)$"
)
_NAME_BESIDE = re.compile(rf"[{HAN}]{{2,4}}(?= ?(?:1[3-9]|\+|0[1-9]).{{6}}|收)|{_TITLED}")
# behind a region the name of a town may hold any other of the single signs: 那大镇, 大沁他拉镇
_IN_NAMES = re.compile("[^是在的寄送到发至,，。 ]")
_BREAK = re.compile(rf"{word('addresses', 'before')}|[^{HAN}a-z0-9·\-]")
_BREAK_BETWEEN = re.compile(rf"{_BREAK.pattern}|和(?![平谐睦兴])")
_BEFORE = re.compile(rf"{_BREAK.pattern}|{word('addresses', 'introduced')}")
_CUE = re.compile(rf"(?:{word('addresses', 'cues')})[在到是为:了 ]{{0,3}}$")
_DOOR = re.compile(
    rf"(?:{word('addresses', 'doors')})[:是为 ]{{0,2}}([0-9a-z]{{1,4}}(?:-[0-9a-z]{{1,5}}){{1,4}}(?![0-9a-z])"
    r"|[甲乙丙丁]?[0-9]{1,4}号)"
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


_NOMINAL = re.compile("n|s|f|m|eng|q|j|b|zg")
_STOPS = re.compile(_NO_TAIL)
_ROOM = re.compile("[0-9]{3,4}[室房]")
_ESTATE = re.compile(
    rf"[{HAN}]{{2,12}}(?<![0-9一二三四五六七八九十两几])[0-9a-z一二三四五六七八九十]{{1,4}}"
    rf"(?:{alternatives('addresses', 'units')})"
)
_CHANGES = re.compile("[改搬换]")
_BRANCH = re.compile("支行|分行|分理处|营业部")
_REST_OF_SLOT = re.compile(rf"(?:{_SIDES})?(?:$|[ ,/;\n])")
_SLOT = " ,/;\n"


class Address(NamedTuple):
    """The detail at ``[start:end]``; `block` is where the address begins with its province or city."""

    start: int
    end: int
    block: int


class _Chain(NamedTuple):
    parts: list[re.Match[str]]
    start: int
    in_region: bool


def find_addresses(folded: Folded, words: Sequence[Word], *, block: bool) -> Iterator[Address]:
    """Details of addresses.

    Parameters
    ----------
    folded
        The text.
    words
        Its words.
    block
        Whether there is a telephone number in it, so that a place that stands alone between commas is an address.
    """
    text = folded.text
    regions = find_divisions(text)
    ends = {end: start for start, end in regions}
    chains: list[_Chain] = []
    for parts in _linked(text, regions):
        if chain := _begun(text, parts, ends, chains[-1].parts[-1].end() if chains else 0):
            chains.append(chain)
    certain = [_is_address(text, chain, block=block) for chain in chains]
    some = any(certain)
    for chain, is_certain in zip(chains, certain, strict=True):
        # beside another address a street needs no number: 不是锦绣路，是锦绣街9号
        if is_certain or (some and _is_named(chain)):
            start = chain.start
            if aside := _ASIDE_IN_FRONT.search(text, max(0, start - _NAME_REACH), start):
                start = aside.start("aside")
            yield Address(start, _whole(text, chain, words), ends.get(chain.start, start))
    yield from (Address(start, end, ends.get(start, start)) for start, end in find_landmarks(text, regions))
    for pattern, group in ((_DOOR, 1), (_BLOCK, 1), (_ENGLISH, 0)):
        yield from (Address(*match.span(group), match.start(group)) for match in pattern.finditer(text))


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


def _begun(text: str, parts: list[re.Match[str]], ends: dict[int, int], floor: int) -> _Chain | None:
    """Where the name in front of the first part begins; ways and quarters that have none are left out."""
    for index, part in enumerate(parts):
        reach = max(floor + (floor > 0 and text.startswith("和", floor)), part.start() - _NAME_REACH)
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


def _whole(text: str, chain: _Chain, words: Sequence[Word]) -> int:
    """The end with what belongs to it: 302, 北门, 县医院家属楼, 旁边的便利店."""
    tail = _TAIL.match(text, chain.parts[-1].end())
    end = tail.end() if tail else chain.parts[-1].end()
    if _NAME_BESIDE.match(text, end):
        return end
    if rest := _REST.match(text, end):
        return rest.end()
    following = bisect_right(words, end, key=lambda one: one.end)
    for one in words[following : following + _NAME_REACH]:
        if (
            end - chain.parts[-1].end() > _NAME_REACH
            or not _NOMINAL.match(one.tag)
            or _STOPS.search(text, end, one.end)
            or _STOPS.match(text, end)
        ):
            break
        end = one.end
    aside = _ASIDE.match(text, end)
    return aside.end() if aside else end


def _is_named(chain: _Chain) -> bool:
    return _name_length(chain) > 1 and chain.parts[0].lastgroup in ("way", "quarter")


def _name_length(chain: _Chain) -> int:
    """Signs in front of the last street, village or quarter; of the first part where there is none."""
    named = [part for part in chain.parts if part.lastgroup in ("way", "quarter")]
    return (named or chain.parts)[-1 if named else 0].start() - chain.start


def _is_address(text: str, chain: _Chain, *, block: bool) -> bool:
    kinds = [part.lastgroup for part in chain.parts]
    tail = _TAIL.match(text, chain.parts[-1].end())
    named = any(kind in ("way", "quarter") for kind in kinds)
    units = kinds.count("unit")
    numbered = units + kinds.count("small") + kinds.count("dash") + (tail is not None)
    name = _name_length(chain)
    if _BRANCH.match(text, chain.parts[-1].end()):
        return False
    if (
        (named and numbered)
        or (units and numbered > 1)
        or (numbered > 2 and name)
        or _ROOM.fullmatch(chain.parts[0][0])
    ):
        return True
    if chain.in_region:
        return named or units > 0 or (name > 1 and numbered > 1)
    alone = _REST_OF_SLOT.match(text, chain.parts[-1].end()) is not None
    # a town with its street, or two that nothing follows: 城关镇幸福路, 五一路派出所
    if _is_named(chain) and len(kinds) > numbered + 1 and (alone or chain.parts[0][0] in ("镇", "乡", "街道")):
        return True
    if _ESTATE.fullmatch(text, chain.start, chain.parts[0].end()):  # 荷塘月色11栋
        return True
    before = text[max(0, chain.start - 8) : chain.start]
    cued = (
        _CUE.search(before) is not None
        or (before.endswith("从") and _CHANGES.search(text) is not None)
        or (block and alone and text[chain.start - 1 : chain.start] in _SLOT)
    )
    return cued and (units > 0 or (name > 1 and (named or numbered > 1)))
