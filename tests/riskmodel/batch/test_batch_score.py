"""Scoring shards: the answers of the scorer, resumable, complete or not there, whatever happens to a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.batch.errors import BatchError
from riskmodel.batch.local import run_local
from riskmodel.batch.run import score_shards
from riskmodel.batch.score import ShardResult, job_for, score_shard
from riskmodel.batch.shards import Shard, find_shards, write_shards
from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate

TALKS = [chat.conversation for chat in generate(18, seed=5)]
TALKS[3] = {"conversation_id": "short", "messages": TALKS[3]["messages"][:1]}
TALKS[4] = {"conversation_id": "empty", "messages": []}


@pytest.fixture
def shards(tmp_path: Path) -> list[Shard]:
    write_shards(tmp_path / "shards", TALKS, rows=6)
    return find_shards(str(tmp_path / "shards"))


def _answers(out: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(out.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def _same_as(scorer: Scorer, out: Path) -> bool:
    for talk, answer in zip(TALKS, _answers(out), strict=True):
        expected = scorer.assess(parse_conversation(talk))
        assert answer["risk"] == pytest.approx(expected["risk"], abs=1e-9)
        for name in ("conversation_id", "as_of_message_id", "band", "action", "abstained"):
            assert answer[name] == expected[name]
        assert answer["problem"] is None
    return True


def _when(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")}


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_are_those_of_the_scorer(
    shards: list[Shard], tmp_path: Path, model_folder: Path, scorer: Scorer, jobs: int
) -> None:
    """Each talk has the risk of its Assessment to 1e-9, its band and its action, in the order of the shard."""
    moves: list[tuple[str, int, int]] = []
    out = tmp_path / "out"
    score_shards(shards, model_folder, out, jobs=jobs, progress=lambda *move: moves.append(move))
    assert _same_as(scorer, out)
    assert moves[-1] == ("scoring shards", 3, 3)


def test_reasons_are_those_of_the_scorer(
    shards: list[Shard], tmp_path: Path, model_folder: Path, scorer: Scorer
) -> None:
    """With reasons the answers are the same, and the reasons those of the Assessment."""
    score_shards(shards, model_folder, tmp_path / "out", reasons=True)
    assert _same_as(scorer, tmp_path / "out")
    for talk, answer in zip(TALKS, _answers(tmp_path / "out"), strict=True):
        assert json.loads(answer["reasons"]) == scorer.assess(parse_conversation(talk))["reasons"]


def test_what_is_done_is_not_done_again(shards: list[Shard], tmp_path: Path, model_folder: Path) -> None:
    """A second run writes nothing; after one shard has changed only that one is scored anew."""
    out = tmp_path / "out"
    score_shards(shards, model_folder, out)
    before = _when(out)
    assert all(result.kept for result in score_shards(shards, model_folder, out))
    assert _when(out) == before
    shutil.copy(shards[0].path, shards[1].path)
    assert [result.kept for result in score_shards(shards, model_folder, out)] == [True, False, True]


def test_answers_of_another_model_do_not_count_as_done(shards: list[Shard], tmp_path: Path, model_folder: Path) -> None:
    """A model with the same weights and other bands is another model."""
    out, other = tmp_path / "out", tmp_path / "model"
    score_shards(shards, model_folder, out)
    shutil.copytree(model_folder, other)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["thresholds"] = {"watch": 0.0, "high": 0.0, "critical": 0.0}
    (other / "manifest.json").write_text(json.dumps(manifest))
    assert not any(result.kept for result in score_shards(shards, other, out))
    assert {row["band"] for row in _answers(out) if not row["abstained"]} == {"critical"}


def test_a_cut_file_of_answers_is_made_anew(
    shards: list[Shard], tmp_path: Path, model_folder: Path, scorer: Scorer
) -> None:
    """Answers whose end is missing are not taken for done."""
    out = tmp_path / "out"
    score_shards(shards, model_folder, out)
    path = out / shards[1].name
    path.write_bytes(path.read_bytes()[:-20])
    assert [result.kept for result in score_shards(shards, model_folder, out)] == [True, False, True]
    assert _same_as(scorer, out)


def test_a_bad_row_is_named_and_the_rest_is_done(tmp_path: Path, model_folder: Path) -> None:
    """Rows that are no conversation are told by number without repeating them, also by a run that finds them done."""
    folder = tmp_path / "shards"
    folder.mkdir()
    cells = [json.dumps(TALKS[0]), '{"conversation_id": "秘密"}', None, "no JSON", json.dumps(TALKS[1])]
    pq.write_table(pa.table({"conversation": cells}), folder / "a.parquet")
    for kept in (False, True):
        (result,) = score_shards(find_shards(str(folder)), model_folder, tmp_path / "out")
        assert (result.rows, result.bad, result.kept) == (5, 3, kept)
        assert [problem.row for problem in result.problems] == [1, 2, 3]
        assert "messages: is missing" in result.problems[0].text
        assert "秘密" not in str(result)
    assert [row["risk"] is None for row in _answers(tmp_path / "out")] == [False, True, True, True, False]


def test_a_bad_shard_is_named_and_the_others_are_done(shards: list[Shard], tmp_path: Path, model_folder: Path) -> None:
    """A file that is no Parquet is a result that says so, and leaves no answers."""
    Path(shards[0].path).write_bytes(b"nothing")
    results = score_shards(shards, model_folder, tmp_path / "out")
    assert results[0].problem is not None
    assert "damaged" in results[0].problem
    assert [result.problem for result in results[1:]] == [None, None]
    assert len(_when(tmp_path / "out")) == 2


def test_answers_never_lie_among_the_shards(shards: list[Shard], tmp_path: Path, model_folder: Path) -> None:
    """A folder for the answers that is the shards' own is refused, and one below it where that is searched."""
    with pytest.raises(BatchError, match="would replace the shards"):
        score_shards(shards, model_folder, tmp_path / "shards")
    with pytest.raises(BatchError, match="among the shards"):
        find_shards(str(tmp_path / "shards"), apart_from=tmp_path / "shards" / "answers")


def test_a_killed_process_loses_nothing(
    shards: list[Shard], tmp_path: Path, model_folder: Path, scorer: Scorer
) -> None:
    """Where a process is killed in the middle of a shard, the others go on and its shard is done anew."""
    job, killed = job_for(model_folder, tmp_path / "out"), tmp_path / "killed"

    def dies_once(shard: Shard) -> ShardResult:
        if shard == shards[1] and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return score_shard(shard, job)

    results = list(run_local(dies_once, shards, 2))
    assert killed.exists()
    assert sorted(result.name for result in results) == [shard.name for shard in shards]
    assert _same_as(scorer, tmp_path / "out")


def test_processes_that_die_again_and_again_are_an_error(
    shards: list[Shard], tmp_path: Path, model_folder: Path
) -> None:
    """It says what may be wrong and how many are left, and does not go on for ever."""

    def dies(shard: Shard) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(BatchError, match=r"fewer jobs; 3 are left"):
        list(run_local(dies, shards, 2))


def test_what_a_killed_process_left_is_swept_away(shards: list[Shard], tmp_path: Path, model_folder: Path) -> None:
    """Half a file of answers is neither taken for answers nor left behind."""
    out = tmp_path / "out"
    out.mkdir()
    (out / f".{shards[0].name}.0123.partial").write_bytes(b"half")
    score_shards(shards, model_folder, out)
    assert sorted(path.name for path in out.iterdir()) == [shard.name for shard in shards]


def test_a_model_that_was_replaced_meanwhile_is_refused(
    shards: list[Shard], tmp_path: Path, model_folder: Path
) -> None:
    """A worker that finds another model than the batch was begun with scores nothing with it."""
    work = partial(score_shard, job=job_for(model_folder, tmp_path / "out")._replace(sha256="0" * 64))
    with pytest.raises(Exception, match="another one here than where the batch was begun"):
        work(shards[0])
