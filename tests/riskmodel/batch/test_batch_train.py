"""Training on shards: the model of the same talks read in one process, to the byte; a bad row is named."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.batch.shards import find_shards, write_shards
from riskmodel.batch.train import train_on_shards
from riskmodel.errors import InputError
from riskmodel.reader import LineReader
from riskmodel.synthesis import generate
from riskmodel.synthesis.generate import labels_row
from riskmodel.training import train

CHATS = 120


def test_shards_give_the_model_of_their_talks(tmp_path: Path, reader: LineReader) -> None:
    """Shards read by two processes give the digest that the same chats give without shards."""
    chats = list(generate(CHATS, 3))
    conversations, labels = [chat.conversation for chat in chats], [labels_row(chat) for chat in chats]
    write_shards(tmp_path / "shards", conversations, labels=labels, rows=40)
    shards = find_shards(str(tmp_path / "shards"))
    shared = train_on_shards(shards, tmp_path / "a", seed=3, jobs=2, written=[], reader=reader)
    alone = train(tmp_path / "b", seed=3, chats=CHATS, written=[], reader=reader)
    assert shared.sha256 == alone.sha256
    assert "shards" in json.loads((tmp_path / "a" / "manifest.json").read_text())["figures"]["note"]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("{}", "labels: must be an object with label"),
        ('{"label": "bad", "patterns": [], "family": "f", "pair": "p"}', "labels: label must be one of"),
        (None, "labels: is missing"),
    ],
)
def test_a_row_without_labels_is_named(tmp_path: Path, reader: LineReader, labels: str | None, said: str) -> None:
    """The error names shard, row and field, and no model is stored."""
    talk = json.dumps({"conversation_id": "c", "messages": []})
    table = pa.table({"conversation": [talk], "labels": pa.array([labels], pa.string())})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=f"a.parquet, row 0, {said}"):
        train_on_shards(find_shards(str(tmp_path / "a.parquet")), tmp_path / "out", reader=reader)
    assert not (tmp_path / "out").exists()
