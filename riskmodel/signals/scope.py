"""Scope: whether words are said as a fact, or negated, asked, hedged away, or only quoted from the other side."""

from __future__ import annotations

from collections.abc import Mapping

from riskmodel.signals.lexicon import Reading, Span

__all__ = ["clause_bounds", "is_asserted", "is_hedged", "is_negated", "is_question", "is_quoted", "sentence_bounds"]

_SENTENCE_ENDS = frozenset("。!?;\n…~")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset(",、: ")
_QUESTION_TAILS = ("吗", "嘛", "么", "不", "没", "呢", "没有", "吗亲", "不亲", "吗您", "呗")
_SOFTENERS = " 亲呀啊哦哈呢哟滴~的了"
_LONGEST = 200  # a run of text without punctuation is read as if it ended after this many characters


def _bounds(text: str, start: int, end: int, ends: frozenset[str]) -> Span:
    left = start
    while left > 0 and start - left < _LONGEST and text[left - 1] not in ends:
        left -= 1
    right = end
    while right < len(text) and right - end < _LONGEST and text[right] not in ends:
        right += 1
    return left, right


def sentence_bounds(text: str, start: int, end: int) -> Span:
    """The sentence around ``text[start:end]`` without its closing mark."""
    return _bounds(text, start, end, _SENTENCE_ENDS)


def clause_bounds(text: str, start: int, end: int) -> Span:
    """The clause around ``text[start:end]``: commas and spaces part clauses."""
    return _bounds(text, start, end, _CLAUSE_ENDS)


def _stands_in(concepts: Mapping[str, list[Span]], name: str, left: int, right: int) -> bool:
    return any(left <= start and end <= right for start, end in concepts.get(name, ()))


def is_question(reading: Reading, concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    """The clause that holds the end of the stretch asks something."""
    text = reading.folded.text
    left, right = clause_bounds(text, start, end)
    if right < len(text) and text[right] == "?":
        return True
    clause = text[left:right].rstrip(" 亲")
    return clause.endswith(_QUESTION_TAILS[:3]) or _stands_in(concepts, "asking", left, right)


def is_negated(reading: Reading, concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    """A negation stands in the clauses that the stretch covers."""
    left, right = clause_bounds(reading.folded.text, start, end)
    return _stands_in(concepts, "negation", left, min(right, end + 4))


def is_hedged(reading: Reading, concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    """The sentence takes the promise back: 尽量, 以页面为准, 不一定; but 尽量早,最晚明天一定到 does not."""
    text = reading.folded.text
    left, right = clause_bounds(text, start, end)
    if not _stands_in(concepts, "certain", left, right):
        left, right = sentence_bounds(text, start, end)
    return _stands_in(concepts, "hedge", left, right)


def is_quoted(reading: Reading, concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    """The words are the other side's: 您说的, 您要求的, or inside quotation marks."""
    text = reading.folded.text
    left, _ = sentence_bounds(text, start, end)
    if _stands_in(concepts, "quoting", left, start + 2):
        return True
    for opening, closing in ("“”", "「」", "『』", '""', "‘’"):
        mark = text.rfind(opening, max(0, start - 60), start)
        if mark >= 0 and closing in text[end : end + 60] and closing not in text[mark + 1 : start]:
            return True
    return False


def is_asserted(reading: Reading, concepts: Mapping[str, list[Span]], start: int, end: int) -> bool:
    """Said as a fact: not asked, negated, hedged away or quoted."""
    return not (
        is_question(reading, concepts, start, end)
        or is_negated(reading, concepts, start, end)
        or is_hedged(reading, concepts, start, end)
        or is_quoted(reading, concepts, start, end)
    )
