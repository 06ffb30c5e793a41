"""Shards: found below a folder or by a pattern, read a few hundred rows at a time, written as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.batch.errors import BatchError, ShardError
from riskmodel.batch.shards import find_shards, read_column, write_shards
from riskmodel.errors import InputError

TALKS = [{"conversation_id": f"c{number}", "messages": [], "shop_id": "阿木"} for number in range(5)]


def test_talks_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Five talks in shards of two are three shards, in order, with identifier and shop beside the JSON."""
    paths = write_shards(tmp_path, TALKS, rows=2)
    assert [shard.name for shard in find_shards(str(tmp_path))] == [path.name for path in paths]
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    assert [json.loads(row["conversation"]) for row in rows] == TALKS
    assert {(row["conversation_id"], row["shop"]) for row in rows} == {(f"c{number}", "阿木") for number in range(5)}


def test_shards_are_named_by_where_they_lie(tmp_path: Path) -> None:
    """A shard of a folder below has that folder in its name; hidden ones and what a pattern does not name are left."""
    for name in ("shop=1/a.parquet", "shop=2/a.parquet", ".hidden/a.parquet", "shop=1/_part.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [shard.name for shard in find_shards(str(tmp_path))] == ["shop=1/a.parquet", "shop=2/a.parquet"]
    assert [shard.name for shard in find_shards(f"{tmp_path}/*=2/*.parquet")] == ["shop=2/a.parquet"]
    with pytest.raises(BatchError, match="there are no shards"):
        find_shards(str(tmp_path / "shop=3"))


def test_a_column_is_read_in_batches(tmp_path: Path) -> None:
    """A row group of many rows does not come at once."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"conversation": ["{}"] * 1000}), path)
    sizes = [len(cells) for cells in read_column(path, "conversation")]
    assert sum(sizes) == 1000
    assert max(sizes) < 500


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"text": ["{}"]}, "no column conversation"), ({"conversation": [1]}, "type int64; it must be text")],
)
def test_a_file_without_the_column_says_so(tmp_path: Path, columns: dict[str, list[object]], said: str) -> None:
    """The error names the column and what it must hold."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(ShardError, match=said):
        list(read_column(path, "conversation"))


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    """Text, and a shard whose middle was overwritten, are named damaged; nothing else is raised."""
    path = tmp_path / "a.parquet"
    path.write_text("no parquet")
    with pytest.raises(ShardError, match="damaged"):
        list(read_column(path, "conversation"))
    pq.write_table(pa.table({"conversation": [str(number) * 50 for number in range(2000)]}), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[200:400] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(ShardError, match="damaged"):
        list(read_column(path, "conversation"))


def test_labels_must_be_those_of_the_talks(tmp_path: Path) -> None:
    """Labels in another order are refused with the line, and no shard is left."""
    labels = [{"conversation_id": talk["conversation_id"]} for talk in [*TALKS[:3], *TALKS[:2]]]
    with pytest.raises(InputError, match="line 4: labels: are of another conversation"):
        write_shards(tmp_path, TALKS, labels=labels, rows=2)
    assert not list(tmp_path.glob("*.parquet"))


def test_shards_are_not_mixed_with_older_ones(tmp_path: Path) -> None:
    """A folder that has shards is refused."""
    write_shards(tmp_path, TALKS)
    with pytest.raises(BatchError, match="already"):
        write_shards(tmp_path, TALKS)
