"""Workers are killed under load: what was acknowledged is kept, once, in order, and the record is whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.durability import interrupt, kill_workers, under_load
from benchmarks.postgresql import own_server


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_what_was_acknowledged_outlives_killed_workers(url: str, tmp_path: Path, model_folder: Path) -> None:
    """Three times one or all workers end by SIGKILL while clients send; the audit then finds nothing."""
    outcome = under_load(tmp_path, url, model_folder, kill_workers(3))
    assert outcome.wrong == []
    assert outcome.acknowledged >= 60
    assert outcome.repeated > 0


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_postgresql_may_stop_and_start_under_load(tmp_path: Path, model_folder: Path) -> None:
    """Meanwhile the answer is 503 with Retry-After; afterwards the same workers go on, and nothing is lost."""
    with own_server() as server:
        if server is None:
            pytest.skip("needs initdb and pg_ctl, of PostgreSQL's server")
        outcome = under_load(tmp_path, server.url, model_folder, interrupt(server.stop, server.start))
    assert outcome.wrong == []
    assert outcome.unavailable > 0
    assert outcome.repeated == 0
