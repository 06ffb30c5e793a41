"""Excerpts: verbatim, cut between graphemes, and marked where they are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.graphemes import CUT, excerpt, graphemes

TEXTS = st.text(st.sampled_from("给两百删评价👨\u200d👩👧🏽🇨🇳e\u0301\u0300한\r\nab。"), max_size=60)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60), st.integers(1, 40))
def test_an_excerpt_is_a_stretch_of_the_text(text: str, one: int, other: int, most: int) -> None:
    """No longer than asked for, whole graphemes, with the beginning of the span in it."""
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    shown = excerpt(text, (start, end), most)
    inner = shown.removeprefix(CUT).removesuffix(CUT)
    assert inner in text
    parts = graphemes(text)
    if len(parts) <= most:
        assert shown == text
        return
    assert len(inner) < len(text)
    stretches = ["".join(parts[left : left + most]) for left in range(len(parts))]
    assert inner in stretches
    assert shown.startswith(CUT) == (shown != inner + CUT)
    if start < end:
        lefts = [at for at in range(len(text)) if text.startswith(inner, at)]
        assert any(at <= start < at + len(inner) for at in lefts)


def test_without_a_span_the_beginning_is_shown() -> None:
    """And the mark says that it goes on."""
    assert excerpt("一二三四五", None, 3) == "一二三〔…〕"
