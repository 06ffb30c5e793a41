"""The figures of a simulated year, each with its interval, and their picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from riskmodel.gate.frozen import Frozen, Outcomes
from riskmodel.gate.limits import Measure
from riskmodel.gate.paired import HIGHER_IS_BETTER, measure
from riskmodel.intervals import Figure, figure
from riskmodel.model.alerts import load_alerts
from riskmodel.model.bands import ACTIONS

__all__ = ["BEGIN", "END", "alarms", "compared", "draw", "publish", "shown_worse", "summary", "tables"]

_PLACES: Final = {action: place for place, action in enumerate(ACTIONS.values())}
BEGIN: Final = "<!-- figures: begin. Written by `benchmarks.year`. -->"
END: Final = "<!-- figures: end -->"
_COMPARED: Final[tuple[Measure, ...]] = tuple(each for each in get_args(Measure) if each != "calibration_error")
# told apart without colour vision; source: the Okabe-Ito palette
_ARMS: Final = {
    "never": ("never retrained", "#d55e00", "o"),
    "monthly": ("retrained monthly, with the gate", "#0072b2", "s"),
}


def _plain(found: Figure) -> list[Any]:
    """Value, bounds, number of talks."""
    return [None if each is None else round(each, 5) for each in (found.value, found.low, found.high)] + [found.n]


def alarms(came: Frozen, asked: Outcomes, new: NDArray[np.bool_]) -> dict[str, list[Any]]:
    """Shares of a month's talks that ever reach an advice: of abusive ones, of the new pattern, of all others.

    The intervals resample pairs of families.
    """
    abusive = came.labels("month") == "abusive"
    found = {}
    for advice in ("clarify", "hold"):
        reached = asked.strongest >= _PLACES[advice]
        for name, of in (("recall", abusive), ("recall_new", new), ("false_alarms", ~abusive)):
            found[f"{name}_{advice}"] = _plain(_share(reached[of], came.clusters("month")[of]))
    return found


def _share(reached: NDArray[np.bool_], clusters: NDArray[Any]) -> Figure:
    if not len(reached):
        return Figure(None, None, None, 0)
    return figure(lambda at: float(reached[at].mean()), clusters, share_of=np.ones(len(reached), dtype=bool))


def compared(came: Frozen, first: Outcomes, second: Outcomes) -> dict[str, list[Any]]:
    """Differences of two models on a month's talks, talk by talk, as the gate takes them."""
    found = {name: measure(name, came, "month", (first, second), load_alerts()) for name in _COMPARED}
    return {name: _plain(each.difference) for name, each in found.items() if each is not None}


def shown_worse(differences: dict[str, list[Any]]) -> list[str]:
    """The measures by which the first model is shown to be worse: the whole interval is on that side."""
    worse = []
    for name, (_, low, high, _n) in differences.items():
        if low is not None and (high < 0 if name in HIGHER_IS_BETTER else low > 0):
            worse.append(name)
    return worse


def summary(month: dict[str, Any]) -> str:
    """A month in one line."""
    said = [f"month {month['month']:2}, {month['talks']} talks, in use: {month['in_use']};"]
    for arm in _ARMS:
        values = [month[arm][f"{name}_clarify"][0] for name in ("recall", "false_alarms")]
        said.append(f"{arm}: recall {values[0]:.1%}, false alarms {values[1]:.1%};")
    if "refused" in month:
        became = f"refused, {'; '.join(month['refused'])}" if month["refused"] else "promoted"
        said.append(f"candidate from {month['learned']} talks: {became};")
    return " ".join(said)


def tables(months: Sequence[dict[str, Any]]) -> str:
    """Two tables in Markdown: both arms by month, and what became of each candidate and how it did after."""
    lines = [
        "| Month | Talks | Recall, never | Recall, monthly | False alarms, never | False alarms, monthly | In use |"
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for month in months:
        cells = [_percent(month[arm][f"{name}_clarify"]) for name in ("recall", "false_alarms") for arm in _ARMS]
        lines.append(f"| {month['month']} | {month['talks']} | {' | '.join(cells)} | {month['in_use']} |")
    lines += [
        "",
        "| End of month | Labels | The gate | After: recall at the budget | Recall at hold | Shown worse by |",
    ]
    lines.append("|---|---|---|---|---|---|")
    for month in months:
        if "refused" in month:
            found = month["candidate_less_in_use"]
            gate = f"refused ({len(month['refused'])})" if month["refused"] else "promoted"
            cells = [_points(found[name]) for name in ("recall_at_budget", "recall_at_hold")]
            worse = ", ".join(f"`{name}`" for name in shown_worse(found)) or "nothing"
            lines.append(f"| {month['month']} | {month['learned']} | {gate} | {' | '.join(cells)} | {worse} |")
    return "\n".join(lines) + "\n"


def publish(folder: Path, measured: dict[str, Any], appears: int) -> None:
    """Put figures, picture and tables into a folder that has the page ``year.md``, the tables between its marks."""
    page, months = folder / "year.md", measured["months"]
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    settings = ", ".join(f"`{name}` {value}" for name, value in measured["settings"].items())
    told = f"Settings: {settings}; {len(months)} months.\n\n{tables(months)}"
    page.write_text(f"{before}{begin}\n{told}{end}{after}", "utf-8")
    (folder / "year.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "year.svg").write_text(draw(months, appears), "utf-8")


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def _percent(found: list[Any]) -> str:
    value, low, high, n = found
    return "none" if value is None else f"{value:.1%} [{low:.1%}, {high:.1%}] of {n}"


def _points(found: list[Any]) -> str:
    value, low, high, _ = found
    return f"{100 * value:+.1f}" if low is None else f"{100 * value:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def draw(months: Sequence[dict[str, Any]], appears: int) -> str:
    """Recall and false alarms of both arms by month as SVG; the same figures give the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415  # an extra, and a second to import
    from matplotlib.figure import Figure as Page  # noqa: PLC0415  # an extra, and a second to import

    style: Any = {"svg.fonttype": "none", "svg.hashsalt": "baitwatch", "font.size": 9.0}
    with mpl.rc_context({**style, "axes.spines.top": False, "axes.spines.right": False}):
        page = Page(figsize=(8.4, 5.4), layout="constrained")
        grid = page.subplots(2, 2, sharex=True)
        for row, (name, title) in enumerate(
            (("recall", "abusive talks alarmed"), ("false_alarms", "other talks alarmed"))
        ):
            for column, advice in enumerate(("clarify", "hold")):
                axes = grid[row][column]
                for shift, (arm, (label, colour, marker)) in zip((-0.1, 0.1), _ARMS.items(), strict=True):
                    points = [month[arm][f"{name}_{advice}"] for month in months]
                    at = [month["month"] + shift for month in months]
                    values = [100 * point[0] for point in points]
                    below = [100 * (point[0] - point[1]) for point in points]
                    above = [100 * (point[2] - point[0]) for point in points]
                    axes.errorbar(
                        at,
                        values,
                        yerr=[below, above],
                        color=colour,
                        marker=marker,
                        ms=4,
                        lw=1.2,
                        elinewidth=0.8,
                        label=label,
                    )
                axes.axvline(appears - 0.5, color="#777777", ls=":", lw=1)
                if name == "false_alarms":
                    budget = getattr(load_alerts().false_alarms, advice)
                    axes.axhline(100 * budget, color="#777777", lw=0.8, ls="--")
                    axes.set_xlabel("month; new pattern from the dotted line on")
                axes.set(title=f"{title}: {advice} or stronger", ylabel="%", xticks=range(1, len(months) + 1))
                axes.set_ylim(bottom=0)
        handles, labels = grid[0][0].get_legend_handles_labels()
        page.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
        written = StringIO()
        page.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    return svg[svg.index("<svg") :]
