"""Differences of two models on the same talks: paired, by clusters, and never surer than the number of talks allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from strategies import sample

from riskmodel.gate import load_limits
from riskmodel.gate.frozen import Frozen, FrozenSet, Outcomes
from riskmodel.gate.paired import measure, ratio
from riskmodel.gate.verdict import decide
from riskmodel.intervals import Figure
from riskmodel.model.alerts import load_alerts

BUDGET = load_alerts()
FROZEN = Frozen([FrozenSet("generated", sample())])
LABELS = FROZEN.labels("generated")
HOLD = 2


def outcomes(held: np.ndarray) -> Outcomes:
    """Of a model that holds these talks and no others."""
    peaks = np.where(held, 0.9, 0.1)
    sums = np.zeros((len(held), 2, 10))
    sums[np.arange(len(held)), 0, (peaks * 10).astype(int)] = 1.0
    sums[np.arange(len(held)), 1, (peaks * 10).astype(int)] = peaks
    return Outcomes(peaks, np.where(held, HOLD, 0), sums)


def found(name: str, candidate: np.ndarray, in_use: np.ndarray) -> Figure:
    paired = measure(name, FROZEN, "generated", (outcomes(candidate), outcomes(in_use)), BUDGET)  # type: ignore[arg-type]  # a name by parameter
    assert paired is not None
    return paired.difference


def test_what_both_miss_drops_out() -> None:
    """Two models that err on the same half of the talks differ by nothing, and nearly for certain."""
    half = (LABELS == "abusive") & (np.arange(len(LABELS)) % 2 == 0)
    difference = found("recall_at_hold", half, half)
    n = int((LABELS == "abusive").sum())
    bound = 1 - 0.025 ** (1 / n)
    assert (difference.value, difference.n) == (0.0, n)
    assert difference.low == pytest.approx(-bound)
    assert difference.high == pytest.approx(bound)


@pytest.mark.parametrize(
    ("name", "label", "worse"),
    [
        ("recall_at_hold", "abusive", -1),
        ("hold_ordinary", "benign", 1),
        ("hold_complaints", "legit_complaint", 1),
        ("clarify_ordinary", "benign", 1),
        ("clarify_complaints", "legit_complaint", 1),
    ],
)
def test_a_measure_is_of_its_own_talks(name: str, label: str, worse: int) -> None:
    """A tenth of one label that comes out otherwise is a tenth in that measure, and nothing in the others."""
    perfect = LABELS == "abusive"
    of_label = np.flatnonzero(label == LABELS)
    turned = perfect.copy()
    turned[of_label[::10]] ^= True
    share = len(of_label[::10]) / len(of_label)
    assert found(name, turned, perfect).value == pytest.approx(worse * share)
    for other in ("recall_at_hold", "hold_ordinary", "hold_complaints"):
        if other.split("_")[-1] != name.rsplit("_", maxsplit=1)[-1]:
            assert found(other, turned, perfect).value == 0.0


def test_a_worse_calibration_is_seen() -> None:
    """Stating nine in ten for every second ordinary talk makes the error larger."""
    perfect = LABELS == "abusive"
    loud = perfect | (np.arange(len(LABELS)) % 2 == 0)
    difference = found("calibration_error", loud, perfect)
    assert difference.low is not None
    assert difference.low > 0.1


def test_an_interval_resamples_what_was_written_together() -> None:
    """Where talks of one family come out alike the interval is wider than where they are spread."""
    perfect = LABELS == "abusive"
    pairs = FROZEN.clusters("generated")
    families = sorted(set(pairs[perfect]))
    together = perfect & ~np.isin(pairs, families[: len(families) // 5])
    missed = int(perfect.sum() - together.sum())
    spread = perfect.copy()
    spread[np.flatnonzero(perfect)[:: perfect.sum() // missed][:missed]] = False
    widths = []
    for candidate in (together, spread):
        difference = found("recall_at_hold", candidate, perfect)
        assert difference.low is not None
        assert difference.high is not None
        widths.append(difference.high - difference.low)
    assert widths[0] > 1.5 * widths[1]


def test_a_measure_without_talks_is_none() -> None:
    """A set without complaints says nothing of them; one without abuse nothing at all."""
    some = tuple(chat for chat in sample() if chat.label != "legit_complaint")
    frozen = Frozen([FrozenSet("own", some)])
    same = outcomes(np.zeros(len(some), dtype=bool))
    assert measure("hold_complaints", frozen, "own", (same, same), BUDGET) is None
    innocent = tuple(replace(chat, label="benign") for chat in some)
    assert measure("recall_at_hold", Frozen([FrozenSet("own", innocent)]), "own", (same, same), BUDGET) is None


@pytest.mark.parametrize(
    ("low", "high", "margin", "expected"),
    [
        (-0.01, 0.02, 0.03, "passed"),
        (0.01, 0.02, 0.03, "passed"),  # shown, and small
        (-0.01, 0.04, 0.03, "undecided"),
        (0.01, 0.04, 0.03, "worse"),
        (0.05, 0.09, 0.03, "worse"),
        (-0.01, 0.40, None, "passed"),  # a small set refuses only what it shows
        (0.01, 0.40, None, "worse"),
        (None, None, 0.03, "undecided"),
        (None, None, None, "not_measured"),
    ],
)
def test_noise_decides_nothing(low: float | None, high: float | None, margin: float | None, expected: str) -> None:
    """With a margin the candidate shows that it is not worse; without one it is shown to be."""
    value = None if low is None or high is None else (low + high) / 2
    assert decide(Figure(value, low, high, 100), margin, better=-1) == expected
    turned = Figure(value, None if high is None else -high, None if low is None else -low, 100)
    assert decide(turned, margin, better=1) == expected


def test_parity_is_the_ratio_of_alarms() -> None:
    """A group of which twice as many are alarmed has a ratio of two."""
    remote = (FROZEN.groups("generated", "region") == "remote") & (LABELS != "abusive")
    other = (FROZEN.groups("generated", "region") == "other") & (LABELS != "abusive")
    held = np.zeros(len(LABELS), dtype=bool)
    held[np.flatnonzero(remote)[::2]] = True
    held[np.flatnonzero(other)[::4]] = True
    figure = ratio(FROZEN, "generated", "region", "remote", outcomes(held))
    assert figure.value == pytest.approx(2.0, abs=0.1)
    assert figure.low is not None
    assert figure.low > 1.25

    # where nobody is alarmed nothing is shown
    silent = ratio(FROZEN, "generated", "region", "remote", outcomes(np.zeros(len(LABELS), dtype=bool)))
    assert silent.low is not None
    assert silent.high is not None
    assert silent.low < load_limits().parity.low
    assert silent.high > load_limits().parity.high
