"""Work on a Dask cluster whose workers see the same files; what travels is paths, counts and problems, never a talk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from time import monotonic
from typing import Any, TypeVar

from distributed import Client, Future, KilledWorker, wait
from distributed.comm.core import CommClosedError

from riskmodel.batch.errors import BatchError

__all__ = ["connect", "run_on_cluster"]

Item = TypeVar("Item")
Result = TypeVar("Result")
_CONNECT = 10.0  # seconds
_LOOK = 2.0  # seconds after which it is looked whether anybody is still there
_PATIENCE = 60.0  # seconds without any worker
_UNDER_WAY = 256  # items that the cluster has at once
_GONE = "the Dask cluster has gone away; what is done stays done, run again when it is back"


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """A client of the scheduler at an address; raises `BatchError` where none answers."""
    try:
        client = Client(address, timeout=_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]  # distributed is untyped
    except (OSError, ValueError, TimeoutError):
        raise BatchError(f"no Dask scheduler answers at {address}; start one, or check --dask") from None
    try:
        yield client
    finally:
        client.close(timeout=_LOOK)  # type: ignore[no-untyped-call]  # distributed is untyped


def run_on_cluster(
    task: Callable[[Item], Result], items: Sequence[Item], client: Client, *, patience: float = _PATIENCE
) -> Iterator[Result]:
    """Do `task` with every item, in any order; Dask does anew what a worker that died had begun.

    Parameters
    ----------
    task
        Can be done again, and is known to the workers: they have this package.
    items
        Small: each is sent to a worker.
    client
        Of the cluster.
    patience
        Seconds that the cluster may be without workers.

    Raises
    ------
    BatchError
        Where the scheduler or all workers have gone away, or workers die again and again of one item.
    """
    left = iter(items)
    under_way = {client.submit(task, item, pure=False) for item in islice(left, _UNDER_WAY)}
    seen = monotonic()
    while under_way:
        done = _done(client, under_way)
        for future in done:
            under_way.discard(future)
            under_way.update(client.submit(task, item, pure=False) for item in islice(left, 1))
            yield _result(future)
        if done or client.scheduler_info()["workers"]:
            seen = monotonic()
        elif monotonic() - seen > patience:
            raise BatchError(f"the Dask cluster has had no worker for {patience:.0f} s; what is done stays done")


def _done(client: Client, under_way: set[Future[Any]]) -> set[Future[Any]]:
    """Those that are done, waited for a moment."""
    try:
        with client.as_current():
            waited = wait(list(under_way), timeout=_LOOK, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]  # distributed is untyped
    except TimeoutError:
        return set()
    except CancelledError:
        raise BatchError(_GONE) from None
    if client.status != "running":
        raise BatchError(_GONE)
    done: set[Future[Any]] = waited.done
    return done


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except KilledWorker:
        raise BatchError(
            "workers of the Dask cluster died again and again of the same shard, most likely for want of memory; "
            "what is done stays done"
        ) from None
    except (CancelledError, CommClosedError):
        raise BatchError(_GONE) from None
