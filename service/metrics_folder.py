"""The folder in which the workers of one service count: made before they start, gone when the service ends.

The Prometheus client decides how it counts when it is first imported, by an environment variable. So this is called
before that, and imports nothing of it.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from service.files import make_private_folder
from service.logs import logger

__all__ = ["clean", "prepare", "reserve"]

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# of a worker's files by their kind, in bytes: more than all routes with all their statuses take
_ROOM = {"counter": 64 * 1024, "histogram": 4096 * 1024}
_HEAD = 8  # bytes of a file before what was counted; the first four say how many are used


def prepare(home: Path) -> None:
    """Make an empty folder of this process's below the home, and clear away those of processes that are no more.

    Where none can be made, each worker counts for itself: the service starts all the same.
    """
    parent = home / "metrics"
    folder = parent / str(os.getpid())
    try:
        make_private_folder(parent)
        for other in parent.iterdir():
            if other == folder or not _runs(other.name):
                shutil.rmtree(other, ignore_errors=True)
        make_private_folder(folder)
    except OSError as error:
        _count_alone(error)
        return
    os.environ[VARIABLE] = str(folder)


def reserve() -> None:
    """Take the room that this worker counts in; called by each before it imports what counts.

    The client maps its files into memory, and the system ends a process at once where there is no room on the disk for
    what it writes there: a full disk would end every worker. What workers that ended have reserved and not used is
    given back.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return
    for file in Path(folder).iterdir():
        if not _runs(file.stem.rpartition("_")[2]):
            _trim(file)
    files = {Path(folder) / f"{kind}_{os.getpid()}.db": size for kind, size in _ROOM.items()}
    try:
        for file, size in files.items():
            file.write_bytes(bytes(size))
    except OSError as error:
        for file in files:
            file.unlink(missing_ok=True)
        _count_alone(error)


def clean() -> None:
    """Remove the folder of this process."""
    folder = os.environ.pop(VARIABLE, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _count_alone(error: OSError) -> None:
    os.environ.pop(VARIABLE, None)
    logger().warning("metrics_of_each_worker_alone", reason=error.strerror or type(error).__name__)


def _trim(file: Path) -> None:
    with suppress(OSError), file.open("r+b") as opened:  # another worker may be as far
        used = int.from_bytes(opened.read(4), sys.byteorder)
        opened.truncate(max(used, _HEAD))


def _runs(name: str) -> bool:
    if not name.isdecimal():
        return True  # not ours to remove
    try:
        os.kill(int(name), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
