"""The parts of a condition, clause by clause: what is asked, threatened and offered, and what ties these together.

Which concepts can fill a part, and the kinds of condition, are data.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskmodel.errors import CatalogueError
from riskmodel.signals.catalogue import Concepts
from riskmodel.signals.lexicon import Reading, Span, load_lexicon
from riskmodel.yaml_files import read_yaml

__all__ = ["Ask", "Clause", "Kind", "ThreatKind", "asks", "cut", "is_meant", "is_question", "is_refused", "vocabulary"]

Ask = Literal["money", "goods", "duty"]
Kind = Literal[
    "duty_or_complaint",
    "money_or_complaint",
    "goods_or_complaint",
    "review_for_money",
    "withdrawal_for_money",
    "unclear",
]

_BOUNDARY = re.compile(r"[。!?;\n…,、 ~:]+")
# a run without punctuation is cut after this many characters: work inside a clause grows with the square of its length
_LONGEST_CLAUSE = 120
# 200撤, 要么三百: beside a condition a number of two digits or more is a sum unless it counts or numbers something
_SUM = re.compile(
    r"(?<![0-9a-z号第码.:-])(?!12315|12345)(?:[1-9][0-9]{1,4}|[一二两三四五六七八九][十百千万][零一二三四五六七八九十百千]{0,4})"
    r"(?![0-9%a-z.个件天次号点月年箱包条盒瓶套双份张台只斤克分秒小折人倍单家米码页度块元毛周岁楼层辈])"
)
# 不会给差评, 没想投诉: meant as no; 不退差评 is not, for what is asked stands between
_NOT_MEANT = re.compile(r"(?<![要再还])(?:不|没|别|未)(?:有|会|想|打算|去|要|是|真|敢|给|打|写|再|必|愿意|至于){0,3}$")
_HAPPENED = re.compile(r"(?:已经|早就|刚刚?|昨天|上次|之前|前天)[^不就]{0,4}$")
_LONGEST_DENIAL = 8
_QUESTION_TAILS = ("吗", "么", "嘛", "呢", "怎么办")
_QUESTION_WORDS = ("怎么", "哪里", "在哪", "咋", "如何", "能不能", "可不可以", "会不会", "是不是", "谁")
# these only look like questions: 不退就投诉信不信, 要我投诉才发货吗
_RHETORICAL = ("信不信", "听懂", "懂吗", "明白", "知道吗", "行不行", "清楚吗", "你试试", "不信", "要我", "想让我")


class ThreatKind(BaseModel):
    """What is tied to what, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    zh: str
    en: str
    examples: Annotated[list[str], Field(min_length=2)]
    counter_examples: Annotated[list[str], Field(min_length=2)]


class _Vocabulary(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: dict[str, Concepts]
    kinds: list[ThreatKind]


@cache
def vocabulary() -> tuple[dict[str, tuple[str, ...]], dict[Kind, ThreatKind]]:
    """The parts that each concept can fill, and the kinds by name."""
    content = read_yaml("riskmodel.signals", "data/threat.yaml")
    try:
        data = _Vocabulary.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise CatalogueError(f"threat: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    fills: dict[str, tuple[str, ...]] = {}
    for part, names in data.parts.items():
        for name in names.split("|"):
            fills[name] = (*fills.get(name, ()), part)
    if unknown := sorted(fills.keys() - load_lexicon().names):
        raise CatalogueError(f"threat: unknown concepts: {', '.join(unknown)}")
    return fills, {kind.kind: kind for kind in data.kinds}


class Clause(NamedTuple):
    """A clause ``[start, end)`` of the folded text with the mark that ends it, and the spans of each part in it."""

    start: int
    end: int
    mark: str
    parts: dict[str, list[Span]]

    def has(self, *names: str) -> bool:
        """Any of these parts stands in the clause."""
        return not self.parts.keys().isdisjoint(names)


def cut(reading: Reading) -> list[Clause]:
    """The clauses of a message: stretches between punctuation; 否则, 不然 and 要么 open one of their own."""
    text, (fills, _) = reading.folded.text, vocabulary()
    cuts = {0: ""} | {match.end(): match.group() for match in _BOUNDARY.finditer(text)}
    for name in ("otherwise", "either"):
        for start, _ in reading.concepts.get(name, ()):
            cuts.setdefault(start, "")
    starts = [
        start
        for left, right in pairwise([*sorted(cuts), len(text)])
        for start in range(left, max(right, left + 1), _LONGEST_CLAUSE)
    ]
    parts: list[dict[str, list[Span]]] = [{} for _ in starts]
    for name, spans in reading.concepts.items():
        for part in ("amount",) if name == "amount" else fills.get(name, ()):
            for span in spans:
                parts[bisect_right(starts, span[0]) - 1].setdefault(part, []).append(span)
    for place in parts:
        for spans in place.values():
            spans.sort()
    marks = [*(cuts.get(start, "") for start in starts[1:]), ""]
    return list(map(Clause, starts, [*starts[1:], len(text)], marks, parts))


def asks(text: str, clause: Clause) -> Iterator[tuple[Ask, Span]]:
    """What the clause asks for: money owed by rule is a duty; a sum that was paid, or is the refund, is no demand."""
    if clause.has("declined"):
        return
    owed, parts = clause.has("owed"), _without_offers(clause.parts)
    for span in parts.get("money", ()):
        yield ("duty" if owed else "money"), span
    for span in parts.get("goods", ()):
        yield "goods", span
    for part in ("duty", "owed"):
        for span in parts.get(part, ()):
            yield "duty", span
    if not clause.has("spent") and ("more" in parts or "duty" not in parts):
        sums = parts.get("amount") or [match.span() for match in _SUM.finditer(text, clause.start, clause.end)]
        for span in sums:
            yield ("duty" if owed else "money"), span


def _without_offers(parts: dict[str, list[Span]]) -> dict[str, list[Span]]:
    """换一个 in 换一个五星 asks for nothing."""
    offered = [span for part in ("amends", "praise") for span in parts.get(part, ())]
    if not offered:
        return parts
    kept = {
        part: [span for span in spans if not any(start <= span[0] and span[1] <= end for start, end in offered)]
        for part, spans in parts.items()
    }
    return {part: spans for part, spans in kept.items() if spans}


def is_question(text: str, clause: Clause) -> bool:
    """The clause asks how or whether, instead of setting a condition."""
    said = text[clause.start : clause.end].rstrip(" 。!?;\n…,、~:亲啊呀")
    if any(words in said for words in _RHETORICAL):
        return False
    return "?" in clause.mark or said.endswith(_QUESTION_TAILS) or any(word in said for word in _QUESTION_WORDS)


def is_meant(text: str, clause: Clause, span: Span) -> bool:
    """The review or complaint at `span` is neither denied (不会给差评) nor reported (已经投诉)."""
    before = text[max(span[0] - _LONGEST_DENIAL, clause.start) : span[0]]
    return not _NOT_MEANT.search(before) and not _HAPPENED.search(before)


def is_refused(text: str, clause: Clause, span: Span) -> bool:
    """The thing asked at `span` is put as not done: 不退款, 再不发货."""
    before = text[max(span[0] - 4, clause.start) : min(span[0] + 1, span[1])]
    return any(word in before for word in "不没别") or clause.has("unless")
