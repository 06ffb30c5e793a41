"""Links between accounts over shards: workers read the marks, and each shop's talks are linked in the order of time."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.errors import BatchError, ShardError
from riskmodel.batch.run import Progress, apart, run_all
from riskmodel.batch.score import RowProblem, ShardResult
from riskmodel.batch.shards import Shard, has_column, partial_of, read_column
from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from riskmodel.links import LINKS, Marks, ShopLinks, marks_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["VALUES", "link_shards"]

VALUES = pa.schema(
    [("conversation_id", pa.string()), *((link.name, pa.float64()) for link in LINKS), ("problem", pa.string())]
)
"""The values of `LINKS`, row by row as in the shard; null where nothing of a talk could link it."""
_SHOWN = 20


class _Row(NamedTuple):
    conversation_id: str | None
    shop: bytes | None
    marks: Marks | None
    problem: str | None


class _Read(NamedTuple):
    name: str
    rows: list[_Row]
    problem: str | None


def link_shards(
    shards: Sequence[Shard],
    out: Path,
    *,
    jobs: int = 1,
    client: Client | None = None,
    progress: Progress | None = None,
) -> list[ShardResult]:
    """Write the values of `LINKS` of every talk, a file for each shard, in `out`.

    A talk is linked to talks of its own shop that ended before it did, in whichever shard. Phones, addresses, buyers
    and devices are hashed with a key of this run, which nobody keeps, and apart for each shop; only counts are written.
    The marks of all talks, some 1 KB each, must fit into this process; give the shards of some shops at a time.

    Parameters
    ----------
    shards
        As for scoring; a column `device`, where there is one, holds a mark of the buyer's device.
    out, jobs, client, progress
        As for `riskmodel.batch.run.score_shards`. It is not resumable, since any talk may link to one in any shard.
    """
    apart(shards, out)
    key = secrets.token_bytes(32)
    read: dict[str, _Read] = {}
    for part in run_all(partial(_read_marks, key=key), shards, jobs=jobs, client=client):
        read[part.name] = part
        if progress is not None:
            progress("reading shards", len(read), len(shards))
    values = _linked(list(read.values()))
    results = []
    for shard in shards:
        part = read[shard.name]
        if part.problem is None:
            _write(out / shard.name, part, values)
        problems = [RowProblem(row, each.problem) for row, each in enumerate(part.rows) if each.problem is not None]
        results.append(
            ShardResult(shard.name, len(part.rows), len(problems), tuple(problems[:_SHOWN]), problem=part.problem)
        )
    return results


def _read_marks(shard: Shard, key: bytes) -> _Read:
    path = Path(shard.path)
    rows: list[_Row] = []
    try:
        talks = (cell for cells in read_column(path, "conversation") for cell in cells)
        if has_column(path, "device"):
            devices = (cell for cells in read_column(path, "device") for cell in cells)
            rows.extend(_row(talk, device, key) for talk, device in zip(talks, devices, strict=True))
        else:
            rows.extend(_row(talk, None, key) for talk in talks)
    except ShardError as error:
        return _Read(shard.name, [], str(error))
    return _Read(shard.name, rows, None)


def _row(cell: str | bytes | None, device: str | bytes | None, key: bytes) -> _Row:
    try:
        talk = parse_conversation(cell or b"")
    except InputError as error:
        return _Row(None, None, None, str(error))
    mark = device.decode(errors="replace") if isinstance(device, bytes) else device
    shop = hmac.digest(key, talk.shop_id.encode(), "sha256") if talk.shop_id is not None else None
    return _Row(talk.conversation_id, shop, marks_of(talk, key, [mark] if mark else []), None)


def _linked(parts: Sequence[_Read]) -> dict[tuple[str, int], tuple[float | None, ...]]:
    """The values by shard and row; one shop after another."""
    shops: dict[bytes, list[tuple[Marks, tuple[str, int]]]] = {}
    for part in parts:
        for number, row in enumerate(part.rows):
            if row.shop is not None and row.marks is not None:
                shops.setdefault(row.shop, []).append((row.marks, (part.name, number)))
    values: dict[tuple[str, int], tuple[float | None, ...]] = {}
    for talks in shops.values():
        links = ShopLinks()
        for marks, place in sorted(talks, key=lambda talk: talk[0].moment):
            values[place] = links.take(marks)
    return values


def _write(path: Path, part: _Read, values: dict[tuple[str, int], tuple[float | None, ...]]) -> None:
    unknown = (None,) * len(LINKS)
    rows = [
        (row.conversation_id, *values.get((part.name, number), unknown), row.problem)
        for number, row in enumerate(part.rows)
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial_file = partial_of(path)
        table = pa.Table.from_pylist([dict(zip(VALUES.names, row, strict=True)) for row in rows], schema=VALUES)
        pq.write_table(table, partial_file, compression="zstd")
        partial_file.replace(path)
    except OSError as error:
        raise BatchError(f"cannot write {path}: {error.strerror}") from None
