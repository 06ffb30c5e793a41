"""`baitwatch train`, `retrain`, `synthesize`, `evaluate` and `drift`: all that makes or measures a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskmodel.paths import default_home, default_model_dir
from service.cli.drift import drift
from service.cli.evaluate import evaluate
from service.cli.progress import progress_bar
from service.cli.retrain import retrain
from service.files import make_private_folder

__all__ = ["register"]


def train(
    model: Annotated[
        Path | None, typer.Option(help="Folder for the model; default: where `score` looks for it.")
    ] = None,
    chats: Annotated[int, typer.Option(min=200, help="How many synthetic chats to generate.")] = 4000,
    seed: Annotated[int, typer.Option(help="Same seed, same model to the byte.")] = 0,
    alerts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Budget of false alarms and prevalence; default: the project's."),
    ] = None,
) -> None:
    """Train a model on generated chats and store it."""
    from riskmodel.model.alerts import load_alerts
    from riskmodel.training import train as run

    budget = load_alerts(alerts)
    if model is None:
        make_private_folder(default_home())
    with progress_bar() as move:
        report = run(model or default_model_dir(), seed=seed, chats=chats, progress=move, alerts=budget)
    typer.echo(f"model: {report.folder}")
    typer.echo(f"sha256: {report.sha256}")
    typer.echo(
        f"on {report.talks} synthetic chats, families unseen by the fit: "
        f"hold or more in {report.false_alarms:.2%} of talks without abuse and {report.recall:.1%} of abusive ones"
    )
    typer.echo("all labelled chats are synthetic; these figures say nothing certain of real traffic")


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
