"""Which side is the shop, and the talks as Conversations of the contract."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from riskmodel.errors import FieldProblem, InputError
from service.importers.said import Said, Side

__all__ = ["PREFIX", "UnclearSideError", "conversations"]

PREFIX = "imp-"
"""Of the ids of conversations that an export does not name."""

_SYSTEM = frozenset(("系统", "系统消息", "系统提示", "平台", "平台通知", "system"))
_MOST_NAMES = 5  # to choose from
_ACCOUNT = (":", "：")  # between a shop's name and that of one of its agents


class UnclearSideError(InputError):
    """Which side is the shop's has to be asked for.

    `names` are those that it can be, masked, each with the number of its messages; `row` is where the talk begins.
    """

    def __init__(self, row: int, what: str, names: Sequence[tuple[str, int]]) -> None:
        self.row, self.what, self.names = row, what, tuple(names)
        shown = ", ".join(f"{name} ({count})" for name, count in names)
        super().__init__([FieldProblem(f"row {row}", f"{what}; names and messages: {shown}")])


def conversations(
    said: Iterable[Said], shop: Sequence[str] = (), platform: str | None = None, prefix: str = PREFIX
) -> list[dict[str, Any]]:
    """Talks as JSON of the contract, in the order of the file; the same file gives the same identifiers.

    Parameters
    ----------
    said
        Messages of one file.
    shop
        The shop's own names; one stands for all of its agents (小店 for 小店:小王). Where the file says which side
        each message is from, none is needed; else a name with agents tells by itself.
    platform
        As in the contract, None where unknown.
    prefix
        Of the identifiers.

    Raises
    ------
    UnclearSideError
        Where it is not clear which side is the shop's, or a talk has more than one buyer. Names are shown masked.
    """
    talks: dict[str | None, list[Said]] = {}
    for message in said:
        talks.setdefault(message.talk, []).append(message)
    known = frozenset(shop) or _told_by_agents(message for talk in talks.values() for message in talk)
    return [_conversation(talk, known, platform, prefix) for talk in talks.values()]


def _main(name: str) -> str:
    for mark in _ACCOUNT:
        name = name.partition(mark)[0]
    return name.strip()


def _told_by_agents(said: Iterable[Said]) -> frozenset[str]:
    """The one name that has agents under it, or nothing."""
    found = {_main(message.name) for message in said if message.side is None and _main(message.name) != message.name}
    return frozenset(found) if len(found) == 1 else frozenset()


def _side(message: Said, shop: frozenset[str]) -> Side:
    if message.side is not None:
        return message.side
    if message.name.lower() in _SYSTEM:
        return "system"
    return "agent" if message.name in shop or _main(message.name) in shop else "buyer"


def _conversation(talk: Sequence[Said], shop: frozenset[str], platform: str | None, prefix: str) -> dict[str, Any]:
    sides = [_side(message, shop) for message in talk]
    row = talk[0].row
    if not shop and any(message.side is None for message in talk):
        raise _unclear(talk, row, "which side is the shop's is not clear; give its name with --shop")
    by_buyers = [message for message, side in zip(talk, sides, strict=True) if side == "buyer"]
    buyers = {_main(message.name) for message in by_buyers if message.name}
    if len(buyers) > 1:
        what = f"the talk that begins here has {len(buyers)} buyers; name all of the shop's accounts with --shop"
        raise _unclear(by_buyers, row, what)
    if talk[0].side is None and not by_buyers:
        raise _unclear(talk, row, "the talk that begins here has no buyer; name only the shop's accounts with --shop")
    messages = [
        {"message_id": f"m{number}", "sender": side, "sent_at": message.at.isoformat(), "text": message.text}
        for number, (message, side) in enumerate(zip(talk, sides, strict=True), start=1)
    ]
    # opaque, so that no name and no number of the export comes to stand in a log
    digest = sha256(json.dumps([talk[0].talk, messages], ensure_ascii=False).encode()).hexdigest()[:20]
    found: dict[str, Any] = {"conversation_id": f"{prefix}{digest}", "messages": messages}
    return found if platform is None else {**found, "platform": platform}


def _unclear(talk: Sequence[Said], row: int, what: str) -> UnclearSideError:
    counted = Counter(_main(message.name) for message in talk)
    return UnclearSideError(row, what, [(_masked(name), count) for name, count in counted.most_common(_MOST_NAMES)])


def _masked(name: str) -> str:
    """Enough of a name to know it by, for one who has the file.

    Examples
    --------
    >>> _masked("tb58211907"), _masked("小店")
    ('t***7', '小***')
    """
    return f"{name[:1]}***{name[-1] if len(name) > 3 else ''}"
