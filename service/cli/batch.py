"""Shards of Parquet on the command line: ``score`` over them, ``train`` on them, and ``shards``, which writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from riskmodel.errors import BaitwatchError, FieldProblem, InputError
from riskmodel.jobs import JOBS
from service.cli.output import INPUT_WRONG, complain, write_json, write_text

if TYPE_CHECKING:
    from distributed import Client

    from riskmodel.batch.score import ShardResult

__all__ = [
    "BatchOptions", "DaskOption", "JobsOption", "OutOption", "are_shards", "cluster_at", "extra", "register",
    "score_batch",
]  # fmt: skip  # names in rows, read at a glance

OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Shards: folder for the answers, a file for each shard.")
]
JobsOption = Annotated[int | None, typer.Option("--jobs", min=1, help=f"Shards: processes [default: {JOBS}].")]
DaskOption = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Shards: the scheduler of a Dask cluster to do the work."),
]


class BatchOptions(NamedTuple):
    """What is said of shards only."""

    out: Path | None
    jobs: int | None
    dask: str | None
    reasons: bool

    def refuse_without_shards(self) -> None:
        """Say that options were given that mean nothing here."""
        named = [f"--{name}" for name, value in self._asdict().items() if value not in (None, False)]
        if named:
            raise typer.BadParameter(f"{', '.join(named)}: only with shards, a folder or a pattern *.parquet")


def are_shards(file: str) -> bool:
    """Whether an argument names shards rather than JSON Lines."""
    return file.endswith(".parquet") or Path(file).is_dir()


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Say which extra brings a library that is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise BaitwatchError(
            f"this needs the library {error.name}, which the extra brings: pip install 'baitwatch[{name}]'"
        ) from None


@contextmanager
def cluster_at(address: str | None) -> Iterator[Client | None]:
    """A client of the cluster at an address; None without one."""
    if address is None:
        yield None
        return
    with extra("dask"):
        from riskmodel.batch.cluster import connect
    with connect(address) as client:
        yield client


def score_batch(file: str, model: Path, options: BatchOptions, *, trajectory: bool) -> None:
    """Score shards; what is wrong is said by shard and row, what was done is one line of JSON."""
    if options.out is None:
        raise BaitwatchError(
            f"cannot use {file}: it is taken for shards, which need --out DIR, a folder for the answers"
        )
    if trajectory:
        raise typer.BadParameter("--trajectory is for JSON Lines; of shards the last Assessment is written")
    if options.jobs is not None and options.dask is not None:
        raise typer.BadParameter("--jobs is for this machine, --dask for a cluster: give one of them")
    from service.cli.progress import progress_bar

    with extra("parquet"):
        from riskmodel.batch.run import score_shards
        from riskmodel.batch.shards import find_shards
    with cluster_at(options.dask) as client, progress_bar() as move:
        results = score_shards(
            find_shards(file, apart_from=options.out),
            model,
            options.out,
            jobs=options.jobs or JOBS,
            client=client,
            reasons=options.reasons,
            progress=move,
        )
    if not _tell(results):
        raise typer.Exit(INPUT_WRONG)


def _tell(results: list[ShardResult]) -> bool:
    """Say what became of the shards; gives whether all was well."""
    for result in results:
        if result.problem is not None:
            complain(f"{result.name}: {result.problem}")
        for row, text in result.problems:
            complain(f"{result.name}: row {row}: {text}")
        if result.bad > len(result.problems):
            complain(f"{result.name}: and {result.bad - len(result.problems)} more; see the column problem")
    bad = sum(result.bad for result in results)
    failed = sum(result.problem is not None for result in results)
    write_json(
        {
            "shards": len(results),
            "done_before": sum(result.kept for result in results),
            "failed": failed,
            "talks": sum(result.rows for result in results) - bad,
            "bad_rows": bad,
        }
    )
    return not bad and not failed


def shards(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines, one conversation a line; - is standard input.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the shards.")],
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON Lines of `synthesize`, in the same order, to train on.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Talks in a shard.")] = 5000,
) -> None:
    """Write conversations as shards of Parquet; with any line that is wrong it stops there and names it."""
    with extra("parquet"):
        from riskmodel.batch.shards import write_shards
    with nullcontext() if labels is None else labels.open("rb") as known:
        told = None if known is None else (_object(raw, number) for number, raw in enumerate(known, 1))
        for path in write_shards(out, _conversations(file), labels=told, rows=rows):
            write_text(str(path))


def links(
    file: Annotated[str, typer.Argument(metavar="SHARDS", help="A folder of shards, or a pattern *.parquet.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the values, a file for each shard.")],
    *,
    jobs: JobsOption = None,
    dask: DaskOption = None,
) -> None:
    """Count what links each talk's account to others of its shop: phone, address, device, near-same wording."""
    from service.cli.progress import progress_bar

    with extra("parquet"):
        from riskmodel.batch.links import link_shards
        from riskmodel.batch.shards import find_shards
    with cluster_at(dask) as client, progress_bar() as move:
        results = link_shards(find_shards(file, apart_from=out), out, jobs=jobs or JOBS, client=client, progress=move)
    if not _tell(results):
        raise typer.Exit(INPUT_WRONG)


def _conversations(file: str) -> Iterator[dict[str, Any]]:
    from riskmodel.conversation import parse_conversation
    from service.cli.score import numbered_lines

    for number, raw in numbered_lines(file):
        parse_conversation(raw, line=number)
        yield json.loads(raw)


def _object(raw: bytes, number: int) -> dict[str, Any]:
    try:
        read = json.loads(raw)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise InputError([FieldProblem("labels", "must be one JSON object a line")], line=number)
    return read


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(shards)
    app.command()(links)
