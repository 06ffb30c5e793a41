"""``python -m benchmarks gate [--chats N] [--seeds N] [--keep DIR]``: what the gate lets through, and what it refuses.

A model in use is trained with one seed; candidates with other seeds are honest retrainings, which should pass, and the
same with 5 % of the labels turned round, which should be refused. All chats are synthetic or written by hand.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from riskmodel.gate import Frozen, Verdict, flip_labels, judge, project_sets
from riskmodel.paths import default_model_dir
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats
from riskmodel.training import train

__all__ = ["main"]

FLIPPED = 0.05


def _trained(folder: Path, seed: int, chats: int, flipped: float, reader: LineReader) -> Scorer:
    """A model on generated chats and a part of the written ones that grows with them; kept where it is there already."""
    if not (folder / "manifest.json").is_file():
        labelled = [*generate(chats, seed), *written_chats()[:: max(round(3200 / chats), 1)]]
        train(folder, seed=seed, chats=0, written=flip_labels(labelled, flipped, seed), reader=reader)
    return Scorer.load(folder)


def _print(name: str, verdict: Verdict) -> None:
    refused = ", ".join(f"{check.measure} on {check.on} ({check.outcome})" for check in verdict.refusals)
    print(f"  {name:24} {'passed' if verdict.passed else f'refused: {refused}'}", flush=True)
    for check in verdict.checks:
        found = check.difference
        print(f"      {check.measure:20} {check.on:10} {check.candidate} {check.in_use} "
              f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]" if found.low is not None else check.measure)


def main(arguments: list[str]) -> int:
    """Measure and print; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gate", description=__doc__)
    parser.add_argument("--chats", type=int, default=800, help="generated chats of each training")
    parser.add_argument("--seeds", type=int, default=5, help="candidates of either kind")
    parser.add_argument("--keep", type=Path, help="folder in which the models are kept, and looked for")
    chosen = parser.parse_args(arguments)
    if not (default_model_dir() / "manifest.json").is_file():
        print("there is no model; run `baitwatch train`", file=sys.stderr)
        return 3
    reader, begun = Scorer.load(default_model_dir()).model.reader, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.keep or Path(name)
        frozen = Frozen(project_sets())
        in_use = _trained(folder / "0", 0, chosen.chats, 0.0, reader)
        passed = {0.0: 0, FLIPPED: 0}
        for share in passed:
            for seed in range(1, chosen.seeds + 1):
                candidate = _trained(folder / f"{seed}-{share:g}", seed, chosen.chats, share, reader)
                verdict = judge(candidate, in_use, frozen, timed=False)
                passed[share] += verdict.passed
                _print(f"seed {seed}, {share:.0%} flipped", verdict)
    print(
        f"{chosen.chats} generated chats a training, {chosen.seeds} seeds: {passed[0.0]} honest ones passed, "
        f"{chosen.seeds - passed[FLIPPED]} with {FLIPPED:.0%} of labels flipped were refused; "
        f"took {time.monotonic() - begun:.0f} s"
    )
    return 0
