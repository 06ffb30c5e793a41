"""Reasons in their place: cut at the spans, numbered by weight, small ones left out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from service_time import NOW

from riskmodel.conversation import Message
from service.console.agent.transcript import read_lines, sum_up


def reason(code: str, contribution: float, message_id: str | None = None, span: tuple[int, int] | None = None) -> Any:
    found = {"code": code, "contribution": contribution, "message_id": message_id, "span": span and list(span)}
    return {**found, "text_zh": f"{code} 的理由", "text_en": f"reason of {code}"}


def said(text: str, message_id: str = "m1") -> tuple[int, Message]:
    return 0, Message(message_id=message_id, sender="buyer", sent_at=NOW, text=text)


def test_reasons_are_summed_up_by_what_they_say() -> None:
    """The weightiest first, each side by its sum; what weighs next to nothing is left out."""
    points = sum_up(
        [
            reason("a", 0.4, "m1", (0, 1)),
            reason("b", -2.0, "m1", (1, 2)),
            reason("a", 0.9, "m2"),
            reason("c", 0.03, "m1", (0, 2)),
            reason("d", 0.5),
        ]
    )
    assert [(point.text_zh[0], point.side) for point in points] == [("b", "lower"), ("a", "raise"), ("d", "raise")]
    assert [[note.number for note in point.notes] for point in points] == [[1], [2, 3], []]


def test_words_are_marked_where_they_stand() -> None:
    """Overlapping spans share pieces; a note is where its span ends, or below the message where it has none."""
    points = sum_up(
        [
            reason("a", 2.0, "m1", (2, 6)),
            reason("b", -1.0, "m1", (4, 8)),
            reason("c", 0.5, "m1"),
            reason("d", 0.4, "m9"),
        ]
    )
    (line,) = read_lines([said("零一二三四五六七八九")], points)
    assert [(piece.text, piece.sides, [note.number for note in piece.ended]) for piece in line.pieces] == [
        ("零一", (), []),
        ("二三", ("raise",), []),
        ("四五", ("lower", "raise"), [1]),
        ("六七", ("lower",), [2]),
        ("八九", (), []),
    ]
    assert [note.number for note in line.notes] == [1, 2, 3]


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted), max_size=6)


@given(text=st.text(min_size=12, max_size=20), spans=SPANS)
def test_no_letter_is_lost(text: str, spans: list[list[int]]) -> None:
    """Pieces are the text again; the marked ones of a note are the words that it quotes."""
    points = sum_up([reason(f"r{place}", 9.0 - place, "m1", tuple(span)) for place, span in enumerate(spans)])
    (line,) = read_lines([said(text)], points)
    assert "".join(piece.text for piece in line.pieces) == text
    covered = {place for start, end in spans for place in range(start, end)}
    at, marked = 0, set()
    for piece in line.pieces:
        marked |= set(range(at, at + len(piece.text))) if piece.sides else set()
        at += len(piece.text)
    assert marked == covered
    assert sorted(note.number for piece in line.pieces for note in piece.ended) == list(range(1, len(spans) + 1))
