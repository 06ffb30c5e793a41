"""Numbers in figures and Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.text.numerals import NUMERALS, chinese_number, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15", 15),
        ("1.5", 1.5),
        ("半", 0.5),
        ("三五", 5),
        ("五六十", 60),
        ("三四百", 400),
        ("九八", None),
        ("", None),
        ("x", None),
    ],
)
def test_number(text: str, value: float | None) -> None:
    """Two digits in a row that rise are a range and stand for its end; in any other order they are no number."""
    assert read_number(text) == value


@given(text=st.text() | st.text(alphabet=NUMERALS + "0123456789.半〇幺"))
def test_any_text(text: str) -> None:
    """Whatever the text, there is a number that is not negative, or none."""
    for value in (read_number(text), chinese_number(text)):
        assert value is None or value >= 0
