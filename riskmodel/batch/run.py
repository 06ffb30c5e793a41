"""A batch: all shards through one model, by processes of this machine or by a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from riskmodel.batch.errors import BatchError
from riskmodel.batch.local import run_local
from riskmodel.batch.score import ShardResult, job_for, score_shard
from riskmodel.batch.shards import Shard

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Progress", "apart", "run_all", "score_shards"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


def score_shards(
    shards: Sequence[Shard],
    model: Path,
    out: Path,
    *,
    jobs: int = 1,
    client: Client | None = None,
    reasons: bool = False,
    progress: Progress | None = None,
) -> list[ShardResult]:
    """Score shards into files of the same names in `out`; those done before are left as they are.

    Parameters
    ----------
    shards
        As `find_shards` gives them.
    model
        The model's folder; the workers of a cluster read it and the shards by the same paths.
    out
        Made where it is missing; one batch at a time writes into it.
    jobs
        Processes on this machine.
    client
        Of a Dask cluster, which then does the work.
    reasons
        Whether the answers also have the reasons, which take more time and room.
    progress
        Called with (what, done, total).

    Returns
    -------
    list of ShardResult
        In the order of `shards`.

    Raises
    ------
    ModelError, BatchError
        Where it cannot begin or go on; shards that are done stay done.
    """
    apart(shards, out)
    work = partial(score_shard, job=job_for(model, out, reasons=reasons))
    results = {}
    try:
        for result in run_all(work, shards, jobs=jobs, client=client):
            results[result.name] = result
            if progress is not None:
                progress("scoring shards", len(results), len(shards))
    finally:
        _sweep(shards, out)
    return [results[shard.name] for shard in shards]


def run_all(
    work: Callable[[Item], Result], items: Sequence[Item], *, jobs: int = 1, client: Client | None = None
) -> Iterator[Result]:
    """Do the work with every item, here or on a cluster, in any order."""
    if client is None:
        return run_local(work, items, jobs)
    from riskmodel.batch.cluster import run_on_cluster  # noqa: PLC0415  # of the extra `dask`

    return run_on_cluster(work, items, client)


def apart(shards: Sequence[Shard], out: Path) -> None:
    """See that no answers would replace a shard; raises `BatchError`."""
    for shard in shards:
        if (out / shard.name).resolve() == Path(shard.path).resolve():
            raise BatchError(f"the answers would replace the shards, in {out}; name another folder with --out")


def _sweep(shards: Sequence[Shard], out: Path) -> None:
    """Remove what killed workers left behind."""
    for shard in shards:
        path = out / shard.name
        for left in path.parent.glob(f".{path.name}.*.partial"):
            left.unlink(missing_ok=True)
