"""A Dask cluster: the same answers, also where a worker dies; a cluster that has gone away is an error that says so."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from riskmodel.batch import cluster as cluster_module
from riskmodel.batch.cluster import connect, run_on_cluster
from riskmodel.batch.errors import BatchError
from riskmodel.batch.run import score_shards
from riskmodel.batch.score import ShardResult, job_for, score_shard
from riskmodel.batch.shards import Shard, find_shards, write_shards
from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate

TALKS = [chat.conversation for chat in generate(8, seed=6)]


@pytest.fixture
def shards(tmp_path: Path) -> list[Shard]:
    write_shards(tmp_path / "shards", TALKS, rows=2)
    return find_shards(str(tmp_path / "shards"))


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    # what waits at the end for a scheduler that is gone waits so long
    brief = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with (
        brief,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=60) as running,
    ):
        yield running


def _risks(out: Path) -> list[float]:
    return [row["risk"] for path in sorted(out.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_a_cluster_gives_the_same_answers_though_a_worker_dies(
    shards: list[Shard], cluster: LocalCluster, tmp_path: Path, model_folder: Path, scorer: Scorer
) -> None:
    """By the address, as the command line does it; a worker killed within a shard loses nothing; a second run keeps."""
    job, killed = job_for(model_folder, tmp_path / "out"), tmp_path / "killed"

    def dies_once(shard: Shard) -> ShardResult:
        if shard == shards[1] and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return score_shard(shard, job)

    with connect(cluster.scheduler_address) as client:
        assert len(list(run_on_cluster(dies_once, shards, client))) == len(shards)
        assert killed.exists()
        expected = [scorer.assess(parse_conversation(talk))["risk"] for talk in TALKS]
        assert _risks(tmp_path / "out") == pytest.approx(expected, abs=1e-9)
        assert all(result.kept for result in score_shards(shards, model_folder, tmp_path / "out", client=client))


def test_a_scheduler_that_goes_away_is_an_error(shards: list[Shard], cluster: LocalCluster, tmp_path: Path) -> None:
    """The error says that what is done stays done; nothing waits for ever."""
    begun, over = tmp_path / "begun", tmp_path / "over"

    def long(shard: Shard) -> None:
        begun.touch()
        while not over.exists():
            time.sleep(0.05)

    def go_away() -> None:
        while not begun.exists():
            time.sleep(0.05)
        cluster.sync(cluster.scheduler.close)

    with Client(cluster, set_as_default=False) as client:
        leaving = threading.Thread(target=go_away)
        leaving.start()
        with pytest.raises(BatchError, match="has gone away; what is done stays done"):
            list(run_on_cluster(long, shards, client))
        over.touch()  # a worker that still works is waited for
        leaving.join()


def test_a_cluster_without_workers_is_an_error(shards: list[Shard]) -> None:
    """Nobody waits for ever for workers that do not come."""
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=60) as empty,
        Client(empty, set_as_default=False) as client,
        pytest.raises(BatchError, match="has had no worker"),
    ):
        list(run_on_cluster(str, shards, client, patience=1))


def test_an_address_where_nobody_is_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was wrong is the address, and the error names it."""
    monkeypatch.setattr(cluster_module, "_CONNECT", 1.0)
    with (
        pytest.raises(BatchError, match="no Dask scheduler answers at tcp"),
        connect("tcp://127.0.0.1:9"),
    ):
        pass
