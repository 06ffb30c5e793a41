import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence.plaintext import json_bytes, one_line, visible

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FORMAT_CHARACTERS = "".join(
    chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp") and code != 10
)


def test_no_hidden_character_stays():
    """Every control, format and separator character of Unicode is shown by its number."""
    shown = visible(FORMAT_CHARACTERS)
    assert not set(shown) & set(FORMAT_CHARACTERS)
    assert shown.count("⟦U+") == len(FORMAT_CHARACTERS)


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\u115f", "\uffa0", "\u034f", "\ufe00", "\U000e0101"])
def test_characters_drawn_as_nothing_are_shown(blank):
    """Fillers that are letters or marks by category, yet invisible, are shown too."""
    assert visible(f"a{blank}b") == f"a⟦U+{ord(blank):04X}⟧b"


@pytest.mark.parametrize("text", ["您好，在吗？", "繁體字\n第二行", "❤️👍🏽", "👨‍👩‍👧", "👩🏽‍🚀🏳️‍🌈", "مەن", "½ＡＢ　　"])
def test_ordinary_text_is_unchanged(text):
    """Chinese, Arabic script, newlines, wide spaces and joined emoji stay as they are."""
    assert visible(text) == text


@pytest.mark.parametrize("text", ["加\u200d微", "\u200d👍", "👍\u200d", "👍\u200dx"])
def test_a_joiner_outside_an_emoji_is_shown(text):
    """The joiner is only kept between two emoji."""
    assert "⟦U+200D⟧" in visible(text)


def test_one_line_has_no_newline():
    """Newlines are shown where a value has to be one line."""
    assert one_line("a\nb\r\n") == "a⟦U+000A⟧b⟦U+000D⟧⟦U+000A⟧"


@given(ANY_TEXT)
def test_json_keeps_the_value_and_hides_nothing(text):
    """Read back, the value is the same; in the file there is no hidden character."""
    data = json_bytes({"text": text})
    assert json.loads(data) == {"text": text}
    assert not set(data.decode()) & set(FORMAT_CHARACTERS)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": "\ud800"}, {1, 2}])
def test_what_is_not_json_is_refused(value):
    """NaN, infinity, half a character and other types are errors, not something else in the file."""
    with pytest.raises((TypeError, ValueError)):
        json_bytes(value)
