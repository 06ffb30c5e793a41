"""What ``evaluate`` measures: generated and written chats held out, a labelled file, drafts, leaks; with progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from riskmodel.evaluation import (
    DraftReport,
    Labelled,
    Report,
    cross_scores,
    fit_baselines,
    measure_drafts,
    measure_held_out,
    measure_labelled,
    measure_spellings,
    read_drafts,
    read_labelled,
    summarise,
    summarise_drafts,
)
from riskmodel.synthesis import LabelledChat, generate, written_chats
from riskmodel.synthesis.duplicates import near_duplicates
from riskmodel.synthesis.leaks import LIMITS, Leak, Leaks, measure_leaks
from service.cli.progress import progress_bar
from service.cli.score import load_scorer

__all__ = ["drafts", "held_out", "labelled", "leaks"]


def _generated(count: int, seed: int, move: Any) -> list[LabelledChat]:
    written = []
    for number, chat in enumerate(generate(count, seed), start=1):
        written.append(chat)
        move("writing chats", number, count)
    return written


def held_out(count: int, seed: int, *, baselines: bool) -> Report:
    with progress_bar() as move:
        whole = written_chats()
        chats = [*_generated(count, seed, move), *whole]
        measured = measure_held_out(chats, seed=seed, progress=move)
        others = cross_scores(chats, seed=seed, progress=move) if baselines else None
        split = (
            f"{count} generated chats (seed {seed}) and {len(whole)} written whole, cross-validated, "
            "no pair of scenario families and no writer on both sides"
        )
        return summarise(measured, split=split, seed=seed, baselines=others, progress=move)


def _fitted_beside(count: int, seed: int, talks: Sequence[Labelled], move: Any) -> dict[str, Any]:
    """Scores of labelled talks by baselines that were fitted on what the model is fitted on."""
    known = [*_generated(count, seed, move), *written_chats()]
    fitted = fit_baselines(
        [chat.conversation for chat in known], [chat.label == "abusive" for chat in known], seed=seed
    )
    asked = [talk.conversation.model_dump(mode="json", exclude_none=True) for talk in talks]
    return {name: score(asked) for name, score in fitted.items()}


def labelled(chats: Path, labels: Path, model: Path | None, seed: int, *, baselines: int, spellings: bool) -> Report:
    talks = read_labelled(chats, labels)
    scorer = load_scorer(model)
    with progress_bar() as move:
        measured = measure_labelled(talks, scorer, progress=move)
        split = f"{len(talks)} labelled chats of {chats.name}, stored model {scorer.info['sha256'][:12]}"
        others = _fitted_beside(baselines, seed, talks, move) if baselines else None
        respelt = measure_spellings(talks, scorer, progress=move) if spellings else None
        return summarise(
            measured,
            split=split,
            seed=seed,
            baselines=others,
            spellings=respelt,
            prevalence=scorer.prevalence,
            progress=move,
        )


def drafts(cases_file: Path, labels: Path, model: Path | None, seed: int) -> DraftReport:
    cases = read_drafts(cases_file, labels)
    scorer = load_scorer(model)
    with progress_bar() as move:
        checked = measure_drafts(cases, scorer, progress=move)
    split = f"{len(cases)} labelled drafts of {cases_file.name}, stored model {scorer.info['sha256'][:12]}"
    return summarise_drafts(checked, split=split, seed=seed)


def leaks(count: int, seed: int) -> tuple[str, Leaks]:
    found: dict[str, Leak] = {}
    with progress_bar() as move:
        generated = _generated(count, seed, move)
        for number, channel in enumerate(LIMITS, start=1):
            found |= measure_leaks(generated, seed=seed, channels=[channel])
            move("measuring leaks", number, len(LIMITS) + 1)
        whole = written_chats()
        twice = near_duplicates([*generated, *whole])
        move("measuring leaks", len(LIMITS) + 1, len(LIMITS) + 1)
    split = (
        f"channels: {count} generated chats (seed {seed}), cross-validated, no scenario file on both sides; "
        f"repeats: these and {len(whole)} written whole"
    )
    return split, Leaks(found, len({second for _, second in twice}))
