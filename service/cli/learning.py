"""`baitwatch train`, `retrain`, `synthesize`, `evaluate` and `drift`: all that makes or measures a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.jobs import JOBS
from service.cli.batch import DaskOption, JobsOption, cluster_at, extra
from service.cli.drift import drift
from service.cli.evaluate import evaluate
from service.cli.progress import progress_bar
from service.cli.registering import registered
from service.cli.retrain import retrain

if TYPE_CHECKING:
    from riskmodel.training import TrainReport

__all__ = ["register"]


def train(
    *,
    model: Annotated[Path | None, typer.Option(help="Folder for the model, which then stands in no registry.")] = None,
    chats: Annotated[int, typer.Option(min=200, help="How many synthetic chats to generate.")] = 4000,
    seed: Annotated[int, typer.Option(help="Same seed, same model to the byte.")] = 0,
    alerts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Budget of false alarms and prevalence; default: the project's."),
    ] = None,
    shards: Annotated[
        str | None, typer.Option(metavar="DIR", help="Train on labelled shards in place of generated chats.")
    ] = None,
    jobs: JobsOption = None,
    dask: DaskOption = None,
) -> None:
    """Train a model, on generated chats or shards, and store it among the models; the first one is put in use."""
    from riskmodel.gate import Frozen, project_sets
    from riskmodel.model.alerts import load_alerts
    from riskmodel.training import train as run

    if shards is None and (jobs is not None or dask is not None):
        raise typer.BadParameter("--jobs, --dask: only with --shards")
    budget = load_alerts(alerts)
    frozen = Frozen(project_sets()).chats

    def make(folder: Path) -> TrainReport:
        with cluster_at(dask) as client, progress_bar() as move:
            if shards is None:
                return run(folder, seed=seed, chats=chats, progress=move, alerts=budget, frozen=frozen)
            with extra("parquet"):
                from riskmodel.batch.shards import find_shards
                from riskmodel.batch.train import train_on_shards
            return train_on_shards(
                find_shards(shards),
                folder,
                seed=seed,
                jobs=jobs or JOBS,
                client=client,
                alerts=budget,
                progress=move,
            )

    report, said = (make(model), []) if model is not None else registered(make)
    typer.echo(f"model: {report.folder}")
    typer.echo(f"sha256: {report.sha256}")
    typer.echo(
        f"on {report.talks} {'synthetic chats' if shards is None else 'chats'}, families unseen by the fit: "
        f"hold or more in {report.false_alarms:.2%} of talks without abuse and {report.recall:.1%} of abusive ones"
    )
    if shards is None:
        typer.echo("all labelled chats are synthetic; these figures say nothing certain of real traffic")
    for line in said:
        typer.echo(line)


def synthesize(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for chats.jsonl and labels.jsonl.")] = Path(
        "var/synthetic"
    ),
    count: Annotated[int, typer.Option(min=1)] = 20_000,
    seed: Annotated[int, typer.Option()] = 0,
    sample: Annotated[
        bool, typer.Option("--sample", help="Write the committed sample, data/synthetic/sample*.jsonl.")
    ] = False,
) -> None:
    """Write labelled synthetic chats as JSON Lines."""
    from riskmodel.synthesis import write_chats, write_sample

    paths = write_sample(Path("data/synthetic")) if sample else write_chats(out, count, seed)
    for path in paths:
        typer.echo(str(path))


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(train)
    app.command()(synthesize)
    app.command()(evaluate)
    app.command()(retrain)
    app.command()(drift)
