"""The folder in which the workers of one service count: made before they start, gone when the service ends.

The Prometheus client decides how it counts when it is first imported, by an environment variable. So this is called
before that, and imports nothing of it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from service.files import make_private_folder
from service.logs import logger

__all__ = ["clean", "forget_worker", "prepare"]

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


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
        os.environ.pop(VARIABLE, None)
        logger().warning("metrics_of_each_worker_alone", reason=error.strerror or type(error).__name__)
        return
    os.environ[VARIABLE] = str(folder)


def forget_worker(pid: int) -> None:
    """Drop what only a living worker may say; what it has counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  # picks its mode when first imported

    if VARIABLE in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library leaves it untyped


def clean() -> None:
    """Remove the folder of this process."""
    folder = os.environ.pop(VARIABLE, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


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
