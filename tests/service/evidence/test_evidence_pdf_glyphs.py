import tomllib
import unicodedata
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence.pdf import glyphs
from service.evidence.pdf.fonts import font_of
from service.evidence.plaintext import visible

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def said(text: str) -> str:
    return "".join(segment.text for segment in glyphs.segments(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("收到❤️谢谢", "收到〔红心 heavy black heart〕谢谢"),
        ("👨‍👩‍👧", "〔男人 man + 女人 woman + 女孩 girl〕"),
        ("👍🏽", "〔拇指向上 thumbs up sign，中等肤色 medium〕"),
        ("🇨🇳", "〔旗 flag CN〕"),
        ("🧿", "〔nazar amulet〕"),
        ("بۈگۈن ئەۋەتەمسىز؟", "بۈگۈن ئەۋەتەمسىز؟"),
        ("Бүгін жібересіз бе? ส่งวันนี้ไหม שלום नमस्ते", "Бүгін жібересіз бе? ส่งวันนี้ไหม שלום नमस्ते"),
        ("བོད", "〚U+0F56〛〚U+0F7C〛〚U+0F51〛"),
        ("字\u064e", "字〚U+064E〛"),
        ("س\u0301", "س〚U+0301〛"),
        ("ก" + "\u0e34" * 4, "ก" + "\u0e34" * 3 + "〚U+0E34〛"),
        ("左\u202e右\u200b", "左〚U+202E〛右〚U+200B〛"),
        ("\ufe0fa", "〚U+FE0F〛a"),
        ("臺灣 質量問題", "臺灣 質量問題"),
        ("z" + "\u0301" * 4, "z\u0301\u0301〚U+0301〛〚U+0301〛"),
        ("⟦x⟧", "〚x〛"),
    ],
)
def test_what_the_font_lacks_is_named(text, shown):
    """Emoji come out by name, other characters by number, and what the font has as it is."""
    assert said(text) == shown


def test_words_in_place_of_characters_are_told_apart():
    """A name that stands for an emoji is marked as such, and so can look other than the same words written out."""
    assert [(segment.text, segment.named) for segment in glyphs.segments("a🌹〔玫瑰 rose〕")] == [
        ("a", False),
        ("〔玫瑰 rose〕", True),
        ("〔玫瑰 rose〕", False),
    ]


@given(ANY)
def test_nothing_is_hidden_and_all_can_be_drawn(text):
    """Every character that comes out is in a font and visible, but for places where a line may break."""
    for character in said(text).replace("\u200b", "").replace("\n", ""):
        assert font_of(character) is not None
        assert visible(character) == character


@given(ANY)
def test_what_the_font_has_stays_in_its_order(text):
    """Text that can be drawn is neither changed nor moved by what cannot."""
    own = [segment.text for segment in glyphs.segments(text) if not segment.named]
    drawn = [character for character in text if glyphs._font(character) is not None]
    kept = "".join(own).replace("\u200b", "").translate(str.maketrans("〚〛", "⟦⟧"))
    rest = iter(drawn)
    assert all(
        character in rest for character in kept.translate(str.maketrans("⟦⟧", "〚〛")) if character not in "〚〛"
    )


@settings(max_examples=50)
@given(ANY, st.integers(1, 30))
def test_a_line_is_one_line_and_no_wider_than_asked(text, widest):
    """A text for a table is cut with an ellipsis; without need it is not cut."""
    line = glyphs.plain(text, widest)
    assert "\n" not in line
    assert glyphs.width(text) <= widest or line.endswith("…")


def test_long_words_can_be_broken():
    """A word longer than a line gets places to break at, Chinese and short words none."""
    assert "\u200b" in glyphs.plain("x" * 400)
    assert max(map(len, glyphs.plain("x" * 400).split("\u200b"))) <= glyphs._LONGEST_WORD
    assert "\u200b" not in glyphs.plain("字" * 400 + " " + "word " * 50)


def test_joined_letters_are_not_torn_apart():
    """A long Uyghur word may break only after a letter that does not join the next one."""
    pieces = glyphs.plain("ئەۋەتىپبېرەلەمسىزلەرچۇ" * 3).split("\u200b")
    assert len(pieces) > 3
    assert all(piece[-1] in "ەۋزرۇ" for piece in pieces)


def test_the_names_of_emoji_are_names_of_emoji():
    """Each entry is one symbol that the font may lack, with a Chinese name that it has."""
    text = resources.files("service.evidence.pdf").joinpath("emoji.toml").read_text(encoding="utf-8")
    for emoji, name in tomllib.loads(text)["zh"].items():
        assert unicodedata.category(emoji) == "So"
        assert name.strip() == name != ""
        assert said(name) == name
