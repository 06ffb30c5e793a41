"""The report's plots, as SVG whose text stays text; Matplotlib comes with ``baitwatch[notebook]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

from riskmodel.evaluation.metrics import Figure as Measured
from riskmodel.evaluation.report import ADVICE, Report
from riskmodel.evaluation.talks import LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PLOTS", "can_draw", "draw", "forest"]

# told apart without colour vision, on white and on dark; source: the Okabe-Ito palette
_COLOURS = dict(zip(LABELS, ("#d55e00", "#0072b2", "#009e73"), strict=True))
_GREY = "#777777"
_SIZE = (6.4, 3.6)  # inches
_LEAST_SHOWN = 5e-4  # share of false alarms at which a logarithmic axis begins
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "baitwatch",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def can_draw() -> bool:
    """Whether Matplotlib is installed."""
    try:
        import matplotlib as _  # noqa: F401, PLC0415  # an extra, and a second to import
    except ImportError:
        return False
    return True


def draw(report: Report, name: str) -> str:
    """One of `PLOTS` as SVG; the same report gives the same bytes.

    Raises
    ------
    ImportError
        Where Matplotlib is not installed.
    """
    import matplotlib as mpl  # noqa: PLC0415  # an extra, and a second to import
    from matplotlib.figure import Figure  # noqa: PLC0415  # an extra, and a second to import

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        PLOTS[name][1](figure.add_subplot(), report)
        written = StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    return svg[svg.index("<svg") :]


def _curve(axes: Axes, report: Report) -> None:
    shares = [max(point.false_alarms, _LEAST_SHOWN) for point in report.curve]
    axes.step(shares, [point.recall for point in report.curve], where="post", color=_COLOURS["abusive"])
    axes.axvline(0.01, color=_GREY, linestyle=":", linewidth=1)
    axes.set(xscale="log", xlim=(_LEAST_SHOWN, 1), ylim=(0, 1.02))
    axes.set(xlabel="share of talks without abuse that are alarmed", ylabel="share of abusive talks found")


def _heights(axes: Axes, report: Report) -> None:
    bins = len(next(iter(report.heights.values())))
    width = 1 / bins
    for number, label in enumerate(LABELS):
        left = [(at + 0.1 + 0.8 * number / len(LABELS)) * width for at in range(bins)]
        axes.bar(
            left, report.heights[label], width * 0.8 / len(LABELS), align="edge", label=label, color=_COLOURS[label]
        )
    axes.set(xlabel="highest risk that a talk reaches", ylabel="share of the label's talks", xlim=(0, 1))
    axes.legend(frameon=False)


def _reached(axes: Axes, report: Report) -> None:
    for number, label in enumerate(LABELS):
        places = [at + 0.8 * (number - 1) / len(LABELS) for at in range(len(ADVICE))]
        _with_bars(axes, places, [report.reached[label][advice] for advice in ADVICE], label)
    axes.set_xticks(range(len(ADVICE)), [f"{advice} or more" for advice in ADVICE])
    axes.set(ylabel="share of talks that ever reached", ylim=(0, 1.02))
    axes.legend(frameon=False)


def _with_bars(axes: Axes, places: list[float], found: list[Measured], label: str) -> None:
    values = [item.value or 0.0 for item in found]
    lows = [value - (value if item.low is None else item.low) for value, item in zip(values, found, strict=True)]
    highs = [(value if item.high is None else item.high) - value for value, item in zip(values, found, strict=True)]
    axes.errorbar(
        places, values, yerr=(lows, highs), fmt="o", capsize=3, markersize=4, label=label, color=_COLOURS[label]
    )


def _stated(axes: Axes, report: Report) -> None:
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle=":", linewidth=1)
    sizes = [20 + 300 * item.weight for item in report.reliability]
    stated, observed = ([getattr(item, name) for item in report.reliability] for name in ("stated", "observed"))
    axes.scatter(stated, observed, s=sizes, color=_COLOURS["benign"], alpha=0.8)
    axes.set(xlabel="stated risk", ylabel="observed share", xlim=(0, 1), ylim=(0, 1.02))


def _groups(axes: Axes, report: Report) -> None:
    rows = {f"{row.by}: {row.group}{' *' if row.small else ''}": row.clarify for row in report.groups}
    forest(axes, rows)
    axes.set(xlabel="false alarms, clarify or more (* few talks)", xlim=(0, None))


def forest(
    axes: Axes, rows: Mapping[str, Measured], *, label: str | None = None, colour: str | None = None, shift: float = 0.0
) -> None:
    """Figures with their intervals as one row each, the first on top; what could not be measured leaves its row empty.

    Parameters
    ----------
    axes
        To draw on.
    rows
        By name.
    label, colour
        Where several series stand on the same rows.
    shift
        How much lower this series stands, in rows.
    """
    places = [len(rows) - 1 - place - shift for place in range(len(rows))]
    # an empty row is drawn all the same, so that each name keeps its place
    values = [float("nan") if found.value is None else found.value for found in rows.values()]
    lows = [
        value - (value if found.low is None else found.low) for value, found in zip(values, rows.values(), strict=True)
    ]
    highs = [
        (value if found.high is None else found.high) - value
        for value, found in zip(values, rows.values(), strict=True)
    ]
    axes.errorbar(
        values,
        places,
        xerr=(lows, highs),
        fmt="o",
        capsize=3,
        markersize=4,
        label=label,
        color=colour or _COLOURS["benign"],
    )
    axes.set_yticks(range(len(rows)), list(rows)[::-1])


PLOTS: dict[str, tuple[str, Callable[[Axes, Report], None]]] = {
    "curve": ("What is found at which share of false alarms · 各误报率下的召回", _curve),
    "reached": ("How far talks went, with 95 % intervals · 各类对话曾达到的建议", _reached),
    "heights": ("The highest risk of a talk, by label · 全程最高风险的分布", _heights),
    "stated": ("Stated and observed risk · 校准", _stated),
    "groups": ("False alarms by group, with 95 % intervals · 各组误报", _groups),
}
"""Title and drawing of each plot, by name, in the order of the page."""
