"""The chats written whole, message by message: a plain text form, read and checked line by line.

A file in ``written/`` is one writer's. A chat is a head, ``=== family | label | patterns | twin of | facts``, and one
line for each thing that happens: ``B act: text`` (the buyer), ``A act: text`` (the agent), ``S: text`` (a notice),
``-- 3h`` (silence), ``O 12.80 cod`` (an order is placed). Marks follow the speaker: ``*`` where an experienced agent
would slow down, ``!`` on a harmful commitment, ``+`` for a photo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast, get_args

from riskmodel.acts import BUYER_ACTS
from riskmodel.errors import CatalogueError
from riskmodel.patterns import PATTERNS, Pattern
from riskmodel.synthesis.scenarios import data_folder
from riskmodel.synthesis.steps import Label
from riskmodel.synthesis.story import Event, Gap, Placed, Said

__all__ = ["AGENT_ACTS", "WrittenChat", "read_written"]

AGENT_ACTS: tuple[str, ...] = tuple("greet info careful careless ask apologise remedy refuse calm close other".split())
"""What an agent's message does."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FACTS = {
    "order": r"\d+(\.\d+)?",
    "days": r"\d+(\.\d+)?",
    "status": r"placed|paid|shipped|delivered|refunded|cancelled",
    "region": r"\S+",
    "city": r"\S+",
    "cutoff": r"\d\d?:\d\d",
    "carriers": r"\S+",
    "unserved": r"\S+",
    "dispatch": r"\d+",
    "refused": r"\d+",
    "refunds": r"\d+/\d+",
    "platform": r"taobao|tmall|pinduoduo|jd|douyin",
    "time": r"\d\d?:\d\d",
}
_SPOKEN = re.compile(r"([BA])([*!+]*) ?([a-z_]+) ?[:\uff1a] ?(\S.*)")
_NOTICE = re.compile(r"S ?[:\uff1a] ?(\S.*)")
_SILENCE = re.compile(r"-- (\d+(?:\.\d+)?)([smhd])")
_ORDER = re.compile(r"O (\d+(?:\.\d+)?)( cod)?")
# an order in the talk is placed half a minute after the line before it
_TO_ORDER = 30.0


class WrittenChat(NamedTuple):
    """One chat as written.

    `number` counts the writer's chats from 1; `twin_of` is the number of the abusive chat that this one opens like;
    `facts` what the story fixes, by the names of the head (``cod`` is a flag); all else is drawn when it is dressed.
    """

    writer: str
    number: int
    family: str
    label: Label
    patterns: tuple[Pattern, ...]
    twin_of: int | None
    facts: dict[str, str]
    events: list[Event]


def read_written(folder: Path | None = None) -> list[WrittenChat]:
    """Read all files of a folder, by default the project's own, in the order of their names.

    Raises
    ------
    CatalogueError
        With the file, the line and the remedy, at the first thing that is wrong.
    """
    where = folder or data_folder() / "written"
    files = sorted(where.glob("*.txt"))
    if not files:
        raise CatalogueError(f"{where}: no written chats (*.txt); give the folder that holds them")
    return [chat for path in files for chat in _read(path)]


def _read(path: Path) -> Iterator[WrittenChat]:
    chats: list[WrittenChat] = []
    heads: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        where = f"{path.name}: line {number}"
        if line.startswith("==="):
            chats.append(_head(where, path.stem, len(chats) + 1, line[3:]))
            heads.append(where)
        elif line.strip():
            if not chats:
                raise CatalogueError(f"{where}: comes before the first head; begin a chat with ===")
            chats[-1].events.append(_event(where, line.strip(), chats[-1].facts))
    for where, chat in zip(heads, chats, strict=True):
        _check(where, chat, chats)
    yield from chats


def _head(where: str, writer: str, number: int, text: str) -> WrittenChat:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 5:
        raise CatalogueError(f"{where}: a head has five parts: family | label | patterns | twin of | facts")
    family, label, patterns, twin, facts = parts
    if label not in get_args(Label):
        raise CatalogueError(f"{where}: label: {label!r} is none of {', '.join(get_args(Label))}")
    named = [] if patterns in ("", "-") else re.split(r"[ ,]+", patterns)
    unknown = [name for name in named if name not in PATTERNS]
    if unknown or (label == "abusive") != bool(named):
        wrong = f"unknown pattern {unknown[0]!r}" if unknown else "name them for an abusive chat, write - for any other"
        raise CatalogueError(f"{where}: patterns: {wrong}")
    if twin != "-" and not twin.isdecimal():
        raise CatalogueError(f"{where}: twin of: must be the number of a chat of this file, or -")
    return WrittenChat(
        writer,
        number,
        family,
        cast("Label", label),
        tuple(cast("list[Pattern]", named)),
        None if twin == "-" else int(twin),
        _facts(where, facts),
        [],
    )


def _facts(where: str, text: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        if word == "cod":
            facts["cod"] = ""
        elif name in _FACTS and re.fullmatch(_FACTS[name], value):
            facts[name] = value
        elif word != "-":
            raise CatalogueError(f"{where}: facts: {word!r} is none of cod, {'=, '.join(_FACTS)}=")
    return facts


def _event(where: str, line: str, facts: dict[str, str]) -> Event:
    if spoken := _SPOKEN.fullmatch(line):
        speaker, marks, act, text = spoken.groups()
        buyer = speaker == "B"
        acts = BUYER_ACTS if buyer else AGENT_ACTS
        if act not in acts:
            raise CatalogueError(f"{where}: unknown act {act!r}; use one of {', '.join(acts)}")
        if ("*" in marks and not buyer) or ("!" in marks and buyer):
            raise CatalogueError(f"{where}: * is a mark of the buyer's lines, ! of the agent's")
        return Said(
            "buyer" if buyer else "agent", act, text, photo="+" in marks, commits="!" in marks, earliest="*" in marks
        )
    if notice := _NOTICE.fullmatch(line):
        return Said("system", "notice", notice[1])
    if silence := _SILENCE.fullmatch(line):
        return Gap(float(silence[1]) * _SECONDS[silence[2]])
    if order := _ORDER.fullmatch(line):
        cash = bool(order[2]) or "cod" in facts
        return Placed(_TO_ORDER, None, float(order[1]), "cash_on_delivery" if cash else "online")
    raise CatalogueError(f"{where}: not understood; write `B act: text`, `A act: text`, `S: text`, `-- 3h`, `O 12.80`")


def _check(where: str, chat: WrittenChat, chats: list[WrittenChat]) -> None:
    said = [event for event in chat.events if isinstance(event, Said)]
    if not any(event.sender == "buyer" for event in said):
        raise CatalogueError(f"{where}: the buyer says nothing; write what the buyer says or remove the chat")
    marks = sum(event.earliest for event in said)
    if marks != (chat.label == "abusive"):
        wanted = "exactly one buyer's line with B*" if chat.label == "abusive" else "no buyer's line with B*"
        raise CatalogueError(f"{where}: has {marks} marks; a chat of this label has {wanted}")
    if chat.twin_of is not None and (chat.twin_of > len(chats) or chats[chat.twin_of - 1].label != "abusive"):
        raise CatalogueError(f"{where}: twin of: chat {chat.twin_of} of this file is not abusive or not there")
