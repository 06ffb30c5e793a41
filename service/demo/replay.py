"""Walks a chat reply by reply: what was known before each reply, and what the check says of its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riskmodel.conversation import Message
from service.demo.chats import Chat, as_seen
from service.demo.process import Client

__all__ = ["ACTIONS", "Outcome", "Turn", "outcome", "replay"]

ACTIONS = ("proceed", "clarify", "hold", "escalate")
CALM = ("proceed", "clarify")


@dataclass(frozen=True)
class Turn:
    """What was said since the last reply, the Assessment of it, then the reply and its ReplyCheck, if one came."""

    said: tuple[Message, ...]
    assessment: Mapping[str, Any]
    texts: Mapping[str, str]
    reply: Message | None = None
    check: Mapping[str, Any] | None = None
    fateful: bool = False


@dataclass(frozen=True)
class Outcome:
    """A chat in one line of the closing table; risks from 0 to 1.

    Attributes
    ----------
    risk, action
        The highest risk no later than before the fateful reply (of the whole talk where there is none), and the action
        then.
    verdict
        What the check said of the fateful reply.
    highest_action
        Of the whole talk.
    missed
        What was expected and did not come, None where all is well.
    """

    chat: Chat
    risk: float
    action: str
    verdict: str | None
    highest_action: str
    missed: str | None


def replay(chat: Chat, client: Client) -> Iterator[Turn]:
    """Ask the service before every agent reply, and once more where the chat goes on after the last one.

    There is always at least one turn, also for a chat without messages.
    """
    talk = chat.conversation
    so_far: list[Message] = []
    said: list[Message] = []
    found = False
    for message in talk.messages:
        if message.sender != "agent":
            said.append(message)
            so_far.append(message)
            continue
        seen = as_seen(talk, so_far).model_dump(mode="json")
        assessment = client.post("/v1/score", seen)
        check = client.post("/v1/check-reply", {"conversation": seen, "draft": message.text})
        decides = message.message_id == chat.fateful
        fateful = decides if chat.told else not found and check["verdict"] != "send"
        found = found or fateful
        yield Turn(tuple(said), assessment, _texts(so_far), message, check, fateful)
        so_far.append(message)
        said = []
    if said or not so_far:
        assessment = client.post("/v1/score", as_seen(talk, so_far).model_dump(mode="json"))
        yield Turn(tuple(said), assessment, _texts(so_far))


def outcome(chat: Chat, turns: list[Turn]) -> Outcome:
    """Sum a chat up and compare it with what was expected of it."""
    decided = next((index for index, turn in enumerate(turns) if turn.fateful), None)
    before = turns if decided is None else turns[: decided + 1]
    fateful = None if decided is None else turns[decided]
    verdict = str(fateful.check["verdict"]) if fateful and fateful.check else None
    peak = max(before, key=lambda turn: float(turn.assessment["risk"]))
    highest = max((turn.assessment["action"] for turn in turns), key=ACTIONS.index)
    return Outcome(
        chat=chat,
        risk=peak.assessment["risk"],
        action=peak.assessment["action"],
        verdict=verdict,
        highest_action=highest,
        missed=_missed(chat, before, verdict, highest),
    )


def _missed(chat: Chat, before: list[Turn], verdict: str | None, highest: str) -> str | None:
    name = chat.conversation.conversation_id
    if chat.expect == "calm" and highest not in CALM:
        return f"{name}: expected never to rise above clarify, but it came to {highest}"
    if chat.expect == "warned":
        stopped = any(turn.assessment["action"] not in CALM for turn in before)
        if not stopped and verdict in (None, "send"):
            return f"{name}: expected hold, escalate or a reply check other than send before the fateful reply"
    return None


def _texts(messages: list[Message]) -> dict[str, str]:
    return {message.message_id: message.text for message in messages}
