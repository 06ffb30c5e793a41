"""Shards: Parquet files with one conversation a row, as the JSON of the contract in one column.

A conversation is nested and most of it optional. As a column of JSON it is read by the same validation as everywhere
else and needs no second schema that must keep step; reading it takes a small part of the time that scoring takes.

=================  ======  =======================================================================================
`conversation`     text    needed: the conversation as the contract has it
`conversation_id`  text    not read; for those who look a talk up or select
`shop`             text    not read; its `shop_id`
`device`           text    only for links: a mark of the buyer's device, as the shop's system knows it
`labels`           text    only for training: what `baitwatch synthesize` writes beside a chat, as JSON
=================  ======  =======================================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from glob import has_magic
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.errors import BatchError, ShardError
from riskmodel.errors import FieldProblem, InputError

__all__ = ["SHARD", "Shard", "digest_of", "find_shards", "has_column", "partial_of", "read_column", "write_shards"]

SHARD = pa.schema([("conversation_id", pa.string()), ("shop", pa.string()), ("conversation", pa.string())])
_LABELLED = SHARD.append(pa.field("labels", pa.string()))
_ROWS_AT_ONCE = 256  # talks in memory at once, some 2 MB of text
_BLOCK = 1 << 20

_Labelled = tuple[dict[str, Any], dict[str, Any] | None]


class Shard(NamedTuple):
    """A file of talks, and the name that it and what is made of it have: its path below where it was looked for."""

    path: str
    name: str


def find_shards(where: str, *, apart_from: Path | None = None) -> list[Shard]:
    """The shards of a folder, those below it too, or those that a pattern names, in the order of their names.

    Files and folders whose names begin with ``.`` or ``_`` are no shards, as everywhere with Parquet.

    Parameters
    ----------
    where
        A folder, a file, or a pattern with ``*``, ``?`` or ``[…]``.
    apart_from
        Where answers go: not into a folder that is searched, since the next run would take them for shards.

    Raises
    ------
    BatchError
        Where there are none, or answers would lie among them.
    """
    root, pattern = Path(where), "**/*.parquet"
    if has_magic(where):
        parts = root.parts
        fixed = next(place for place, part in enumerate(parts) if has_magic(part))
        root, pattern = Path(*parts[:fixed]), "/".join(parts[fixed:])
    elif root.is_file():
        return [Shard(str(root), root.name)]
    elif apart_from is not None and apart_from.resolve().is_relative_to(root.resolve()):
        raise BatchError(f"the answers would lie among the shards, in {apart_from}; name another folder with --out")
    found = {path.relative_to(root): path for path in root.glob(pattern) if path.is_file()}
    shards = [
        Shard(str(found[name]), name.as_posix())
        for name in sorted(found)
        if not any(part.startswith((".", "_")) for part in name.parts)
    ]
    if not shards:
        raise BatchError(f"there are no shards at {where}: name a folder of .parquet files, one file, or a pattern")
    return shards


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_column(path: Path, name: str) -> Iterator[list[str | bytes | None]]:
    """A column of text, some hundred rows at a time.

    Raises
    ------
    ShardError
        Where it is no Parquet file or has no such column of text.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BLOCK) as file:
            _see_that_it_is_text(file.schema_arrow, name)
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[name]):
                yield batch.column(0).to_pylist()
    except pa.ArrowInvalid:
        raise ShardError("is no Parquet file, or damaged; write it anew") from None
    except OSError as error:
        # what is damaged inside a page is an OSError without a number
        raise ShardError(f"cannot be read ({error.strerror or 'damaged; write it anew'})") from None


def has_column(path: Path, name: str) -> bool:
    """Whether a shard has a column; False where it is no shard at all."""
    try:
        return name in pq.read_schema(path).names
    except (OSError, pa.ArrowInvalid):
        return False


def _see_that_it_is_text(schema: pa.Schema, name: str) -> None:
    place = schema.get_field_index(name)
    if place < 0:
        raise ShardError(f"has no column {name}, or more than one; it must hold one JSON text a row")
    kind = schema.field(place).type
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    if not any(is_kind(kind) for is_kind in kinds):
        raise ShardError(f"column {name} is of type {kind}; it must be text or bytes that hold JSON")


def write_shards(
    folder: Path,
    conversations: Iterable[dict[str, Any]],
    *,
    labels: Iterable[dict[str, Any]] | None = None,
    rows: int = 5000,
) -> list[Path]:
    """Write talks as ``part-00000.parquet`` and so on, all of them or none.

    Parameters
    ----------
    folder
        Made where it is missing.
    conversations
        As the contract has them.
    labels
        What is known of each, for training.
    rows
        Talks in a shard; all talks of one are in memory at once here, not where it is read.

    Raises
    ------
    BatchError
        Where the folder has shards already.
    InputError
        Where labels are not those of the talks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.parquet")):
        raise BatchError(f"there are shards in {folder} already; name another folder, or remove them")
    talks = _alone(conversations) if labels is None else _paired(conversations, labels)
    written: list[Path] = []
    try:
        _write_parts(folder, talks, rows, labelled=labels is not None, written=written)
    except BaseException:
        for path in written:
            path.unlink()  # half of the talks would look like all of them
        raise
    return written


def _write_parts(folder: Path, talks: Iterator[_Labelled], rows: int, *, labelled: bool, written: list[Path]) -> None:
    while part := list(islice(talks, rows)):
        table = [_row(talk, known) for talk, known in part]
        path = folder / f"part-{len(written):05}.parquet"
        partial = partial_of(path)
        pq.write_table(
            pa.Table.from_pylist(table, schema=_LABELLED if labelled else SHARD),
            partial,
            compression="zstd",
            row_group_size=1000,
        )
        partial.replace(path)
        written.append(path)


def _alone(conversations: Iterable[dict[str, Any]]) -> Iterator[_Labelled]:
    for talk in conversations:
        yield talk, None


def _paired(conversations: Iterable[dict[str, Any]], labels: Iterable[dict[str, Any]]) -> Iterator[_Labelled]:
    nothing: dict[str, Any] = {}
    for number, (talk, known) in enumerate(zip_longest(conversations, labels, fillvalue=nothing), start=1):
        if not talk or talk["conversation_id"] != known.get("conversation_id"):
            problem = "are of another conversation; they must be as many as the chats and in their order"
            raise InputError([FieldProblem("labels", problem)], line=number)
        yield talk, known


def _row(conversation: dict[str, Any], labels: dict[str, Any] | None) -> dict[str, str | None]:
    row = {
        "conversation_id": conversation["conversation_id"],
        "shop": conversation.get("shop_id"),
        "conversation": json.dumps(conversation, ensure_ascii=False, separators=(",", ":")),
    }
    return row if labels is None else row | {"labels": json.dumps(labels, ensure_ascii=False, separators=(",", ":"))}


def partial_of(path: Path) -> Path:
    """Where a file is written before it takes its name; no two writers share one, and none takes it for a shard."""
    return path.with_name(f".{path.name}.{uuid4().hex}.partial")
