"""What the demo prints: quoted, aligned, and harmless to the terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from riskmodel.conversation import parse_conversation
from service.demo.chats import Chat
from service.demo.replay import Outcome, Turn
from service.demo.view import BAR, View, plain, risk_bar

CONVERSATION = parse_conversation(
    {
        "conversation_id": "c1",
        "messages": [
            {"message_id": "m1", "sender": "buyer", "sent_at": "2026-03-01T17:18:00+08:00", "text": "😊今天能发吗"},
            {
                "message_id": "m2",
                "sender": "agent",
                "sent_at": "2026-03-02T09:00:00+08:00",
                "text": "好的可以[red]的亲" * 9,
            },
        ],
    }
)


def assessment(**changes: Any) -> dict[str, Any]:
    reason = {"code": "bait.x", "message_id": "m1", "text_zh": "问当天", "text_en": "asks for today"}
    reasons = [
        reason | {"contribution": 1.25, "span": [1, 5]},
        reason | {"code": "buyer.x", "contribution": -0.5, "span": None, "message_id": None, "text_zh": "历史良好"},
        reason | {"code": "chat.x", "contribution": 0.001, "span": [0, 1], "text_zh": "几乎无关"},
    ]
    return {"risk": 0.62, "action": "hold", "abstained": False, "reasons": reasons} | changes


def check(verdict: str = "revise") -> dict[str, Any]:
    finding = {"span": [2, 4], "text_zh": "已截单", "text_en": "the cutoff has passed"}
    findings = [] if verdict == "send" else [finding]
    return {"verdict": verdict, "findings": findings, "suggestions": [{"text_zh": "以订单页为准"}]}


def printed(*turns: Turn, width: int = 100) -> str:
    output = io.StringIO()
    view = View(Console(file=output, width=width, highlight=False))
    view.chat(1, Chat(CONVERSATION, "标题", "title"))
    for turn in turns:
        view.turn(turn)
    return output.getvalue()


def turn(**changes: Any) -> Turn:
    buyer, agent = CONVERSATION.messages
    more = {"assessment": assessment(), "texts": {"m1": buyer.text}, "reply": agent, "check": check()} | changes
    return Turn(said=more.pop("said", (buyer,)), **more)


def test_a_turn_shows_words_risk_action_and_quoted_reasons() -> None:
    """The buyer's words, the risk with its bar, the action, and the words each reason was read from."""
    text = printed(turn())
    for part in (
        "😊今天能发吗",
        "62.0%",
        "hold",
        "▲ +1.25 “今天能发” 问当天 asks for today",
        "▼ -0.50 历史良好",
        "03-02",
    ):
        assert part in text
    assert "几乎无关" not in text


def test_one_reason_read_from_several_places_is_one_line() -> None:
    """Its quotes stand together and its contributions are added."""
    reason = {"code": "bait.x", "message_id": "m1", "text_zh": "问当天", "text_en": "asks for today"}
    twice = [reason | {"contribution": 1.25, "span": [1, 3]}, reason | {"contribution": 0.25, "span": [3, 5]}]
    text = printed(turn(assessment=assessment(reasons=twice)))
    assert "▲ +1.50 “今天” “能发” 问当天 asks for today" in text


def test_a_flagged_reply_shows_verdict_quote_and_safe_wording() -> None:
    """What is wrong is quoted from the reply, and a safe wording stands below it."""
    text = printed(turn())
    for part in ("revise", "✗ “可以” 已截单", "以订单页为准"):
        assert part in text


def test_a_reply_without_finding_is_only_ticked() -> None:
    """No suggestion is pressed on an agent whose reply is fine."""
    text = printed(turn(check=check("send")))
    assert "✓" in text
    assert "以订单页为准" not in text


def test_the_fateful_reply_is_set_apart() -> None:
    """It is boxed, and its verdict is spelled out also where it may be sent."""
    assert "fateful" not in printed(turn())
    text = printed(turn(fateful=True, check=check("send")))
    assert "关键的一句 · the fateful reply" in text
    assert "可以发 send" in text


def test_reasons_are_not_repeated_where_nothing_new_was_said() -> None:
    """Before a second reply in a row only the risk is printed again."""
    text = printed(turn(), turn(said=()))
    assert (text.count("asks for today"), text.count("62.0%")) == (2, 2)


def test_too_little_to_judge_is_said() -> None:
    """An abstention is not passed off as a low risk."""
    assert "too little was said" in printed(turn(assessment=assessment(abstained=True)))


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """Chinese characters count as two cells, also inside the box."""
    lines = printed(turn(fateful=True), width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    framed = [cell_len(line) for line in lines if line.startswith("┃")]
    assert framed == [width] * len(framed)


def test_chat_text_is_no_markup_and_no_command() -> None:
    """Square brackets stay; control and bidirectional characters are shown by their code."""
    assert "[red]" in printed(turn())
    assert plain("a\x1b[31m\u202eb\nc") == "a\\x1b[31m\\u202eb c"


@pytest.mark.parametrize(("risk", "filled"), [(0.0, 0), (0.001, 1), (0.5, BAR // 2), (1.0, BAR)])
def test_the_bar_grows_with_the_risk(risk: float, filled: int) -> None:
    """Nothing at zero, something above it, all at one; always of one width."""
    bar = risk_bar(risk)
    assert (bar.count("█"), len(bar)) == (filled, BAR)


def test_the_table_has_a_row_for_each_chat_and_marks_what_was_missed() -> None:
    """Met expectations are ticked, missed ones crossed, others left alone."""
    output = io.StringIO()
    rows = [
        Outcome(Chat(CONVERSATION, expect=expect), 0.123, "clarify", verdict, "hold", missed)
        for expect, verdict, missed in (("calm", None, None), ("warned", "send", "c1: missed"), (None, "revise", None))
    ]
    View(Console(file=output, width=100)).summary(rows)
    text = output.getvalue()
    assert (text.count("12.3%"), text.count("✓"), text.count("✗")) == (3, 1, 1)
    assert "…" not in text
