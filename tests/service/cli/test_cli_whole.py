"""An export is there as a whole or not at all: on a full disk, stopped by hand, killed; in processes of its own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from strange_input import encoded, talk

from service.cli import main
from service.evidence import verify_bundle

# a signal comes at the worst moment, when all is written but has no name yet
EXPORT = """
import os, sys
sys.path.insert(0, os.environ["HELPERS"])
from fake_scorer import FakeScorer
from riskmodel.scorer import Scorer
from service.cli import main
Scorer.load = lambda directory: FakeScorer()
if stop := int(os.environ.get("STOP", "0")):
    os.fsync = lambda handle: os.kill(os.getpid(), stop)
sys.exit(main(sys.argv[1:]))
"""
HELPERS = Path(__file__).parents[1]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "talk.jsonl").write_bytes(encoded(talk("今天能发吗", "好的亲")))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.zip").write_bytes(b"older")
    return tmp_path


def arguments(case: Path) -> list[str]:
    out = case / "out"
    made = ["bundle", str(case / "talk.jsonl"), "-o", str(out / "b.zip"), "--key", str(case / "key.pem")]
    return [*made, "--profile", "tmall", "--pieces", str(out / "pieces")]


def export(
    case: Path, stop: signal.Signals | None = None, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, perhaps stopped by a signal."""
    environment = {"HELPERS": str(HELPERS), "STOP": str(int(stop or 0)), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    command = [*before, sys.executable, "-c", EXPORT, *arguments(case)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


def names(case: Path) -> list[str]:
    return sorted(path.name for path in (case / "out").iterdir())


def test_on_a_full_disk_the_older_bundle_stays(case: Path) -> None:
    """The file that could not be written is named in one line, status 3, and nothing half-written is left."""
    # a file system of 64 KB, in a name space of its own that ends with the process; it lists what is there at the end
    full = f"mount -t tmpfs -o size=64k none {case / 'out'} && printf older > {case / 'out' / 'b.zip'}"
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if shutil.which("unshare") is None or subprocess.run([*apart, full], capture_output=True, check=False).returncode:
        pytest.skip("needs a file system of its own that can be full, which this machine does not let one mount")
    listed = f'{full}; "$@"; echo "$?"; ls -A {case / "out"}; cat {case / "out" / "b.zip"}'
    done = export(case, before=[*apart, listed, "sh"])
    assert done.stdout.split() == ["3", "b.zip", "older"]
    assert done.stderr == f"baitwatch: cannot use {case / 'out' / 'b.zip'}: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_stopped_by_hand_nothing_new_is_left(case: Path) -> None:
    """Ctrl-C in the middle: status 130, the older bundle is as it was, no draft stays behind."""
    done = export(case, signal.SIGINT)
    assert (done.returncode, done.stderr) == (130, "")
    assert names(case) == ["b.zip"]
    assert (case / "out" / "b.zip").read_bytes() == b"older"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_killed_the_target_is_as_it_was_and_the_next_run_works(case: Path, scorer: FakeScorer) -> None:
    """What the killed process left is no bundle by name, and in nobody's way."""
    assert export(case, signal.SIGKILL).returncode == -signal.SIGKILL
    assert [name for name in names(case) if not name.startswith(".")] == ["b.zip"]
    assert (case / "out" / "b.zip").read_bytes() == b"older"
    assert main(arguments(case)) == 0
    assert verify_bundle(case / "out" / "b.zip").failures == ()
    assert json.loads((case / "out" / "pieces" / "pieces.json").read_bytes())["profile"] == "tmall"
