"""``score`` and ``check-reply``: JSON Lines in, JSON Lines out, one line at a time; ``score`` also takes shards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from riskmodel.conversation import Conversation, DraftRequest, parse_conversation, parse_draft_request
from riskmodel.errors import InputError
from riskmodel.paths import default_model_dir
from service.cli.batch import BatchOptions, DaskOption, JobsOption, OutOption, are_shards, score_batch
from service.cli.output import INPUT_WRONG, complain, write_json

if TYPE_CHECKING:
    from riskmodel.scorer import Scorer

__all__ = ["ModelOption", "load_scorer", "numbered_lines", "register"]

Parsed = TypeVar("Parsed")

LinesArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="JSON Lines, one object a line; - is standard input.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="The model's folder [default: $BAITWATCH_MODEL or var/model]."),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("score")(score)
    app.command("check-reply")(check_reply)


def load_scorer(directory: Path | None) -> Scorer:
    """The scorer of a folder, or of the default one; raises ModelError with what to do."""
    from riskmodel.scorer import Scorer

    return Scorer.load(directory or default_model_dir())


def score(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSON Lines, one object a line; - is standard input. Or shards: a folder, or a pattern *.parquet.",
        ),
    ],
    *,
    trajectory: Annotated[bool, typer.Option("--trajectory", help="One Assessment after every message.")] = False,
    model: ModelOption = None,
    out: OutOption = None,
    jobs: JobsOption = None,
    dask: DaskOption = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Shards: write the reasons, too.")] = False,
) -> None:
    """Assess every conversation of FILE; a bad line or row is reported and the rest is still done."""
    options = BatchOptions(out, jobs, dask, reasons)
    if are_shards(file):
        return score_batch(file, model or default_model_dir(), options, trajectory=trajectory)
    options.refuse_without_shards()
    scorer = load_scorer(model)

    def answers(conversation: Conversation) -> Iterable[Mapping[str, Any]]:
        return scorer.trajectory(conversation) if trajectory else [scorer.assess(conversation)]

    _each_line(file, lambda raw, number: parse_conversation(raw, line=number), answers)


def check_reply(file: LinesArgument, model: ModelOption = None) -> None:
    """Check every {"conversation": …, "draft": "…"} of FILE before it is sent."""
    scorer = load_scorer(model)

    def answers(request: DraftRequest) -> Iterable[Mapping[str, Any]]:
        return [scorer.check_reply(request.conversation, request.draft)]

    _each_line(file, lambda raw, number: parse_draft_request(raw, line=number), answers)


def numbered_lines(file: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1, read as they come; blank ones are passed over."""
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            content = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if content:
                yield number, content


def _each_line(
    file: str,
    parse: Callable[[bytes, int], Parsed],
    answers: Callable[[Parsed], Iterable[Mapping[str, Any]]],
) -> None:
    wrong = False
    for number, raw in numbered_lines(file):
        try:
            parsed = parse(raw, number)
        except InputError as error:
            complain(str(error))
            wrong = True
            continue
        for answer in answers(parsed):
            write_json(answer)
    if wrong:
        raise typer.Exit(INPUT_WRONG)
