"""Which chats the demo replays, and what it expects of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from riskmodel.conversation import Conversation, Message, read_lines
from riskmodel.errors import BaitwatchError

__all__ = ["Chat", "DemoError", "as_seen", "chats_to_replay"]

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
REAL_CHATS = _CHECKOUT.parent / "shared" / "real" / "taobao_presales.jsonl"


class DemoError(BaitwatchError):
    """The demo cannot go on."""


@dataclass(frozen=True)
class Chat:
    """A conversation with what the demo knows about it.

    Attributes
    ----------
    told
        Whether the story is known, so that a missing `fateful` means that there is none; else the first reply that the
        check would not send is taken for it.
    fateful
        ``message_id`` of the reply that decides the chat.
    expect
        ``warned``, ``calm`` or None; `story.toml` explains them.
    """

    conversation: Conversation
    title_zh: str = ""
    title_en: str = ""
    told: bool = False
    fateful: str | None = None
    expect: str | None = None


def chats_to_replay(extra: Path | None = None) -> list[Chat]:
    """The project's own chats, then those of `extra`, or the real ones where that file lies beside the checkout.

    Raises
    ------
    DemoError
        Where a file is not there.
    InputError
        Where a line of it does not fit the contract.
    """
    chats = list(_own())
    if extra is not None:
        chats += [Chat(talk, "另附的对话", "given by --chats") for talk in _conversations(extra)]
    elif REAL_CHATS.is_file():
        chats += [
            Chat(talk, "真实售前对话", "a real pre-sales chat", expect="calm") for talk in _conversations(REAL_CHATS)
        ]
    return chats


def as_seen(conversation: Conversation, messages: list[Message]) -> Conversation:
    """The conversation as the agent has it before answering: these messages, and the orders placed by then.

    The status of an order is that of the day of export, not of that moment, so it is unknown here.
    """
    now = max((message.sent_at for message in messages), default=None)
    orders = [
        order.model_copy(update={"status": None})
        for order in conversation.orders
        if now is not None and order.placed_at is not None and order.placed_at <= now
    ]
    return conversation.model_copy(update={"messages": messages, "orders": orders})


def _own() -> Iterator[Chat]:
    folder = next((path for path in (_HERE / "data", _CHECKOUT / "data" / "demo") if path.is_dir()), None)
    if folder is None:
        raise DemoError("the demo chats are not installed; run the demo in a checkout with ./dev demo")
    story = tomllib.loads((folder / "story.toml").read_text("utf-8"))
    talks = {talk.conversation_id: talk for talk in _conversations(folder / "chats.jsonl")}
    for name, told in story.items():
        yield Chat(talks[name], told=True, **told)


def _conversations(path: Path) -> Iterator[Conversation]:
    try:
        with path.open("rb") as lines:
            for line in read_lines(lines):
                if line.error:
                    raise line.error
                assert line.conversation is not None
                yield line.conversation
    except OSError as error:
        raise DemoError(f"cannot read {path}: {error.strerror}") from None
