"""The folder in which workers count: fresh at each start, and nobody else's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service import metrics_folder


@pytest.fixture(autouse=True)
def variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics_folder.VARIABLE, "")


def ended() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_it_is_empty_and_its_owners_alone(tmp_path: Path) -> None:
    """What an earlier process of this number has left is gone; folders are made with 0700."""
    home = tmp_path / "home"
    old = home / "metrics" / str(os.getpid()) / "counter_1.db"
    metrics_folder.prepare(home)
    old.write_bytes(b"")
    metrics_folder.prepare(home)
    folder = Path(os.environ[metrics_folder.VARIABLE])
    assert (folder, list(folder.iterdir())) == (old.parent, [])
    assert [path.stat().st_mode & 0o077 for path in (home, home / "metrics", folder)] == [0, 0, 0]
    metrics_folder.clean()
    assert not folder.exists()
    assert metrics_folder.VARIABLE not in os.environ


def test_folders_of_the_dead_are_cleared_away_and_those_of_others_stay(tmp_path: Path) -> None:
    """Another service on the same home goes on counting."""
    for name in (str(ended()), str(os.getppid()), "notes"):
        (tmp_path / "metrics" / name).mkdir(parents=True)
    metrics_folder.prepare(tmp_path)
    left = {path.name for path in (tmp_path / "metrics").iterdir()}
    assert left == {str(os.getppid()), "notes", str(os.getpid())}


def test_where_none_can_be_made_the_service_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A home that is a file is said in one line of the log."""
    (tmp_path / "home").write_text("")
    metrics_folder.prepare(tmp_path / "home")
    assert metrics_folder.VARIABLE not in os.environ
    assert capsys.readouterr().err.count("metrics_of_each_worker_alone") == 1
