"""Makes the report of measured talks: every figure with its interval, every table from the same talks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from riskmodel.evaluation.early import delay, detection_error, precision_at
from riskmodel.evaluation.metrics import (
    Figure,
    auc,
    calibration_error,
    calibration_sums,
    figure,
    recall_at,
    recall_curve,
    reliability,
    share,
)
from riskmodel.evaluation.parity import parity
from riskmodel.evaluation.report import ADVICE, NOTE, BaselineRow, FamilyRow, PatternRow, Report, SpellingRow
from riskmodel.evaluation.talks import ACTIONS, LABELS, Measured
from riskmodel.model.alerts import load_alerts
from riskmodel.model.bands import Action

__all__ = ["summarise"]

FALSE_ALARM_SHARES = (0.01, 0.005, 0.001)
ALERTS = 0.01  # share of all talks that somebody can look at
HALF_WORTH = (5, 20)  # messages after which a right alarm has lost half of its worth
# a rate of fewer talks than this is noise: only counts are shown
LEAST_FOR_A_RATE = 10
WORST = 10
TENTHS = 10


def summarise(
    measured: Sequence[Measured],
    *,
    split: str,
    seed: int = 0,
    resamples: int = 1000,
    baselines: Mapping[str, NDArray[np.float64]] | None = None,
    spellings: Mapping[str, NDArray[np.float64]] | None = None,
    prevalence: float | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Make the report.

    Parameters
    ----------
    measured
        Talks of both kinds.
    split
        One line: what was measured on what.
    seed, resamples
        Of the bootstrap.
    baselines
        By name the scores of the same talks, shape (m,) each.
    spellings
        By name the highest risks of the same talks spelt otherwise, shape (m,) each.
    prevalence
        The share of abusive talks that the risks are stated for; by default the project's.
    progress
        Called with (what, done, total).
    """
    talks = _Talks(measured, seed, resamples, prevalence or load_alerts().prevalence)
    steps: list[tuple[str, Callable[[], Figure]]] = [
        ("auc_peak", lambda: talks.figure(lambda at: auc(talks.abusive[at], talks.peaks[at]))),
        ("auc_last", lambda: talks.figure(lambda at: auc(talks.abusive[at], talks.lasts[at]))),
        *((f"recall_at_{allowed:g}", talks.recall(allowed)) for allowed in FALSE_ALARM_SHARES),
        ("calibration_error", talks.calibration_error),
        *((f"{advice}_before_commitment", talks.warned(advice)) for advice in ("clarify", "hold")),
        ("stopped_before_commitment", talks.stopped),
        ("lead_messages", talks.lead),
        ("delay_messages", talks.delay),
        *((f"detection_error_{after}", talks.detection_error(after)) for after in HALF_WORTH),
        (f"precision_at_{ALERTS:g}", talks.precision),
        ("twin_order", talks.twin_order),
    ]
    figures = {}
    for number, (name, step) in enumerate(steps, start=1):
        figures[name] = step()
        if progress is not None:
            progress("intervals", number, len(steps))
    families = _families(measured)
    # a family of one chat says nothing of itself
    ranked = [row for row in families if row.n > 1] or families
    clusters = "pairs of scenario families" if families else "talks"
    return Report(
        split=split,
        note=NOTE,
        interval=f"95 %, bootstrap over {clusters}, {resamples} resamples, seed {seed}",
        talks={label: sum(talk.label == label for talk in measured) for label in LABELS},
        figures=figures,
        reached={group: talks.reached(group) for group in (*LABELS, "not_abusive")},
        patterns=_patterns(measured),
        baselines=talks.compared(baselines or {}),
        spellings=[talks.respelt(name, peaks) for name, peaks in (spellings or {}).items()],
        groups=parity(measured),
        missed=sorted(
            (row for row in ranked if row.label == "abusive"), key=lambda row: (row.hold, row.clarify, row.family)
        )[:WORST],
        alarmed=sorted(
            (row for row in ranked if row.label != "abusive" and row.clarify),
            key=lambda row: (-row.hold, -row.clarify, row.family),
        )[:WORST],
        reliability=reliability(talks.abusive, talks.sums, talks.prevalence),
        prevalence=talks.prevalence,
        curve=recall_curve(talks.abusive, talks.peaks),
        heights={label: talks.heights(label) for label in LABELS},
    )


class _Talks:
    """Measured talks as arrays, one entry a talk."""

    def __init__(self, measured: Sequence[Measured], seed: int, resamples: int, prevalence: float) -> None:
        self._measured = measured
        self.prevalence = prevalence
        self._seed, self._resamples = seed, resamples
        self.labels = np.array([talk.label for talk in measured])
        self.abusive = (self.labels == "abusive").astype(int)
        self.clusters = np.array([talk.cluster for talk in measured])
        self.peaks = np.array([talk.peak for talk in measured])
        self.lasts = np.array([float(talk.risks[-1]) for talk in measured])
        self.highest = np.array([talk.highest_action for talk in measured])
        self.sums = calibration_sums([talk.risks for talk in measured])

    def figure(
        self, statistic: Callable[[NDArray[np.int_]], float], share_of: NDArray[np.bool_] | None = None
    ) -> Figure:
        return figure(statistic, self.clusters, seed=self._seed, resamples=self._resamples, share_of=share_of)

    def calibration_error(self) -> Figure:
        return self.figure(lambda at: calibration_error(self.abusive[at], self.sums[at], self.prevalence))

    def recall(self, allowed: float) -> Callable[[], Figure]:
        return lambda: self.figure(lambda at: recall_at(self.abusive[at], self.peaks[at], allowed), self.abusive == 1)

    def warned(self, advice: Action) -> Callable[[], Figure]:
        return lambda: self._share(
            [
                (talk.cluster, talk.lead(advice) is not None)
                for talk in self._measured
                if talk.label == "abusive" and talk.commitment is not None
            ]
        )

    def stopped(self) -> Figure:
        """Share of the commitments before which clarify was given, or which the reply check would have stopped."""
        return self._share(
            [
                (talk.cluster, bool(talk.stopped) or talk.lead("clarify") is not None)
                for talk in self._measured
                if talk.label == "abusive" and talk.stopped is not None
            ]
        )

    def delay(self) -> Figure:
        """Median number of messages from where one would slow down to the first warning, of the talks that had one."""
        found = [(talk.cluster, delay(talk, "clarify")) for talk in self._measured]
        return self._median([(cluster, value) for cluster, value in found if value is not None])

    def detection_error(self, after: float) -> Callable[[], Figure]:
        errors = np.array([detection_error(talk, "clarify", after=after) for talk in self._measured])
        return lambda: self.figure(lambda at: float(errors[at].mean()))

    def compared(self, baselines: Mapping[str, NDArray[np.float64]]) -> list[BaselineRow]:
        if not baselines:
            return []

        def row(name: str, values: NDArray[np.float64]) -> BaselineRow:
            return BaselineRow(
                name,
                self.figure(lambda at: auc(self.abusive[at], values[at])),
                self.figure(
                    lambda at: recall_at(self.abusive[at], values[at], FALSE_ALARM_SHARES[0]), self.abusive == 1
                ),
            )

        # the model after the last message has read as much as a baseline
        scores = {"model_last": self.lasts, "model_peak": self.peaks, **baselines}
        return [row(name, values) for name, values in scores.items()]

    def respelt(self, name: str, peaks: NDArray[np.float64]) -> SpellingRow:
        allowed = FALSE_ALARM_SHARES[0]
        return SpellingRow(
            name,
            self.figure(lambda at: auc(self.abusive[at], peaks[at])),
            self.figure(lambda at: auc(self.abusive[at], self.peaks[at]) - auc(self.abusive[at], peaks[at])),
            self.figure(
                lambda at: (
                    recall_at(self.abusive[at], self.peaks[at], allowed)
                    - recall_at(self.abusive[at], peaks[at], allowed)
                )
            ),
        )

    def heights(self, label: str) -> list[float]:
        """Share of the label's talks whose highest risk is in each tenth."""
        found = self.peaks[self.labels == label]
        counts, _ = np.histogram(found, bins=TENTHS, range=(0.0, 1.0))
        shares: list[float] = (counts / max(len(found), 1)).tolist()
        return shares

    def precision(self) -> Figure:
        return self.figure(lambda at: precision_at(self.abusive[at], self.peaks[at], ALERTS))

    def lead(self) -> Figure:
        """Median number of messages from the first warning to the commitment, of the talks that were warned."""
        leads = [(talk.cluster, talk.lead("clarify")) for talk in self._measured if talk.label == "abusive"]
        return self._median([(cluster, lead) for cluster, lead in leads if lead is not None])

    def _median(self, found: Sequence[tuple[str, int]]) -> Figure:
        values = np.array([value for _, value in found], dtype=np.float64)
        return figure(
            lambda at: float(np.median(values[at])) if len(at) else float("nan"),
            np.array([cluster for cluster, _ in found]),
            seed=self._seed,
            resamples=self._resamples,
        )

    def twin_order(self) -> Figure:
        """Share of twins of which the abusive talk reached the higher risk."""
        pairs = {
            tuple(sorted((index, talk.twin))) for index, talk in enumerate(self._measured) if talk.twin is not None
        }
        rows = []
        for pair in sorted(pairs):
            abusive, other = sorted(pair, key=lambda index: self.abusive[index], reverse=True)
            rows.append((self._measured[abusive].cluster, bool(self.peaks[abusive] > self.peaks[other])))
        return self._share(rows)

    def reached(self, group: str) -> dict[str, Figure]:
        chosen = self.abusive == 0 if group == "not_abusive" else self.labels == group
        return {
            advice: self._share(
                list(zip(self.clusters[chosen], self.highest[chosen] >= ACTIONS.index(advice), strict=True))
            )
            for advice in ADVICE
        }

    def _share(self, rows: Sequence[tuple[str, bool]]) -> Figure:
        flags = np.array([flag for _, flag in rows], dtype=bool)
        clusters = np.array([cluster for cluster, _ in rows])
        return figure(
            lambda at: share(flags[at]),
            clusters,
            seed=self._seed,
            resamples=self._resamples,
            share_of=np.ones(len(flags), dtype=bool),
        )


def _patterns(measured: Sequence[Measured]) -> list[PatternRow]:
    highest: dict[str, list[int]] = {}
    for talk in measured:
        if talk.label == "abusive":
            for pattern in talk.patterns:
                highest.setdefault(pattern, []).append(talk.highest_action)
    rows = []
    for pattern, values in sorted(highest.items(), key=lambda item: (-len(item[1]), item[0])):
        n, clarify, hold = (
            len(values),
            *(sum(value >= ACTIONS.index(advice) for value in values) for advice in ADVICE[:2]),
        )
        enough = n >= LEAST_FOR_A_RATE
        rows.append(
            PatternRow(pattern, n, clarify, hold, clarify / n if enough else None, hold / n if enough else None)
        )
    return rows


def _families(measured: Sequence[Measured]) -> list[FamilyRow]:
    talks: dict[tuple[str, str], list[int]] = {}
    for talk in measured:
        if talk.family is not None:
            talks.setdefault((talk.family, talk.label), []).append(talk.highest_action)
    return [
        FamilyRow(
            family,
            label,
            len(values),
            *(float(np.mean([value >= ACTIONS.index(advice) for value in values])) for advice in ADVICE[:2]),
        )
        for (family, label), values in sorted(talks.items())
    ]
