"""Cuts a message into clauses and says which marks — time, certainty, negation, a question — stand in each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from riskmodel.signals import Reading
from riskmodel.signals.lexicon import Span

__all__ = ["FILLERS", "Clause", "clauses", "spoken"]

FILLERS = frozenset(
    " 亲呢哦哈呀啊噢的滴哒了您你咯啦喔嗷哟这边我们就都也地得喽呐吖么个宝贝小主家人老板美女帅哥鸭捏昂嘞哩咧那"
    "~!。,.、?…[]()☺😊🌹❤😄^_-"
)
# conjunctions open a clause: 今天发不了但是明天能发 says two things
_BOUNDARY = re.compile(r"[。!?;\n,、 ~]+|\.{2,6}|但是?|不过|可是|因为|所以|然后|而且|只是|只要")
_SENTENCE_ENDS = frozenset("。!?;\n.")  # … is folded to three full stops, one alone parts figures
_QUESTION_TAILS = ("吗", "么", "伐", "啵")
_LONGEST_CONSENT = 6  # characters of a clause that only asks for consent
_MOST = 60  # clauses of one message that are read; the rest of a novel adds nothing


class Clause(NamedTuple):
    """One clause, ``[start, end)`` of the folded text, without the mark that ends it."""

    start: int
    end: int
    sentence: int
    marks: dict[str, list[Span]]
    asks: bool

    def has(self, *names: str) -> bool:
        """Any of these concepts stands in the clause."""
        marks = self.marks
        for name in names:  # noqa: SIM110  # a few names, thousands of times a second
            if name in marks:
                return True
        return False

    @property
    def negated(self) -> bool:
        """An odd number of negations: 没有不发的 is none."""
        return self.negated_beside(())

    def negated_beside(self, spans: Iterable[Span]) -> bool:
        """The same, leaving out those that are part of some words: the 没 of 没货, but not the 不 of 发不 in 发不了."""
        if "double_negation" in self.marks:
            return False
        words, rhetorical = list(spans), self.marks.get("rhetorical", [])
        # 补您十块行不 asks for consent and declines nothing
        inside = [*rhetorical, *self.marks.get("consent", ())]
        # 明天没到我赔您: what has not happened is the condition, not the answer
        if self.has("compensate"):
            inside += self.marks.get("late", [])
        outside = [
            span
            for span in self.marks.get("negation", ())
            if not any(start <= span[0] and span[1] <= end for start, end in inside)
            and not any(start <= span[0] and span[1] < end for start, end in words)
        ]
        return (_apart(outside) + _apart(rhetorical)) % 2 == 1


def _apart(spans: list[Span]) -> int:
    """How many there are, overlapping ones counted once."""
    last, total = -1, 0
    for start, end in spans:
        if start >= last:
            total, last = total + 1, end
    return total


def clauses(reading: Reading) -> list[Clause]:
    """The clauses of a message, in order, empty ones left out."""
    text = reading.folded.text
    bounds: list[tuple[int, int, int, str]] = []
    start = sentence = 0
    for match in _BOUNDARY.finditer(text):
        mark = match.group()
        if match.start() > start:
            bounds.append((start, match.start(), sentence, mark))
        if not _SENTENCE_ENDS.isdisjoint(mark):
            sentence += 1
        start = match.start() if mark[0] >= "一" else match.end()
        if len(bounds) >= _MOST:
            break
    else:
        if start < len(text):
            bounds.append((start, len(text), sentence, ""))
    starts = [bound[0] for bound in bounds]
    marks: list[dict[str, list[Span]]] = [{} for _ in bounds]
    for name, spans in reading.concepts.items():
        for span in spans:
            index = bisect_right(starts, span[0]) - 1
            if index >= 0 and span[0] < bounds[index][1]:
                marks[index].setdefault(name, []).append(span)
    return [
        Clause(left, right, number, found, _asks(text[left:right], mark, found))
        for (left, right, number, mark), found in zip(bounds, marks, strict=True)
    ]


def _asks(clause: str, mark: str, marks: dict[str, list[Span]]) -> bool:
    # 给您补十块行不 asks for consent to an offer
    if "rhetorical" in marks or ("consent" in marks and len(clause) > _LONGEST_CONSENT):
        return False
    said = clause.rstrip(" 亲呀啊哦哈呢哟滴")
    return "?" in mark or said.endswith(_QUESTION_TAILS) or "asking" in marks


def spoken(text: str, start: int, end: int) -> list[int]:
    """Offsets of the characters in ``text[start:end]`` that say something: no fillers, punctuation or stickers."""
    return [
        index
        for index in range(start, end)
        if text[index] not in FILLERS and (text[index].isalnum() or text[index] in "👌🆗")
    ]
