"""Bytes of an export as text: UTF-8, UTF-16 with its mark, or GBK as older programs write it."""

from __future__ import annotations

from riskmodel.errors import FieldProblem, InputError

__all__ = ["decode"]

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def decode(content: bytes, encoding: str | None = None) -> str:
    """The text of a file.

    Parameters
    ----------
    content
        The whole file.
    encoding
        Where it is known; by default it is told from the bytes: what is no valid UTF-8 is GB 18030, GBK's superset.

    Raises
    ------
    InputError
        Where the bytes are neither, or not what was named.
    """
    tried = [encoding] if encoding else [_MARKS.get(content[:2]) or _MARKS.get(content[:3]) or "utf-8", "gb18030"]
    for name in tried:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise InputError([FieldProblem("--encoding", "no such encoding; write utf-8, gbk or utf-16")]) from None
    raise InputError([FieldProblem("file", "neither UTF-8 nor GBK text; export it again, or name --encoding")])
