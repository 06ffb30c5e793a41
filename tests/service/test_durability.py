"""Workers are killed under load: what was acknowledged is kept, once, in order, and the record is whole."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from benchmarks.durability import interrupt, kill_workers, under_load
from benchmarks.postgresql import own_server
from benchmarks.serving import Served


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_what_was_acknowledged_outlives_killed_workers(url: str, tmp_path: Path, model_folder: Path) -> None:
    """Three times one or all workers end by SIGKILL while clients send; the audit then finds nothing."""
    outcome = under_load(tmp_path, url, model_folder, kill_workers(3))
    assert outcome.wrong == []
    assert outcome.acknowledged >= 60
    assert outcome.repeated > 0


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_postgresql_may_stop_and_start_under_load(tmp_path: Path, model_folder: Path) -> None:
    """Meanwhile the answer is 503 with Retry-After, also at `/readyz`; afterwards the same workers go on, with all."""
    with own_server() as server:
        if server is None:
            pytest.skip("needs initdb and pg_ctl on the PATH or below /usr/lib/postgresql: apt-get install postgresql")

        def trouble(service: Served, acknowledged: Callable[[], int]) -> None:
            def stop() -> None:
                server.stop()
                assert [status(service, path) for path in ("/readyz", "/healthz")] == [503, 200]

            workers = service.workers()
            interrupt(stop, server.start)(service, acknowledged)
            service.wait_until_ready("/readyz")
            assert service.workers() == workers

        outcome = under_load(tmp_path, server.url, model_folder, trouble)
    assert outcome.wrong == []
    assert outcome.unavailable > 0
    assert outcome.repeated == 0


def status(service: Served, path: str) -> int:
    with closing(HTTPConnection(service.host, service.port, timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200 or answer.headers["Retry-After"]
        return answer.status
