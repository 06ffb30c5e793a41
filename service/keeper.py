"""A thread of every worker that does what is due at intervals: the log is sealed even when nobody asks for anything."""

from __future__ import annotations

import random
import threading

from riskmodel.errors import BaitwatchError
from service.backend import Backend
from service.logs import describe, logger
from service.metrics import UNAVAILABLE

__all__ = ["Keeper"]

_SPREAD = 0.2  # workers that started together shall not come together


class Keeper:
    """Looks after a backend again and again until it is stopped, and once more then.

    What goes wrong is one line of the log, and is tried again at the next time.

    Parameters
    ----------
    backend
        What is looked after.
    seconds
        How long to wait in between, give or take a fifth.
    """

    def __init__(self, backend: Backend, seconds: float) -> None:
        self._backend, self._seconds = backend, seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin; the first time is after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """End, and do what is due a last time, where this worker has had to do with the store at all."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._backend.store.was_used:
            self._once()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds * random.uniform(1 - _SPREAD, 1 + _SPREAD)):  # noqa: S311  # no secret
            self._once()

    def _once(self) -> None:
        try:
            self._backend.look_after()
        except BaitwatchError as error:
            UNAVAILABLE.labels("store-unavailable").inc()
            logger().warning("upkeep_failed", reason=str(error))
        except Exception as error:
            logger().error("upkeep_failed", **describe(error))
