"""Tables of messages, CSV or XLSX: which column is what, told from the heads or given, and the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zipfile import BadZipFile
from zoneinfo import ZoneInfo

from riskmodel.errors import FieldProblem, InputError
from service.importers.said import Rejected, Said, Side, read_time

__all__ = ["FIELDS", "ColumnMap", "read_csv", "read_sheet", "read_xlsx"]

FIELDS = ("conversation", "name", "side", "time", "text")
"""What a column can be: the talk it belongs to, who said it, which side, when, and what."""
_HEADS = {
    "conversation": "会话id 会话编号 会话 对话 聊天编号 conversation conversation_id session session_id",
    "name": "发送人 发送者 发言人 昵称 发送人昵称 旺旺 nick name sender from",
    "side": "角色 身份 发送方 发送方类型 side role sender_type",
    "time": "时间 发送时间 消息时间 日期 time sent_at date datetime",
    "text": "内容 消息 消息内容 聊天内容 text content message",
}
_SIDES: dict[str, Side] = {
    **dict.fromkeys("买家 客户 顾客 用户 消费者 buyer customer user".split(), "buyer"),
    **dict.fromkeys("卖家 客服 商家 店铺 店家 机器人 agent seller shop merchant".split(), "agent"),
    **dict.fromkeys("系统 平台 system platform".split(), "system"),
}
_LARGEST_ROW = 200_000  # characters of one cell, far above any message

Row = Sequence[Any]


class ColumnMap(NamedTuple):
    """The head of the column for each of `FIELDS`, None where there is none."""

    conversation: str | None = None
    name: str | None = None
    side: str | None = None
    time: str | None = None
    text: str | None = None

    @classmethod
    def parse(cls, text: str) -> ColumnMap:
        """Read ``time=发送时间,text=内容``.

        Examples
        --------
        >>> ColumnMap.parse("time=发送时间, text=内容").time
        '发送时间'
        """
        given: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            field, equals, head = (piece.strip() for piece in part.partition("="))
            if not equals or field not in FIELDS or not head:
                raise InputError([FieldProblem("--columns", f"must be FIELD=HEAD; fields are {', '.join(FIELDS)}")])
            given[field] = head
        return cls(**given)


def read_csv(text: str) -> Iterator[Row]:
    """The rows of a CSV file; comma, semicolon or tab is told from the first line."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_LARGEST_ROW)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InputError([FieldProblem("file", f"not a valid CSV file: {error}; export it again")]) from None


def read_xlsx(content: bytes) -> Iterator[Row]:
    """The rows of the first sheet of a workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415  # only workbooks need it
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  # only workbooks need it

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError):
        raise InputError([FieldProblem("file", "not a workbook that can be read; save it again as .xlsx")]) from None


def read_sheet(
    rows: Iterable[Row], zone: ZoneInfo, columns: ColumnMap | None = None
) -> tuple[list[Said], list[Rejected], ColumnMap]:
    """Read a table.

    Parameters
    ----------
    rows
        The heads first.
    zone
        Of times without one.
    columns
        Which column is what, where it is known; what it leaves open is told from the heads.

    Returns
    -------
    tuple
        The messages, the rows that could not be read, and the columns that were used.

    Raises
    ------
    InputError
        Where a column is missing or two could be meant.
    """
    walk = iter(rows)
    heads = [str(cell or "").strip() for cell in next(walk, ())]
    used = _columns(heads, columns or ColumnMap())
    places = {field: heads.index(head) for field, head in used._asdict().items() if head is not None}
    said: list[Said] = []
    rejected: list[Rejected] = []
    for number, row in enumerate(walk, start=2):
        cells = {field: row[place] if place < len(row) else None for field, place in places.items()}
        if all(cell in (None, "") for cell in row):
            continue
        found = _message(number, cells, zone)
        if isinstance(found, Said):
            said.append(found)
        else:
            rejected.append(found)
    return said, rejected, used


def _columns(heads: Sequence[str], given: ColumnMap) -> ColumnMap:
    used: dict[str, str] = {}
    for field, wanted in given._asdict().items():
        known = _HEADS[field].split()
        found = [head for head in heads if (head == wanted if wanted else head.lower() in known)]
        if wanted and len(found) != 1:
            raise InputError([FieldProblem("--columns", f"{field}: the table has {len(found)} columns of that head")])
        if len(found) > 1:
            problem = f"{len(found)} columns could be the {field}; name one with --columns {field}=HEAD"
            raise InputError([FieldProblem("file", problem)])
        if found:
            used[field] = found[0]
    missing = [field for field in ("time", "text") if field not in used]
    if "name" not in used and "side" not in used:
        missing.append("name")
    if missing:
        names = " and ".join(missing)
        raise InputError(
            [
                FieldProblem(
                    "file", f"no column for {names} among {len(heads)}; name it with --columns {missing[0]}=HEAD"
                )
            ]
        )
    return ColumnMap(**used)


def _message(number: int, cells: dict[str, Any], zone: ZoneInfo) -> Said | Rejected:
    at = _time(cells["time"], zone)
    if at is None:
        return Rejected(number, "time", "not understood; write 2026-03-04 10:00:00")
    text = "" if cells["text"] is None else str(cells["text"])
    if not text.strip():
        return Rejected(number, "text", "is empty; write [图片] for a picture, or remove the row")
    side: Side | None = None
    if "side" in cells:
        side = _SIDES.get(str(cells["side"] or "").strip().lower())
        if side is None:
            return Rejected(number, "side", "not understood; write 买家, 客服 or 系统 (buyer, agent, system)")
    name = str(cells.get("name") or "").strip()
    if side is None and not name:
        return Rejected(number, "name", "is empty; say who wrote it")
    talk = cells.get("conversation")
    return Said(number, None if talk is None else str(talk).strip(), name, side, at, text)


def _time(cell: Any, zone: ZoneInfo) -> datetime | None:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    return read_time(str(cell or ""), zone)
