"""The drift report as one HTML file, in Chinese and English, without a script; nothing is fetched from anywhere."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from riskmodel.drift import Shift
from riskmodel.features import FEATURES
from riskmodel.intervals import Figure
from riskmodel.monitoring.weeks import FEW, Drift, Week

__all__ = ["metrics", "page"]

_TEXTS: Final = {feature.name: (feature.zh, feature.en) for feature in FEATURES} | {"risk": ("风险", "the risk")}
_LARGEST: Final = 12  # columns of a week that are listed, those that moved most


def page(report: Drift, *, made: str, model: str, talks: str) -> str:
    """The page; the same report gives the same bytes.

    Parameters
    ----------
    report
        The weeks.
    made
        When it was made, as it is to be read.
    model
        How the digest of the model begins.
    talks
        Whose talks these are, as it is to be read.
    """
    templates = Environment(
        loader=PackageLoader("riskmodel.monitoring"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"share": _share, "shift": _shift}
    return templates.get_template("drift.html").render(
        report=report,
        made=made,
        model=model,
        talks=talks,
        few=FEW,
        texts=_TEXTS,
        columns=len(FEATURES),
        largest=[(week, _largest(week)) for week in reversed(report.weeks)],
    )


def metrics(report: Drift) -> str:
    """The figures of the latest week in the text format of Prometheus; nothing where there is no week.

    It names no shop: whoever runs several scrapes one file for all of them.
    """
    if not report.weeks:
        return ""
    week = report.weeks[-1]
    moved = sum(each.shown for each in week.columns)
    rows: list[tuple[str, str, float | None]] = [
        ("talks", "Talks that began in the latest week of the drift report.", week.talks),
        ("held_ratio", "Share of them that ever was to be held.", week.held.value),
        ("held_budget_ratio", "Share of talks without abuse that may be held.", report.budget),
        ("expected_recall_ratio", "Expected share of abuse held, without labels.", week.expected.recall.value),
        ("risk_psi", "Population stability of the risk against training.", week.risk.psi.value),
        ("risk_ks", "Kolmogorov-Smirnov distance of the risk to training.", week.risk.ks.value),
        ("risk_since_psi", "Population stability of the risk against the first week.", week.risk.psi_since.value),
        ("columns_moved", "Columns that moved since the report's first week, beyond chance.", moved),
        ("few_talks", "Whether the week has too few talks to show any but a great change.", float(week.few)),
    ]
    lines = []
    for name, what, value in rows:
        if value is not None:
            full = f"baitwatch_drift_{name}"
            lines += [f"# HELP {full} {what}", f"# TYPE {full} gauge", f"{full} {value:.6g}"]
    return "\n".join([*lines, ""])


def _largest(week: Week) -> list[object]:
    moved = sorted(week.columns, key=lambda each: (not each.shown, -(each.psi_since.value or 0.0), each.name))
    return [each for each in moved[:_LARGEST] if each.psi.value]


def _share(figure: Figure, digits: int = 2) -> str:
    if figure.value is None:
        return "–"
    bounds = ", ".join(f"{bound:.{digits}%}" for bound in (figure.low, figure.high) if bound is not None)
    return f"{figure.value:.{digits}%} [{bounds}]" if bounds else f"{figure.value:.{digits}%}"


def _shift(shift: Shift) -> str:
    if shift.value is None or shift.by_chance is None:
        return "–"
    return f"{shift.value:.3f} (≤ {shift.by_chance:.3f})"
