"""Files of the service: private folders, all the way down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.files import make_private_folder


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
