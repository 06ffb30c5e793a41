"""The verdict: what passes, what is refused and in which words; a candidate trained on flipped labels is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from models import flip_labels, variant

from riskmodel.errors import ModelError
from riskmodel.gate import Frozen, FrozenSet, Limits, Verdict, generated_set, judge, load_limits
from riskmodel.model import CompiledModel
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats
from riskmodel.table import part_of, read_table
from riskmodel.training import fit_whole

FROZEN = Frozen([FrozenSet("generated", generated_set(300).chats)])


def limits(margin: float | None) -> Limits:
    """The project's, with this margin for every check: few talks prove little."""
    checks = tuple(check.model_copy(update={"margin": margin}) for check in load_limits().checks)
    return load_limits().model_copy(update={"checks": checks})


@pytest.fixture
def judged(trained: Scorer, model_folder: Path, tmp_path: Path) -> Callable[..., Verdict]:
    """Judges a variant of the trained model, which is in use."""

    def run(change: Callable[[CompiledModel], None] | float, margin: float | None) -> Verdict:
        variant(model_folder, tmp_path / "candidate", change)
        candidate = Scorer.load(tmp_path / "candidate")
        return judge(candidate, trained, FROZEN, limits=limits(margin), timed=False)

    return run


def test_a_candidate_that_says_the_same_passes(judged: Callable[..., Verdict]) -> None:
    """Every measure has both values, which are the same, and an interval."""
    verdict = judged(1e-9, 0.1)
    assert verdict.passed
    paired = [check for check in verdict.checks if not check.measure.startswith("parity")]
    assert {check.measure for check in paired} == {check.measure for check in load_limits().checks}
    for check in paired:
        assert check.candidate == pytest.approx(check.in_use)
        assert check.difference.low is not None
        assert check.difference.low <= 1e-9  # the two models differ by as much
        assert (check.difference.high or 0) >= -1e-9


def test_too_few_talks_pass_nobody(judged: Callable[..., Verdict]) -> None:
    """With a margin that they cannot show, also one that says the same is refused, and told why."""
    verdict = judged(1e-9, 0.001)
    assert not verdict.passed
    assert {check.outcome for check in verdict.refusals} == {"undecided"}
    assert all("larger frozen set" in check.en and "更大的冻结集" in check.zh for check in verdict.refusals)


def deaf(model: CompiledModel) -> None:
    model.arrays["coefficients"].fill(0.0)


def loud(model: CompiledModel) -> None:
    model.arrays["base"] += 3.0


@pytest.mark.parametrize(
    ("change", "measures"),
    [(deaf, {"recall_at_hold", "recall_at_budget"}), (loud, {"clarify_ordinary", "calibration_error"})],
)
def test_a_worse_candidate_is_refused_for_what_got_worse(
    judged: Callable[..., Verdict], change: Callable[[CompiledModel], None], measures: set[str]
) -> None:
    """Also where it only has to be shown; the sentence has both values, the difference and the set."""
    verdict = judged(change, None)
    refused = {check.measure for check in verdict.refusals}
    assert measures <= refused
    for check in verdict.refusals:
        assert check.candidate is not None
        assert check.in_use is not None
        if check.measure in measures:
            assert f"candidate {check.candidate:.1%}, in use {check.in_use:.1%}" in check.en
            assert f"候选 {check.candidate:.1%}，在用 {check.in_use:.1%}" in check.zh
            assert "generated frozen set" in check.en


def test_latency_is_held_to_the_model_in_use(trained: Scorer) -> None:
    """A model beside itself takes as long, within what an interval of so few talks says."""
    few = load_limits().model_copy(update={"latency": load_limits().latency.model_copy(update={"talks": 10})})
    (check,) = (each for each in judge(trained, trained, FROZEN, limits=few).checks if each.measure == "latency")
    assert check.in_use is not None
    assert check.in_use > 0
    assert check.difference.low is not None
    assert check.difference.low <= 1.5


def test_flipped_labels_are_refused_where_an_honest_retraining_passes(reader: LineReader) -> None:
    """One in twenty labels is enough, of the same chats; the honest candidate knows some chats more.

    Of so few frozen talks only what is shown counts: the margins take the project's 3,000, and models of full size.
    What passes and is refused there is measured by ``./dev bench gate``.
    """
    known = [*generate(300, seed=5), *written_chats()[::20]]
    table = read_table([*known, *generate(40, seed=6)], seed=5, reader=reader)
    everyone, first = np.arange(len(table.abusive)), np.arange(len(known))
    abusive = np.array([int(chat.label == "abusive") for chat in flip_labels(known, 0.05, seed=5)])
    flipped = part_of(table, first)._replace(abusive=abusive)
    in_use, honest, worse = (
        Scorer(fit_whole(each, reader).model, {"name": "small", "version": "1", "sha256": ""})
        for each in (part_of(table, first), part_of(table, everyone), flipped)
    )
    # parity is no difference of two models: one of 400 chats alarms groups unevenly whatever the other does
    shown = limits(None).model_copy(update={"parity": load_limits().parity.model_copy(update={"by": ()})})
    verdict = judge(honest, in_use, FROZEN, limits=shown, timed=False)
    assert verdict.passed, [check.en for check in verdict.refusals]
    verdict = judge(worse, in_use, FROZEN, limits=shown, timed=False)
    assert "recall_at_hold" in {check.measure for check in verdict.refusals}


def test_a_candidate_of_another_version_never_comes_to_be_judged(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be loaded, and that is said."""
    monkeypatch.setattr("riskmodel.model.artifact.FEATURE_VERSION", 10_000)
    with pytest.raises(ModelError, match="another version"):
        Scorer.load(model_folder)
