"""`score` over shards on the command line: a folder in, a folder out, what is wrong told by shard and row."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from strange_input import encoded, talk

from service.cli import main

GOOD = encoded(talk("今天能发货吗", "不开我就投诉")).decode()


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    output = capfd.readouterr()
    return status, output.out, output.err


def test_json_lines_become_shards_and_shards_answers(
    tmp_path: Path, model_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run says what it did in one line of JSON; the second finds all of it done; a bad row makes the status 1."""
    lines, shards, out = tmp_path / "talks.jsonl", tmp_path / "shards", tmp_path / "out"
    lines.write_text(f"{GOOD}\n{GOOD}\n", "utf-8")
    assert _run(capfd, "shards", str(lines), "--out", str(shards), "--rows", "1")[0] == 0
    score = ("score", str(shards), "--out", str(out), "--jobs", "1", "--model", str(model_folder))
    status, told, _ = _run(capfd, *score)
    assert status == 0
    assert json.loads(told) == {"shards": 2, "done_before": 0, "failed": 0, "talks": 2, "bad_rows": 0}
    pq.write_table(pa.table({"conversation": [GOOD, "{}"]}), shards / "z.parquet")
    status, told, errors = _run(capfd, *score)
    assert status == 1
    assert json.loads(told)["done_before"] == 2
    assert "z.parquet: row 1: conversation_id: is missing" in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{shards}"], "shards, which need --out DIR"),
        (["{shards}", "--out", "{out}", "--trajectory"], "--trajectory is for JSON Lines"),
        (["{shards}", "--out", "{out}", "--jobs", "1", "--dask", "tcp://127.0.0.1:9"], "give one of them"),
        (["{shards}", "--out", "{out}"], "there are no shards"),
        (["{file}", "--jobs", "2"], "--jobs: only with shards"),
    ],
)
def test_what_does_not_fit_together_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Options of shards without shards, and the other way round, end with status 3 before anything is done."""
    places = {"shards": tmp_path / "shards", "out": tmp_path / "out", "file": tmp_path / "talks.jsonl"}
    places["shards"].mkdir()
    places["file"].touch()
    status, _, errors = _run(capfd, "score", *(part.format(**places) for part in arguments))
    assert status == 3
    assert said in errors
    assert not places["out"].exists()
