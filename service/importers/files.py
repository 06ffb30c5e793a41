"""One export file to Conversations: what kind it is, its text or table, its sides, and the contract's own checks."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from riskmodel.conversation import Conversation, parse_conversation, read_lines
from riskmodel.errors import FieldProblem, InputError
from service.importers.decode import decode
from service.importers.said import Rejected
from service.importers.sheets import ColumnMap, read_csv, read_sheet, read_xlsx
from service.importers.sides import PREFIX, conversations
from service.importers.workbench import read_workbench

__all__ = ["LARGEST", "SHANGHAI", "Imported", "read_export"]

SHANGHAI = ZoneInfo("Asia/Shanghai")  # exports of Chinese shops name no zone
LARGEST = 64 * 1024 * 1024
"""Bytes of one file that are read."""


class Imported(NamedTuple):
    """What came of a file.

    Attributes
    ----------
    conversations
        As JSON of the contract.
    rejected
        Rows that could not be read.
    columns
        Which column of a table was taken for what; None for other files.
    """

    conversations: list[dict[str, Any]]
    rejected: list[Rejected]
    columns: ColumnMap | None


def read_export(
    name: str,
    content: bytes,
    *,
    shop: tuple[str, ...] = (),
    platform: str | None = None,
    columns: ColumnMap | None = None,
    encoding: str | None = None,
    zone: ZoneInfo = SHANGHAI,
    prefix: str = PREFIX,
) -> Imported:
    """Read one file.

    Parameters
    ----------
    name
        Of the file: its ending says what it is. ``.csv``, ``.tsv``, ``.xlsx``, ``.jsonl``; anything else is text.
    content
        Its bytes, at most `LARGEST`.
    shop, platform, prefix
        As for `conversations`.
    columns, encoding
        Of a table and of text, where they are known.
    zone
        Of times without one.

    Raises
    ------
    InputError
        Where the file as a whole cannot be read, or its sides are not clear; nothing of it is taken then.
    """
    if len(content) > LARGEST:
        raise InputError([FieldProblem("file", f"larger than {LARGEST // 2**20} MiB; export fewer talks at a time")])
    ending = PurePath(name).suffix.lower()
    if ending in (".jsonl", ".ndjson", ".json"):
        return _lines(content)
    used: ColumnMap | None = None
    if ending == ".xlsx":
        said, rejected, used = read_sheet(read_xlsx(content), zone, columns)
    elif ending in (".csv", ".tsv"):
        said, rejected, used = read_sheet(read_csv(decode(content, encoding)), zone, columns)
    else:
        said, rejected = read_workbench(decode(content, encoding), zone)
    found = []
    for conversation in conversations(said, shop, platform, prefix):
        # what the contract forbids is told before anything is written
        found.append(_plain(parse_conversation(conversation)))
    return Imported(found, rejected, used)


def _lines(content: bytes) -> Imported:
    found: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    for line in read_lines(io.BytesIO(content)):
        if line.conversation is not None:
            found.append(_plain(line.conversation))
        elif line.error is not None:
            rejected.extend(Rejected(line.number, problem.field, problem.message) for problem in line.error.problems)
    return Imported(found, rejected, None)


def _plain(conversation: Conversation) -> dict[str, Any]:
    return conversation.model_dump(mode="json", exclude_none=True)
