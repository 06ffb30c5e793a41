"""``python -m benchmarks gate [--chats N] [--seeds N] ``: what the gate lets through, and what it refuses.

A model in use is trained with one seed; candidates with other seeds are honest retrainings, which should pass, and the
same with 5 % of the labels turned round, which should be refused. All chats are synthetic or written by hand.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from riskmodel.channels import cross_fit, fit_channels
from riskmodel.gate import Frozen, Verdict, judge, project_sets
from riskmodel.paths import default_model_dir
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats
from riskmodel.table import Table, counted, read_table
from riskmodel.training import choose_thresholds, fit_table, held_out_risks, peaks

__all__ = ["main"]

FLIPPED = 0.05


def _read(seed: int, chats: int, reader: LineReader) -> Table:
    """Generated chats of a seed and a part of the written ones that grows with them; reading takes most of the time."""
    labelled = [*generate(chats, seed), *written_chats()[:: max(round(4000 / chats), 1)]]
    return read_table(labelled, seed=seed, reader=reader)


def _fitted(table: Table, flipped: float, seed: int, reader: LineReader) -> Scorer:
    """A model as `riskmodel.training.train` makes it, a share of whose labels was turned round."""
    turned = np.random.default_rng(seed).permutation(len(table.abusive))[: round(flipped * len(table.abusive))]
    abusive, patterns = table.abusive.copy(), table.patterns.copy()
    abusive[turned] = 1 - abusive[turned]
    patterns[turned] = 0
    table = table._replace(columns=table.columns.copy(), abusive=abusive, patterns=patterns)
    splits, everyone = cross_fit(table), np.arange(len(abusive))
    model = fit_table(table, fit_channels(table, everyone), reader)
    highest = peaks(table, held_out_risks(table, splits, model))
    model.thresholds = choose_thresholds(abusive, highest, counted(table, everyone))
    return Scorer(model, {"name": "measured", "version": "1", "sha256": f"{seed:02}-{flipped:g}"})


def _print(name: str, verdict: Verdict) -> None:
    refused = ", ".join(f"{check.measure} on {check.on} ({check.outcome})" for check in verdict.refusals)
    print(f"  {name:24} {'passed' if verdict.passed else f'refused: {refused}'}", flush=True)


def main(arguments: list[str]) -> int:
    """Measure and print; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gate", description=__doc__)
    parser.add_argument("--chats", type=int, default=4000, help="generated chats of each training")
    parser.add_argument("--seeds", type=int, default=5, help="candidates of either kind")
    chosen = parser.parse_args(arguments)
    if not (default_model_dir() / "manifest.json").is_file():
        print("there is no model; run `baitwatch train`", file=sys.stderr)
        return 3
    reader, begun = Scorer.load(default_model_dir()).model.reader, time.monotonic()
    frozen = Frozen(project_sets())
    in_use = _fitted(_read(0, chosen.chats, reader), 0.0, 0, reader)
    passed = {0.0: 0, FLIPPED: 0}
    for seed in range(1, chosen.seeds + 1):
        table = _read(seed, chosen.chats, reader)
        for share in passed:
            verdict = judge(_fitted(table, share, seed, reader), in_use, frozen, timed=False)
            passed[share] += verdict.passed
            _print(f"seed {seed}, {share:.0%} flipped", verdict)
    print(
        f"{chosen.chats} generated chats a training, {chosen.seeds} seeds: {passed[0.0]} honest ones passed, "
        f"{chosen.seeds - passed[FLIPPED]} with {FLIPPED:.0%} of labels flipped were refused; "
        f"took {time.monotonic() - begun:.0f} s"
    )
    return 0
