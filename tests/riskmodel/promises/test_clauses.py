"""Clauses: where they part, what they ask, and whether their nots cancel out."""

from __future__ import annotations

import pytest
from hypothesis import given
from shop_talk import parts_of, read
from strategies import texts

from riskmodel.promises.clauses import FILLERS, clauses, spoken


def cut(text: str) -> list[tuple[str, int]]:
    """Each clause with the number of its sentence."""
    folded = read(text).folded.text
    return [(folded[part.start : part.end], part.sentence) for part in parts_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有货的,可以拍", [("有货的", 0), ("可以拍", 0)]),
        ("有货的。可以拍", [("有货的", 0), ("可以拍", 1)]),
        ("有货的 可以拍~喜欢就下单", [("有货的", 0), ("可以拍", 0), ("喜欢就下单", 0)]),
        ("黑色有、白色没有", [("黑色有", 0), ("白色没有", 0)]),
        ("黑色有但是白色没有", [("黑色有", 0), ("但是白色没有", 0)]),
        ("好的,不过要等两天", [("好的", 0), ("不过要等两天", 0)]),
        ("因为下雪所以慢", [("因为下雪", 0), ("所以慢", 0)]),
        ("有的！！！\n拍吧……", [("有的", 0), ("拍吧", 1)]),
        ("有吗?~有", [("有吗", 0), ("有", 1)]),
        ("，，。。", []),
        ("", []),
    ],
)
def test_marks_and_conjunctions_part_clauses(text: str, expected: list[tuple[str, int]]) -> None:
    """A stop ends a sentence, a comma a clause; a conjunction opens one and belongs to it; none is empty."""
    assert cut(text) == expected


def test_clauses_are_counted_up_to_a_bound() -> None:
    """Of a novel the first sixty clauses are read."""
    assert len(parts_of("在," * 59)) == 59
    assert len(parts_of("在," * 500)) == len(parts_of("在," * 5000)) == 60


@given(text=texts())
def test_clauses_are_stretches_in_order(text: str) -> None:
    """Clauses lie in the text one after the other, with every mark in the clause in which it begins."""
    reading = read(text)
    parts = clauses(reading)
    ends = [0, *(part.end for part in parts)]
    for end, part in zip(ends, parts, strict=False):
        assert end <= part.start < part.end <= len(reading.folded.text)
        for name, spans in part.marks.items():
            assert set(spans) <= set(reading.concepts[name])
            assert all(part.start <= start < part.end for start, _ in spans)
    assert [part.sentence for part in parts] == sorted(part.sentence for part in parts)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("走得了", False),
        ("走不了", True),
        ("没法走", True),
        ("别走了", True),
        ("没问题", False),
        ("没关系", False),
        ("差不多", False),
        ("能不能走", False),
        ("不是不走", False),
        ("没有不走的道理", False),
        ("哪有不走的", False),
        ("不会不走的", False),
        ("怎么会不走呢", False),
        ("怎么可能不走", False),
        ("难道不走", False),
        ("怎么可能走", True),
        ("哪能走呢", True),
        ("不可能走", True),
        ("不是不走,是走不了", False),
    ],
)
def test_an_odd_number_of_nots_negates(text: str, negated: bool) -> None:
    """Two nots cancel out, a rhetorical question is one of them, and words that only look like a not are none."""
    assert parts_of(text)[0].negated is negated


@pytest.mark.parametrize(
    ("text", "words", "negated"),
    [
        ("没货了", "没货", False),
        ("不会没货", "没货", True),
        ("不收邮费", "不收邮费", False),
        ("今天发不了", "发不", True),
        ("今天不发货", "发货", True),
        ("周五到不了", "到不", True),
    ],
)
def test_a_not_inside_words_is_theirs(text: str, words: str, negated: bool) -> None:
    """The not that words begin with is part of what they name; the one they end with is said of what comes after."""
    start = text.index(words)
    (part,) = parts_of(text)
    assert part.negated_beside([(start, start + len(words))]) is negated


def test_condition_of_a_compensation_is_no_denial() -> None:
    """What has not happened yet is when the shop pays, not that it does not."""
    for text in ("没到就赔您", "晚发了没收到赔您"):
        assert not parts_of(text)[0].negated
    assert parts_of("没收到货")[0].negated
    assert parts_of("不赔的")[0].negated


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("今天走吗", True),
        ("今天走吗亲", True),
        ("今天走么", True),
        ("今天走伐", True),
        ("今天走?", True),
        ("今天走~?", True),
        ("今天走？！", True),
        ("能不能走", True),
        ("请问要几件", True),
        ("今天走", False),
        ("今天走吧", False),
        ("今天走!", False),
        ("怎么会不走吗", False),
        ("难道还不走吗?", False),
        ("给您补八块可以吗", False),
        ("赠您一张券行不行", False),
        ("可以吗", True),
    ],
)
def test_clause_that_asks(text: str, asks: bool) -> None:
    """A question mark or particle asks; a rhetorical question states, and asking for consent to an offer offers."""
    assert parts_of(text)[0].asks is asks


def test_question_mark_ends_its_own_clause() -> None:
    """A question in one clause leaves the others statements."""
    assert [part.asks for part in parts_of("要黑色?黑色有的,今天走")] == [True, False, False]


def test_spoken_leaves_out_fillers_and_signs() -> None:
    """What says something are letters, figures and the two signs of assent; address and particles say nothing."""
    text = "亲,可以的呢~👌😊"
    assert [text[index] for index in spoken(text, 0, len(text))] == ["可", "以", "👌"]
    assert spoken(text, 0, 2) == []
    assert "会" not in FILLERS  # 会的 is an answer
