"""Folding, and the way back to the original offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.text import normalize


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("ＶＸ：１２３", "vx:123"),
        ("發貨時間", "发货时间"),
        ("帳號", "账号"),
        ("薇\u200b信\ufe0f", "薇信"),
        ("Ⅷ", "viii"),
        ("с评", "c评"),
        ("加➕х", "加+x"),
        ("a\r\nb\tc\u3000d", "a \nb c d"),
        ("e\u0301", "e"),
        ("\u202eabc\u2069", "abc"),
        ("", ""),
    ],
)
def test_fold(original: str, folded: str) -> None:
    """Width, case, script, look-alikes and what nobody sees are folded away."""
    assert normalize(original).text == folded


@given(original=st.one_of(texts(), st.text()))
def test_offsets_lead_back(original: str) -> None:
    """Each folded character comes from the original at its offset; spans are in bounds, ordered and never empty."""
    folded = normalize(original)
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(original)
        assert folded.text[index] in normalize(original[start:end]).text
    if folded.text:
        start, end = folded.span(0, len(folded.text))
        assert normalize(original[start:end]).text == folded.text


@given(original=texts())
def test_folding_twice_is_folding_once(original: str) -> None:
    """What is folded stays as it is."""
    once = normalize(original).text
    assert normalize(once).text == once


@given(left=texts(), right=texts())
def test_folding_is_piece_by_piece(left: str, right: str) -> None:
    """A text folds to what its parts fold to."""
    assert normalize(left + right).text == normalize(left).text + normalize(right).text
