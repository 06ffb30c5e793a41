"""Ways of typing: what each does to a line."""

from random import Random

import pytest

from riskmodel.synthesis.style import apply_styles, draw_styles, shares

LINE = "老板，微信怎么加，今天发货吗？"


def variants(style: str, line: str = LINE, sender: str = "buyer") -> set[str]:
    rng = Random(3)
    return {"|".join(apply_styles(line, sender, frozenset({style}), rng)) for _ in range(60)}


def test_no_style_changes_nothing() -> None:
    """Without styles a line stays as it was written."""
    assert apply_styles(LINE, "buyer", frozenset(), Random(1)) == [LINE]


def test_system_lines_are_never_styled() -> None:
    """A platform's notice looks the same in every chat."""
    assert apply_styles("买家已付款", "system", frozenset(shares()), Random(1)) == ["买家已付款"]


@pytest.mark.parametrize(
    "style", ["typos", "voice", "split", "emoji", "evasive", "particles", "polite", "wordy", "zero_width"]
)
def test_buyer_styles_show(style: str) -> None:
    """Each style of a buyer changes some lines."""
    assert variants(style) - {LINE}


@pytest.mark.parametrize("style", ["agent_soft", "agent_emoji", "evasive"])
def test_agent_styles_show(style: str) -> None:
    """Each style of an agent changes some lines."""
    line = "微信不方便，这边不能答应"
    assert variants(style, line, "agent") - {line}


def test_voice_input_has_no_punctuation() -> None:
    """Speech to text comes without commas and question marks."""
    assert not any(set(text) & set("，。？！,?! ") for text in variants("voice"))


def test_split_keeps_the_words() -> None:
    """Parts of a split line hold its words in order and none is empty."""
    for text in variants("split"):
        parts = text.split("|")
        assert all(parts)
        assert "".join(parts).replace("，", "") == LINE.replace("，", "")
    assert any("|" in text for text in variants("split"))


def test_evasive_spelling_hides_the_word() -> None:
    """Evasive spelling leaves mostly nothing of the filtered word."""
    texts = variants("evasive")
    assert sum("微信" not in text for text in texts) > len(texts) / 2


def test_traditional_and_full_width() -> None:
    """The two scripts are converted whole."""
    assert variants("traditional", "发货吗") == {"發貨嗎"}
    assert variants("full_width", "vx88") == {"ｖｘ８８"}


@pytest.mark.parametrize(
    ("how", "expected"), [("full", "好，那发吧？"), ("half", "好,那发吧?"), ("spaces", "好 那发吧？")]
)
def test_punctuation_is_the_speakers_own(how: str, expected: str) -> None:
    """Commas are the speaker's, whatever the scenario's writer typed."""
    for written in ("好，那发吧？", "好, 那发吧？"):
        assert apply_styles(written, "buyer", frozenset({f"buyer_{how}"}), Random(1)) == [expected]


def test_decimals_survive_punctuation() -> None:
    """A price keeps its decimal point."""
    for how in ("full", "half", "spaces"):
        assert apply_styles("一共12.5元", "agent", frozenset({f"agent_{how}"}), Random(1)) == ["一共12.5元"]


def test_drawn_shares() -> None:
    """Styles are drawn about as often as the table says."""
    rng = Random(5)
    drawn = [draw_styles(rng) for _ in range(4000)]
    for name, share in shares().items():
        assert abs(sum(name in styles for styles in drawn) / 4000 - share) < 0.035
