"""Scope: asked, negated, hedged, quoted, or said as a fact."""

from __future__ import annotations

import pytest

from riskmodel.signals import load_lexicon
from riskmodel.signals.scope import (
    clause_bounds,
    is_asserted,
    is_hedged,
    is_negated,
    is_question,
    is_quoted,
    sentence_bounds,
)

WORD = "寄出"


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("下午寄出", None),
        ("下午寄出吗", is_question),
        ("下午能不能寄出", is_question),
        ("下午寄出?", is_question),
        ("不会寄出", is_negated),
        ("没法今天寄出", is_negated),
        ("今天寄出,以物流为准", is_hedged),
        ("尽量寄出", is_hedged),
        ("您说的下午寄出我查查", is_quoted),
        ("客户写的“下午寄出”收到", is_quoted),
        ("没问题,寄出", None),
        ("能不能另说。今天寄出", None),
    ],
)
def test_scope(text: str, scope: object) -> None:
    """Each way of not meaning it is told, and what is meant is asserted."""
    reading = load_lexicon().read(text)
    start = reading.folded.text.index(WORD)
    place = (reading, reading.concepts, start, start + len(WORD))
    assert is_asserted(*place) is (scope is None)
    for kind in (is_question, is_negated, is_hedged, is_quoted):
        if kind is scope:
            assert kind(*place)
        if scope is None:
            assert not kind(*place)


def test_bounds_of_sentence_and_clause() -> None:
    """Commas part clauses, full stops part sentences, and no run of text is longer than its bound."""
    text = "一,二三。四"
    assert text[slice(*sentence_bounds(text, 2, 3))] == "一,二三"
    assert text[slice(*clause_bounds(text, 2, 3))] == "二三"
    left, right = sentence_bounds("长" * 5_000, 2_500, 2_501)
    assert right - left <= 401
