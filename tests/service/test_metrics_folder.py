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


def test_room_is_reserved_for_all_that_a_worker_can_count(tmp_path: Path) -> None:
    """Files that have to grow would end the worker on a full disk; each route is counted with each class of status."""
    program = """
from pathlib import Path
import os, sys
from service import metrics_folder
metrics_folder.prepare(Path(sys.argv[1]))
metrics_folder.reserve()
from service import metrics
from service.app import create_app
for rule in create_app({"HOME": Path(sys.argv[1])}).url_map.iter_rules():
    for method in (*rule.methods, "(other)"):
        for status in ("2xx", "3xx", "4xx", "5xx"):
            metrics.REQUESTS.labels(rule.rule, method, status).observe(1)
for file in Path(os.environ[metrics_folder.VARIABLE]).iterdir():
    print(file.name.partition("_")[0], file.stat().st_size, file.stat().st_blocks * 512 >= file.stat().st_size)
"""
    ran = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    expected = {f"{kind} {size} True" for kind, size in metrics_folder._ROOM.items()}
    assert set(ran.stdout.splitlines()) == expected


def test_what_ended_workers_counted_takes_no_more_room_than_it_needs(tmp_path: Path) -> None:
    """Each that ends leaves a few kilobytes, not what it had reserved; its counts are still in the sum."""
    program = """
from pathlib import Path
import os, sys
from service import metrics_folder
metrics_folder.reserve()
from service import metrics
metrics.MESSAGES.inc(7)
"""
    metrics_folder.prepare(tmp_path)
    folder = Path(os.environ[metrics_folder.VARIABLE])
    for _ in range(3):
        subprocess.run([sys.executable, "-c", program], check=True)
    sizes = sorted(file.stat().st_size for file in folder.iterdir())
    assert sizes[-2:] == sorted(metrics_folder._ROOM.values())
    assert len(sizes) == 6
    assert all(size < 4_096 for size in sizes[:4])
    total = (
        program.replace("MESSAGES.inc(7)", "MESSAGES.inc(1)")
        + "print(metrics.exposition(metrics.Store('sqlite://'), []).decode())"
    )
    ran = subprocess.run([sys.executable, "-c", total], check=True, capture_output=True, text=True)
    assert "baitwatch_messages_stored_total 22.0" in ran.stdout


def test_without_room_a_worker_counts_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service starts all the same, and leaves no file that has no room behind it."""
    metrics_folder.prepare(tmp_path)
    folder = Path(os.environ[metrics_folder.VARIABLE])
    monkeypatch.setattr(Path, "write_bytes", lambda *given: (_ for _ in ()).throw(OSError(28, "No space left")))
    metrics_folder.reserve()
    assert metrics_folder.VARIABLE not in os.environ
    assert list(folder.iterdir()) == []
    assert "No space left" in capsys.readouterr().err
