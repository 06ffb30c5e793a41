"""A folder of files that is there as a whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["see_folder", "write_folder"]


def see_folder(path: Path) -> None:
    """Raise the OSError that `write_folder` would raise for a folder that is not free, before any work is done."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise OSError(errno.EEXIST, "is there and is no folder; name another", str(path))
    if path.is_dir() and any(path.iterdir()):
        raise OSError(errno.ENOTEMPTY, "is not empty; name another folder, or empty it", str(path))
    if not path.absolute().parent.is_dir():
        raise OSError(errno.ENOENT, "lies in a folder that is not there", str(path))


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new or empty folder, readable by its owner only; all of them or none.

    Raises
    ------
    OSError
        Naming `path`, where it is not free or cannot be written.
    """
    see_folder(path)
    temporary = None
    try:
        temporary = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}."))
        for name, content in files.items():
            handle = os.open(temporary / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
