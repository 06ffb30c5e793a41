"""Text that nobody vouches for, made safe to look at: nothing in it can hide, reorder or command.

Chat text can hold bidirectional controls, zero-width and control characters. In the readable views each of them is
shown by its number, ``⟦U+202E⟧``; in the JSON files it is written as a JSON escape, so that the value stays verbatim
while the file itself can be opened anywhere.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

__all__ = ["in_one_line", "json_bytes", "json_lines", "one_line", "visible"]

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# characters that are drawn as nothing although their category is that of letters, marks or symbols
_BLANK = frozenset([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE0E)])
_BLANK_SUPPLEMENT = range(0xE0100, 0xE01F0)
_NEWLINE = 0x0A
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
# the joiner inside a family or profession emoji is part of its picture
_EMOJI_JOINER = re.compile(f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])")


def _is_hidden(code: int) -> bool:
    if unicodedata.category(chr(code)) in _HIDDEN_CATEGORIES:
        return code != _NEWLINE
    return code in _BLANK or code in _BLANK_SUPPLEMENT or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


class _ShowHidden(dict[int, int | str]):
    def __missing__(self, code: int) -> int | str:
        self[code] = f"⟦U+{code:04X}⟧" if _is_hidden(code) else code
        return self[code]


class _EscapeHidden(dict[int, int | str]):
    def __missing__(self, code: int) -> int | str:
        # outside strings JSON is plain ASCII, so what is hidden here is always inside a string
        self[code] = json.dumps(chr(code))[1:-1] if _is_hidden(code) else code
        return self[code]


_SHOW, _ESCAPE = _ShowHidden(), _EscapeHidden()
_ONE_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def visible(text: str) -> str:
    r"""Return the text with every hidden character shown by its number; newlines stay.

    Examples
    --------
    >>> visible("ab\u202ecd\x1b[31m")
    'ab⟦U+202E⟧cd⟦U+001B⟧[31m'
    """
    return "\u200d".join(part.translate(_SHOW) for part in _EMOJI_JOINER.split(text))


def one_line(text: str) -> str:
    """Return `visible` text in which newlines are shown too."""
    return visible(text).replace("\n", "⟦U+000A⟧")


def json_bytes(value: object) -> bytes:
    """Return the one JSON spelling of a value: UTF-8, sorted keys, hidden characters escaped.

    Raises
    ------
    TypeError, ValueError
        The value is not plain JSON: another type, NaN or infinity, half of a surrogate pair.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    text.encode()  # a lone surrogate fails here; the escapes would let it through
    return (text.translate(_ESCAPE) + "\n").encode()


def in_one_line(value: object) -> str:
    """Return the one spelling of a JSON value in one line, for `json_lines`; errors as of `json_bytes`."""
    text = _ONE_LINE.encode(value)
    text.encode()  # as above
    return text


def json_lines(fields: Mapping[str, str | Sequence[str]]) -> bytes:
    """Return one JSON object in which each element of a list is one line: large tables stay small and can be read.

    Parameters
    ----------
    fields
        By name a value, or the elements of a list, as `in_one_line` spells them.

    Examples
    --------
    >>> print(json_lines({"talk": in_one_line("c"), "steps": ['{"n":1}', '{"n":2}']}).decode(), end="")
    {
    "steps": [
    {"n":1},
    {"n":2}
    ],
    "talk": "c"
    }
    """
    written = []
    for name, value in sorted(fields.items()):
        text = value if isinstance(value, str) else "[\n" + ",\n".join(value) + "\n]"
        written.append(f"{in_one_line(name)}: {text}")
    return ("{\n" + ",\n".join(written).translate(_ESCAPE) + "\n}\n").encode()
