"""Judges a candidate against the model in use: a list of checks, each with what it found and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from riskmodel.evaluation.parity import SMALL
from riskmodel.gate import wording
from riskmodel.gate.frozen import Frozen, Outcomes
from riskmodel.gate.latency import latency
from riskmodel.gate.limits import CheckLimit, Limits, load_limits
from riskmodel.gate.paired import HIGHER_IS_BETTER, measure, ratio
from riskmodel.intervals import Figure
from riskmodel.model.alerts import AlertBudget, load_alerts
from riskmodel.scorer import Scorer

__all__ = ["Check", "Verdict", "decide", "judge"]

_NOTHING = 1e-9  # what rounding alone may differ by
Outcome = Literal["passed", "worse", "undecided", "not_measured"]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    measure, on
        What was measured, and on which set.
    candidate, in_use
        Both values; None where there is none.
    difference
        Of the candidate from the model in use, a ratio for parity and latency; with its 95 % interval.
    limit
        How much worse it may be; None where it must not be shown to be worse.
    outcome
        ``worse``: shown to be. ``undecided``: it may be by more than the limit, these talks do not tell. Both refuse.
    zh, en
        One sentence that says it.
    """

    measure: str
    on: str
    candidate: float | None
    in_use: float | None
    difference: Figure
    limit: float | None
    outcome: Outcome
    zh: str
    en: str

    @property
    def refuses(self) -> bool:
        """Whether the candidate must not be promoted for it."""
        return self.outcome in ("worse", "undecided")


@dataclass(frozen=True)
class Verdict:
    """All checks of a candidate; `frozen` is the digest of the sets that they were made on."""

    candidate: str
    in_use: str
    frozen: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no check refuses."""
        return not self.refusals

    @property
    def refusals(self) -> list[Check]:
        """The checks that refuse."""
        return [check for check in self.checks if check.refuses]

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "passed": self.passed}


def judge(
    candidate: Scorer,
    in_use: Scorer,
    frozen: Frozen,
    *,
    limits: Limits | None = None,
    budget: AlertBudget | None = None,
    timed: bool = True,
    progress: Progress | None = None,
) -> Verdict:
    """Make all checks.

    Parameters
    ----------
    candidate, in_use
        The models; what the candidate is held against need not be the one in use.
    frozen
        The sets; a check on a set that is not among them is left out.
    limits, budget
        By default the project's.
    timed
        Whether latency is measured.
    progress
        Called with (what, done, total).
    """
    limits, budget = limits or load_limits(), budget or load_alerts()
    asked: dict[str, tuple[Outcomes, Outcomes]] = {}
    for name in frozen.sets:
        asked[name] = frozen.ask(name, candidate, progress), frozen.ask(name, in_use, progress)
    steps: list[Callable[[], Iterator[Check]]] = [
        *(_paired(limit, frozen, asked[limit.set], budget) for limit in limits.checks if limit.set in asked),
        *(_parity(by, name, limits, frozen, asked[name]) for by in limits.parity.by for name in asked),
    ]
    if timed:
        steps.append(lambda: iter([_timed(limits, frozen, candidate, in_use)]))
    checks: list[Check] = []
    for number, step in enumerate(steps, start=1):
        checks.extend(step())
        if progress is not None:
            progress("checks", number, len(steps))
    return Verdict(candidate.info["sha256"], in_use.info["sha256"], frozen.digest, tuple(checks))


def _paired(
    limit: CheckLimit, frozen: Frozen, asked: tuple[Outcomes, Outcomes], budget: AlertBudget
) -> Callable[[], Iterator[Check]]:
    def check() -> Iterator[Check]:
        found = measure(limit.measure, frozen, limit.set, asked, budget)
        if found is None:
            return
        difference = found.difference
        outcome = decide(difference, limit.margin, better=1 if limit.measure in HIGHER_IS_BETTER else -1)
        zh, en = wording.compared(
            measure=limit.measure,
            on=limit.set,
            candidate=found.candidate,
            in_use=found.in_use,
            difference=difference,
            margin=limit.margin,
            outcome=outcome,
        )
        yield Check(limit.measure, limit.set, found.candidate, found.in_use, difference, limit.margin, outcome, zh, en)

    return check


def decide(difference: Figure, margin: float | None, *, better: int) -> Outcome:
    """What an interval of the difference shows; `better` is 1 where more is better, else -1."""
    if difference.low is None or difference.high is None:
        return "not_measured" if margin is None else "undecided"
    least, most = sorted((-better * difference.low, -better * difference.high))  # how much worse it is
    if margin is None:
        return "worse" if least > _NOTHING else "passed"
    if most <= margin:
        return "passed"
    return "worse" if least > _NOTHING else "undecided"


def _parity(
    by: str, name: str, limits: Limits, frozen: Frozen, asked: tuple[Outcomes, Outcomes]
) -> Callable[[], Iterator[Check]]:
    """The group that is farthest from the others; it refuses where its whole interval is outside of the limits."""

    def check() -> Iterator[Check]:
        low, high = limits.parity.low, limits.parity.high
        named = frozen.groups(name, by)[frozen.labels(name) != "abusive"]
        groups = [group for group in sorted(set(named) - {""}) if (named == group).sum() >= SMALL]
        if len(groups) == 2 and len(set(named) - {""}) == 2:
            groups = groups[:1]  # the other one is its reciprocal
        found = {group: ratio(frozen, name, by, group, asked[0]) for group in groups}
        if not found:
            return

        def outside(group: str) -> float:
            each = found[group]
            assert each.low is not None
            assert each.high is not None
            return max(each.low / high, low / each.high)

        farthest = max(found, key=outside)
        figure = found[farthest]
        outcome: Outcome = "worse" if outside(farthest) > 1 else "passed"
        before = ratio(frozen, name, by, farthest, asked[1]).value
        zh, en = wording.parity(
            by=by, group=farthest, on=name, ratio=figure, before=before, limits=(low, high), outcome=outcome
        )
        yield Check(f"parity_{by}", name, figure.value, before, figure, high, outcome, zh, en)

    return check


def _timed(limits: Limits, frozen: Frozen, candidate: Scorer, in_use: Scorer) -> Check:
    first = next(iter(frozen.sets))
    found = latency(candidate, in_use, frozen.sets[first].chats[: limits.latency.talks])
    assert found.ratio.low is not None
    assert found.ratio.high is not None
    outcome: Outcome = "passed"
    if found.ratio.high > limits.latency.ratio:
        outcome = "worse" if found.ratio.low > 1 else "undecided"
    zh, en = wording.latency(found.candidate, found.in_use, found.ratio, limits.latency.ratio, outcome)
    return Check("latency", first, found.candidate, found.in_use, found.ratio, limits.latency.ratio, outcome, zh, en)
