"""Files that the service writes: where they live, and that they are there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from riskmodel.paths import default_home

__all__ = ["default_key", "make_private_folder", "write_atomically"]


def default_key() -> Path:
    """Where the shop's signing key lives: beside the model, never in it."""
    return default_home() / "keys" / "signing.pem"


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are missing, for its owner only; raises OSError naming `path`."""
    for folder in [*reversed(path.parents), path]:  # of those above it `mkdir` would make folders for everybody
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)


def _keep_name(folder: Path) -> None:
    """See to it that a name that was just given outlives a power cut, where folders can be synchronised."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_atomically(path: Path, *pieces: bytes) -> None:
    """Write a file, given in pieces, as a whole or not at all, for its owner only; raises OSError naming `path`."""
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _keep_name(path.parent)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
