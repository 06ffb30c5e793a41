"""Which chats are replayed, and what the agent had before each reply."""

from __future__ import annotations

from pathlib import Path

import pytest
from strange_input import encoded, talk

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from service.demo import chats
from service.demo.chats import DemoError, as_seen, chats_to_replay

OWN = ["demo-same-day", "demo-invoice", "demo-ordinary", "demo-angry", "demo-review"]


def names(extra: Path | None = None) -> list[str]:
    return [chat.conversation.conversation_id for chat in chats_to_replay(extra)]


@pytest.fixture
def no_real_chats(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(chats, "REAL_CHATS", tmp_path / "none.jsonl")


def test_the_own_chats_are_always_there(no_real_chats: None) -> None:
    """Without any other file the project's five chats are replayed, in the order of the story."""
    assert names() == OWN


def test_the_story_names_replies_of_the_agent() -> None:
    """Each fateful reply is a message of the agent in its chat, and every expectation is a known one."""
    for chat in chats_to_replay():
        senders = {message.message_id: message.sender for message in chat.conversation.messages}
        assert chat.fateful is None or senders[chat.fateful] == "agent"
        assert chat.expect in (None, "warned", "calm")
        assert chat.expect != "warned" or chat.fateful


def test_another_file_comes_after_the_own_chats(no_real_chats: None, tmp_path: Path) -> None:
    """`--chats` adds conversations of which nothing is expected."""
    path = tmp_path / "talks.jsonl"
    path.write_bytes(encoded(talk("在吗")))
    assert names(path) == [*OWN, "c1"]
    assert chats_to_replay(path)[-1].expect is None


def test_real_chats_beside_the_checkout_have_to_stay_calm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the real chats are there, none of them may rise above clarify."""
    path = tmp_path / "real.jsonl"
    path.write_bytes(encoded(talk("在吗")))
    monkeypatch.setattr(chats, "REAL_CHATS", path)
    assert chats_to_replay()[-1].expect == "calm"


def test_a_file_that_is_not_there_or_not_right_is_named(tmp_path: Path) -> None:
    """A wrong --chats is an error for the user, with path or line."""
    with pytest.raises(DemoError, match=r"none\.jsonl"):
        chats_to_replay(tmp_path / "none.jsonl")
    path = tmp_path / "bad.jsonl"
    path.write_bytes(encoded(talk("在吗")) + b"\n{")
    with pytest.raises(InputError, match="line 2"):
        chats_to_replay(path)


def test_the_agent_sees_only_what_had_happened() -> None:
    """Later messages, later orders, orders of unknown time and the status of export day are not there."""
    order = {"status": "refunded", "amount": "6.90"}
    conversation = parse_conversation(
        talk(
            "在吗",
            "拍了",
            "发货了吗",
            orders=[
                order | {"order_id": "now", "placed_at": "2026-03-01T00:01:00+08:00"},
                order | {"order_id": "later", "placed_at": "2026-03-01T00:01:01+08:00"},
                order | {"order_id": "some day"},
            ],
        )
    )
    seen = as_seen(conversation, list(conversation.messages[:2]))
    assert [message.text for message in seen.messages] == ["在吗", "拍了"]
    assert [(order.order_id, order.status, order.amount) for order in seen.orders] == [("now", None, "6.90")]
    assert as_seen(conversation, []).orders == []
