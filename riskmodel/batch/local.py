"""Work on one machine: processes that are given file paths one by one, and go on where one of them was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from riskmodel.batch.errors import BatchError

__all__ = ["run_local"]

Item = TypeVar("Item")
Result = TypeVar("Result")
_TIMES = 3  # that processes may be killed with nothing done in between


def run_local(task: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """Do `task` with every item, in any order; in this process where one job is enough.

    Parameters
    ----------
    task
        Can be done again: what a killed process had begun is done anew.
    items
        Small: each is sent to a process.
    jobs
        How many processes; each holds the model once.

    Raises
    ------
    BatchError
        Where processes are killed again and again.
    """
    if jobs == 1 or len(items) == 1:
        yield from map(task, items)
        return
    waiting = dict(enumerate(items))
    fruitless = 0
    while waiting:
        before = len(waiting)
        work = [delayed(_numbered)(task, number, item) for number, item in waiting.items()]
        try:
            results = Parallel(n_jobs=min(jobs, before), batch_size=1, return_as="generator_unordered")(work)
            for number, result in results:
                del waiting[number]
                yield result
        except TerminatedWorkerError:
            fruitless = fruitless + 1 if len(waiting) == before else 0
            if fruitless == _TIMES:
                raise BatchError(
                    f"processes were killed {_TIMES} times with nothing done between, most likely for want of memory; "
                    f"try fewer jobs; {len(waiting)} are left, and what is done stays done"
                ) from None


def _numbered(task: Callable[[Item], Result], number: int, item: Item) -> tuple[int, Result]:
    return number, task(item)
