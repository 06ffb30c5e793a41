"""Files of the service: private folders, all the way down."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.files import make_private_folder, write_atomically


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_folders_above_are_private_too(tmp_path: Path) -> None:
    """Each folder that had to be made is its owner's alone; what was there stays as it was."""
    (tmp_path / "there").mkdir(mode=0o755)
    made = tmp_path / "there" / "home" / "keys"
    make_private_folder(made)
    make_private_folder(made)
    assert [path.stat().st_mode & 0o777 for path in (made.parent, made)] == [0o700, 0o700]
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o755


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """The error is one of the system's."""
    (tmp_path / "home").write_text("")
    with pytest.raises(OSError, match="home"):
        make_private_folder(tmp_path / "home" / "keys")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails or somebody presses Ctrl-C, the older file stays and nothing half-written is left."""
    path = tmp_path / "bundle.zip"
    write_atomically(path, b"older")
    for error in (OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()):

        def fail(_: int, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(type(error)):
            write_atomically(path, b"newer")
        assert [path.name for path in tmp_path.iterdir()] == ["bundle.zip"]
        assert path.read_bytes() == b"older"


LIMITED = """
import resource, sys
from pathlib import Path
from service.evidence.pieces.folder import write_folder
from service.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
folder = Path(sys.argv[1])
for write, path, content in (
    (write_atomically, folder / "bundle.zip", bytes(20_000)),
    (write_folder, folder / "pieces", {"a.txt": b"a", "b.txt": bytes(20_000)}),
):
    try:
        write(path, content)
    except OSError as error:
        print(Path(error.filename).name, error.errno)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits on the size of a file are of POSIX")
def test_where_the_system_takes_no_more_the_target_is_named_and_kept(tmp_path: Path) -> None:
    """The system really refuses to write on; older content stays, and nothing half-written is left."""
    (tmp_path / "bundle.zip").write_bytes(b"older")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == ["bundle.zip", str(errno.EFBIG), "pieces", str(errno.EFBIG)]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"bundle.zip": b"older"}


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_a_written_file_is_its_owners(tmp_path: Path) -> None:
    """Nobody else can read it, and its folder holds nothing else."""
    path = tmp_path / "bundle.zip"
    write_atomically(path, b"content")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.zip"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error names the file that was asked for, not a temporary one."""
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(tmp_path / "absent" / "bundle.zip", b"")
    assert caught.value.filename == str(tmp_path / "absent" / "bundle.zip")
