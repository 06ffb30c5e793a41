"""``drift``: whether talks are still like those that the model learned from, as a page and as metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.output import complain, write_text
from service.cli.progress import progress_bar
from service.cli.score import ModelOption, load_scorer

__all__ = ["drift"]


def drift(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="Where the page goes.")],
    *,
    shop: Annotated[
        list[str] | None, typer.Option("--shop", help="Of this shop; may come again [default: all].")
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks to look back; the last is over.")] = 8,
    metrics: Annotated[
        Path | None,
        typer.Option("--metrics", metavar="FILE.prom", help="The latest week's figures for Prometheus, too."),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Compare the talks of the last weeks with those that the model learned from, and with one another."""
    from riskmodel.model.alerts import load_alerts
    from riskmodel.monitoring.page import metrics as as_metrics
    from riskmodel.monitoring.page import page
    from riskmodel.monitoring.reference import Reference
    from riskmodel.monitoring.weeks import drift as compare
    from service.cli.home import open_home
    from service.drift import weeks_of
    from service.store.access import all_shops, find_shop
    from service.store.talk_figures import ZONE

    scorer, home = load_scorer(model), open_home()
    reference = Reference.read(scorer.manifest)
    budget, stated = scorer.manifest["false_alarm_budget"]["hold"], scorer.prevalence or load_alerts().prevalence
    with progress_bar() as move, home.store.reading() as connection:
        numbers = [find_shop(connection, name) for name in shop] if shop else sorted(all_shops(connection))
        today = home.now.astimezone(ZONE)
        read = weeks_of(
            connection, home.keys.current(), scorer, numbers, until=today.date(), weeks=weeks, progress=move
        )
    report = compare(read, reference, budget=budget, stated=stated)
    whose = ", ".join(shop) if shop else f"{len(numbers)} 个店铺 shops"
    made = f"{today:%Y-%m-%d %H:%M} {ZONE.key}"
    _write(out, page(report, made=made, model=scorer.info["sha256"][:12], talks=whose))
    if metrics is not None:
        _write(metrics, as_metrics(report))
    for week in report.weeks:
        moved = sum(each.shown for each in week.columns)
        few = "; few talks, only a great change would show" if week.few else ""
        over = ", above the budget" if week.over_budget else ""
        recall = week.expected.recall.value
        write_text(
            f"{week.start}: {week.talks} talks, {week.held.value:.2%} held{over}, expected recall {recall:.0%}, "
            f"{moved} of {len(week.columns)} columns moved{few}"
        )
    if not report.weeks:
        complain("no talk began in these weeks: the page says so")
    write_text(f"page: {out}")


def _write(file: Path, text: str) -> None:
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
