"""Text exports of Qianniu and Wangwang: ``nick (2015-08-04 10:00:00): text``, or a head line with the text beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.importers.said import TIME, Rejected, Said, read_time

__all__ = ["read_workbench"]

_NICK = r"(?P<nick>\S(?:.{0,62}?\S)?)"
# the text on the same line, after a colon
_INLINE = re.compile(rf"{_NICK}[ \u3000]*[(（][ ]*(?P<time>{TIME})[ ]*[)）][ ]*[:：][ ]?(?P<text>.*)")
# a head alone, its text on the next lines
_HEAD = re.compile(
    rf"{_NICK}[ \u3000]*(?:[(（][ ]*(?P<time>{TIME})[ ]*[)）]|[ \t\u3000](?P<bare>{TIME}))[ ]*[:：]?[ ]*"
)
# what exports draw between days and talks
_RULE = re.compile(r"[-=*_#~—─ ]{3,}")
_DAY = re.compile(r"[-=*—─ ]*[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[-=*—─ ]*")


class _Open(NamedTuple):
    """A message whose lines are still being read."""

    row: int
    nick: str
    time: str
    lines: list[str]


def read_workbench(text: str, zone: ZoneInfo) -> tuple[list[Said], list[Rejected]]:
    """Read one talk.

    Parameters
    ----------
    text
        The export. Lines that begin no message belong to the one before; ruled lines and lines that hold a day alone
        are passed over, and so is what stands before the first message.
    zone
        Of times without one.

    Returns
    -------
    tuple
        The messages, and what could not be read.
    """
    said: list[Said] = []
    rejected: list[Rejected] = []
    for message in _messages(text):
        at = read_time(message.time, zone)
        if at is None:
            rejected.append(Rejected(message.row, "time", "no such day or time; correct it"))
        elif not (content := "\n".join(message.lines).strip("\n")).strip():
            rejected.append(Rejected(message.row, "text", "nothing was said; add the text or remove the head line"))
        else:
            said.append(Said(message.row, None, message.nick, None, at, content))
    if not said and not rejected:
        rejected.append(
            Rejected(1, "file", "no line of the form `name (2015-08-04 10:00:00): text` or `name 2015-08-04 10:00:00`")
        )
    return said, rejected


def _messages(text: str) -> Iterator[_Open]:
    open_one: _Open | None = None
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip("\ufeff \t\u3000")
        begun = _INLINE.fullmatch(line) or _HEAD.fullmatch(line)
        if begun:
            if open_one is not None:
                yield open_one
            parts = begun.groupdict()
            first = parts.get("text")
            open_one = _Open(row, begun["nick"], parts["time"] or parts["bare"], [first] if first else [])
        elif open_one is not None and not _RULE.fullmatch(line) and not _DAY.fullmatch(line):
            open_one.lines.append(line)
    if open_one is not None:
        yield open_one
