"""Words in pieces: what is found, what only looks like it, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from riskmodel.errors import CatalogueError
from riskmodel.signals import evasion, load_lexicon
from riskmodel.signals.evasion import parted


@pytest.mark.parametrize(
    ("text", "concept", "word"),
    [
        ("加个微-信说", "private_channel", "微-信"),
        ("发个红 包吧", "cash_gift", "红 包"),
        ("红.包", "cash_gift", "红.包"),
        ("加 v 聊", "private_invite", "加 v"),
        ("我的 q q 是多少", "private_channel", "q q"),
        ("给你差/评", "bad_review", "差/评"),
        ("不处理就投 诉", "complaint", "投 诉"),
        ("曝❤光你们", "complaint", "曝❤光"),
        ("转--账就行", "payout", "转--账"),
        ("支 付 宝号发你", "money_alike", "支 付 宝"),
    ],
)
def test_word_in_pieces(text: str, concept: str, word: str) -> None:
    """A known word with up to three signs between its characters stands for its concept, and its span holds them."""
    assert [(name, text[start:end]) for name, (start, end) in parted(text)] == [(concept, word)]


@pytest.mark.parametrize(
    "text",
    [
        "质量很差 评论也都这么说",
        "东西太差.评分怎么还这么高",
        "稍微 信号不好",
        "要大红 包邮吗",
        "黑的红的 红 包装好看点",
        "你好 评价在哪写",
        "收到了挺好 评价已写",
        "用微 信支付的",
        "现 金色的有吗",
        "加 vivo的手机壳一个",
        "扣 扣子掉了一颗",
        "投,诉",
        "差。评",
        "差    评",
        "微信 差评 红包",
        "",
    ],
)
def test_two_words_are_not_one(text: str) -> None:
    """Neighbours that make two other words of it, a comma or full stop, and words in one piece are left alone."""
    assert list(parted(text)) == []


def test_traditional_and_invisible_signs() -> None:
    """The second look sees folded text, and its spans lead back to the original."""
    original = "發個紅\u200b-包"
    folded = load_lexicon().read(original).folded
    ((name, span),) = parted(folded.text)
    assert name == "cash_gift"
    assert original[slice(*folded.span(*span))] == "紅\u200b-包"


@given(text=texts())
def test_the_lexicon_takes_the_second_look(text: str) -> None:
    """What is found in pieces stands in the reading, with the span of the pieces."""
    reading = load_lexicon().read(text)
    for name, span in parted(reading.folded.text):
        assert span in reading.concepts[name]


@pytest.mark.parametrize("sign", " ._-*/|~+")
@pytest.mark.parametrize("entry", evasion._words()[0], ids=lambda entry: entry.word)
def test_every_word_means_a_concept(entry: evasion.PartedWord, sign: str) -> None:
    """Each word, parted by any one sign, is read as what its entry says, and that is a concept of the lexicon."""
    assert [name for name, _ in parted(sign.join(entry.word))] == [entry.means]
    assert entry.means in load_lexicon().names


@given(pieces=st.lists(st.sampled_from([*"微信差评加v红包很的好 .-*", "支付"])))
def test_quick_way_past_misses_nothing(pieces: list[str]) -> None:
    """A text without the hint of a word in pieces holds none, by the full search."""
    text = "".join(pieces)
    _, pattern, _ = evasion._words()
    assert [span for _, span in parted(text)] == [match.span() for match in pattern.finditer(text)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["差 ", "差 评", "微", " ", "支 付 ", "加-"])
def test_stuffed_text_comes_to_an_end(text: str) -> None:
    """20,000 characters of almost nothing else are looked through once."""
    stuffed = (text * 20_000)[:20_000]
    assert len(list(parted(stuffed))) <= len(stuffed) // 3 + 1


@pytest.mark.parametrize(
    ("entry", "says"),
    [({"word": "差", "means": "bad_review"}, "evasion: 差"), ({"means": "bad_review"}, r"evasion: \(no word\)")],
)
def test_data_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, entry: object, says: str) -> None:
    """An entry without a word, or of one character, is refused by name."""
    monkeypatch.setattr(evasion, "read_yaml", lambda *path: [entry])
    with pytest.raises(CatalogueError, match=says):
        evasion._words.__wrapped__()
