"""``evaluate``: how well the risk and the reply check hold up on unseen talks and drafts, as tables or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.score import ModelOption

__all__ = ["evaluate"]


def evaluate(
    *,
    chats: Annotated[int, typer.Option(min=200, help="How many synthetic chats to generate.")] = 4000,
    seed: Annotated[int, typer.Option(min=0, help="Of the chats, the splits and the intervals.")] = 0,
    model: ModelOption = None,
    labelled: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="CHATS.jsonl LABELS.jsonl", help="Measure the stored model on labelled chats instead."),
    ] = None,
    drafts: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="DRAFTS.jsonl LABELS.jsonl", help="Measure the reply check on labelled drafts instead."),
    ] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Fit simpler means and measure them too.")] = False,
    spellings: Annotated[
        bool, typer.Option("--spellings", help="With --labelled: measure the same talks in other spellings too.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report of the risk as a page with plots, too.")
    ] = None,
    leaks: Annotated[bool, typer.Option("--leaks", help="Measure what gives the label away instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Measure on generated chats of scenario families that the fit has not seen, or the stored model on a file."""
    if labelled and drafts:
        raise typer.BadParameter("--labelled and --drafts are measured one at a time; leave out one")
    if leaks and (labelled or drafts):
        raise typer.BadParameter("--leaks is measured on generated chats; leave out --labelled and --drafts")
    if spellings and not labelled:
        raise typer.BadParameter("--spellings are measured on labelled chats; give --labelled CHATS LABELS")
    if html and (leaks or drafts):
        raise typer.BadParameter("--html shows the report of the risk; leave out --leaks and --drafts")
    if model and not (labelled or drafts):
        raise typer.BadParameter(
            "--model is measured with --labelled or --drafts; generated chats are measured by models fitted here"
        )
    from service.cli import figures, measure

    if html:
        figures.ready_for_page(html)
    if leaks:
        figures.show_leaks(*measure.leaks(chats, seed), as_json=as_json)
    elif drafts:
        figures.show_drafts(measure.drafts(*drafts, model, seed), as_json=as_json)
    else:
        if labelled:
            report = measure.labelled(*labelled, model, seed, baselines=chats if baselines else 0, spellings=spellings)
        else:
            report = measure.held_out(chats, seed, baselines=baselines)
        if html:
            figures.write_page(report, html)
        figures.show(report, as_json=as_json)
