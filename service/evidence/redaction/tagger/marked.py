"""Messages in which personal data is marked: ``{n|李晓梅}签收的``, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from service.evidence.redaction.detect import Found
from service.evidence.redaction.tagger.decode import LETTERS

__all__ = ["Line", "read_line", "read_lines"]

_KINDS = {letter: kind for kind, letter in LETTERS.items()}
_MARK = re.compile(r"\{([a-z])\|([^}]*)\}")


class Line(NamedTuple):
    """One chat message, and the values in it that have to be masked."""

    text: str
    values: list[Found]


def read_lines(path: Path) -> Iterator[Line]:
    """The messages of a set; ``{kind|value}`` marks what has to be masked."""
    for raw in path.read_text("utf-8").splitlines():
        if raw and not raw.startswith("# "):
            plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), raw)
            yield read_line(plain.replace("\\n", "\n"))


def read_line(line: str) -> Line:
    """A message without its marks, and what they mark.

    Examples
    --------
    >>> read_line("找{n|汤圆}签收")
    Line(text='找汤圆签收', values=[Found(start=1, end=3, kind='name')])
    """
    text, values, place = "", [], 0
    for match in _MARK.finditer(line):
        text += line[place : match.start()]
        values.append(Found(len(text), len(text) + len(match[2]), _KINDS[match[1]]))
        text, place = text + match[2], match.end()
    return Line(text + line[place:], values)
