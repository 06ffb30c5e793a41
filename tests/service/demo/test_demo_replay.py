"""A chat is walked reply by reply, over HTTP, without peeking, and summed up against what was expected."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from riskmodel.conversation import parse_conversation
from service.demo.chats import Chat
from service.demo.replay import Outcome, Turn, outcome, replay


class Wire:
    """The demo's client, over Flask's test client; remembers what was asked."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.asked: list[tuple[str, Any]] = []

    def post(self, path: str, document: Any) -> dict[str, Any]:
        self.asked.append((path, document))
        response = self.client.post(path, json=document)
        assert response.status_code == 200, response.get_json()
        return response.get_json()


def chat(*said: tuple[str, str], **more: Any) -> Chat:
    messages = [
        {"message_id": f"m{number}", "sender": sender, "sent_at": f"2026-03-01T10:{number:02}:00+08:00", "text": text}
        for number, (sender, text) in enumerate(said, start=1)
    ]
    return Chat(parse_conversation({"conversation_id": "c1", "messages": messages}), **more)


TRAP = (("buyer", "今天能发吗"), ("agent", "可以的"), ("buyer", "不发我就投诉"), ("agent", "好"), ("buyer", "哼"))


@pytest.fixture
def wire(client: FlaskClient) -> Wire:
    return Wire(client)


def summed_up(wire: Wire, *said: tuple[str, str], **more: Any) -> Outcome:
    story = chat(*said, **more)
    return outcome(story, list(replay(story, wire)))


def test_every_reply_is_scored_before_it_and_checked_and_the_end_is_scored(wire: Wire) -> None:
    """Two replies and a last word make three turns."""
    turns = list(replay(chat(*TRAP), wire))
    assert [turn.reply.text if turn.reply else None for turn in turns] == ["可以的", "好", None]
    assert [[message.text for message in turn.said] for turn in turns] == [["今天能发吗"], ["不发我就投诉"], ["哼"]]
    assert [path for path, _ in wire.asked] == ["/v1/score", "/v1/check-reply"] * 2 + ["/v1/score"]


def test_no_request_holds_the_reply_that_is_being_asked_about(wire: Wire) -> None:
    """The service sees what the agent had seen; the reply is only the draft."""
    list(replay(chat(*TRAP), wire))
    scored = [len(document["messages"]) for path, document in wire.asked if path == "/v1/score"]
    drafts = [(len(d["conversation"]["messages"]), d["draft"]) for path, d in wire.asked if path != "/v1/score"]
    assert (scored, drafts) == ([1, 3, 5], [(1, "可以的"), (3, "好")])


@pytest.mark.parametrize("said", [(), (("agent", "在"),), (("system", "已签收"),)])
def test_a_chat_without_a_buyer_still_has_a_turn(wire: Wire, said: tuple[tuple[str, str], ...]) -> None:
    """Empty chats and chats of the agent alone are replayed like others."""
    assert len(list(replay(chat(*said), wire))) == 1


def test_where_the_story_is_told_its_fateful_reply_counts(wire: Wire) -> None:
    """The named reply is the fateful one, though another was flagged before."""
    turns = list(replay(chat(*TRAP, told=True, fateful="m4"), wire))
    assert [turn.fateful for turn in turns] == [False, True, False]


def test_where_no_story_is_told_the_first_flagged_reply_is_fateful(wire: Wire) -> None:
    """Only the first reply that the check would not send is set apart."""
    turns = list(replay(chat(*TRAP, ("agent", "可以")), wire))
    assert [turn.fateful for turn in turns] == [True, False, False]


def test_the_outcome_looks_no_further_than_the_fateful_reply(wire: Wire) -> None:
    """Risk and action are the highest before it; the highest action is of the whole talk."""
    result = summed_up(wire, *TRAP, told=True, fateful="m2")
    assert (result.risk, result.action, result.verdict, result.highest_action) == (0.1, "proceed", "revise", "escalate")


def test_a_warning_before_or_at_the_fateful_reply_is_enough(wire: Wire) -> None:
    """Either the check stops the reply, or the talk was at hold or more by then."""
    flagged = summed_up(wire, *TRAP, told=True, fateful="m2", expect="warned")
    risky = summed_up(wire, *TRAP, told=True, fateful="m4", expect="warned")
    assert (flagged.missed, risky.missed) == (None, None)


def test_a_missed_warning_is_named(wire: Wire) -> None:
    """A warning that comes only after the fateful reply does not count."""
    late = (("buyer", "在吗"), ("agent", "在的"), ("buyer", "不发我就投诉"))
    result = summed_up(wire, *late, told=True, fateful="m2", expect="warned")
    assert "c1: expected hold" in (result.missed or "")


def test_a_false_alarm_is_named(wire: Wire) -> None:
    """A chat that has to stay calm and does not fails the demo."""
    calm = summed_up(wire, ("buyer", "在吗"), ("agent", "在"), expect="calm")
    alarmed = summed_up(wire, *TRAP, expect="calm")
    assert calm.missed is None
    assert "came to escalate" in (alarmed.missed or "")


def test_a_turn_knows_the_texts_its_reasons_quote(wire: Wire) -> None:
    """The texts so far are at hand, so that spans can be cut from them."""
    turn: Turn = list(replay(chat(*TRAP), wire))[1]
    reason = turn.assessment["reasons"][0]
    start, end = reason["span"]
    assert turn.texts[reason["message_id"]][start:end] == "我就投诉"
