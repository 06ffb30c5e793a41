"""``retrain``: a candidate model from the labelled talks of a shop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.errors import BaitwatchError
from service.cli.output import write_text
from service.cli.progress import progress_bar
from service.cli.registering import registered
from service.cli.score import ModelOption, load_scorer

if TYPE_CHECKING:
    from riskmodel.learning.retrain import Learned
    from riskmodel.training import TrainReport

__all__ = ["retrain"]


def retrain(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the candidate, which then stands in no registry."),
    ] = None,
    shop: Annotated[
        list[str] | None, typer.Option("--shop", help="Learn from this shop; may come again [default: all].")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="What was stored by then, ISO 8601 with an offset [default: now]."),
    ] = None,
    chats: Annotated[int, typer.Option(min=200, help="How many synthetic chats to generate beside them.")] = 4000,
    seed: Annotated[int, typer.Option(help="Same talks, same seed: same candidate to the byte.")] = 0,
    share: Annotated[
        float | None,
        typer.Option(
            min=0.05, max=1.0, help="The most that one person's labels of a class count for [default: a third]."
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Train a candidate on labelled talks of the store with synthetic ones; the model in use stays in use."""
    from riskmodel.gate import Frozen, project_sets
    from riskmodel.learning.caps import SHARE
    from riskmodel.learning.retrain import Retrained
    from riskmodel.learning.retrain import retrain as run
    from service.cli.home import open_home
    from service.learning import labelled_talks
    from service.store.access import all_shops, find_shop

    home, scorer = open_home(), load_scorer(model)
    if out is not None and out.resolve() == (model or home.model).resolve():
        raise BaitwatchError("--out is the folder of the model in use, which stays as it is; name another one")
    moment = home.now if as_of is None else _moment(as_of)
    with progress_bar() as move, home.store.reading() as connection:
        numbers = [find_shop(connection, name) for name in shop] if shop else sorted(all_shops(connection))
        keyring = home.keys.current()
        talks = [talk for one in numbers for talk in labelled_talks(connection, keyring, one, moment, move)]
    found: list[Retrained] = []

    def make(folder: Path) -> TrainReport:
        with progress_bar() as move:
            made = run(
                folder,
                talks,
                reader=scorer.model.reader,
                seed=seed,
                chats=chats,
                parent=scorer.info["sha256"],
                share=share or SHARE,
                progress=move,
                frozen=Frozen(project_sets()).chats,
            )
        found.append(made)
        return made.report

    report, said = (
        (make(out), [f"as of {moment.isoformat()}; it is not in use"]) if out is not None else registered(make)
    )
    learned = found[0].learned
    write_text(f"candidate: {report.folder}")
    write_text(f"sha256: {report.sha256}")
    for line in _told(learned):
        write_text(line)
    write_text(
        f"on talks of groups unseen by the fit (5-fold; {sum(learned.labels.values())} of the shop among "
        f"{report.talks}, the others synthetic): hold or more in {report.false_alarms:.2%} of talks "
        f"without abuse and {report.recall:.1%} of abusive ones; intervals in its manifest"
    )
    for line in said:
        write_text(line)


def _told(learned: Learned) -> list[str]:
    """What was learned from, and whose labels were capped."""
    counts = ", ".join(f"{count} {label}" for label, count in learned.labels.items())
    lines = [
        f"learned from talks of the shop: {counts}; by {learned.people} people or programs",
        f"picked by chance: {learned.by_chance}; weighed, all say as much as {learned.effective:.0f} of equal weight",
        f"left out: {learned.unclear} unclear, {learned.contradicted} on which people contradict one another",
    ]
    if learned.against_platform:
        lines.append(f"labelled abusive though the platform upheld the claim: {learned.against_platform}; look again")
    for each in learned.capped:
        kind = "abusive talks" if each.abusive else "talks without abuse"
        lines.append(
            f"capped: {each.by} labelled {each.talks} {kind}, {each.share:.0%} of that class by weight; "
            f"each counts {each.kept:.2f} of what it would"
        )
    lines.append(f"data sha256: {learned.sha256}")
    return lines


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter("--as-of must be an ISO 8601 time with an offset, e.g. 2026-11-01T00:00:00+08:00")
    return found
