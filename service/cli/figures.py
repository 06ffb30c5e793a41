"""The tables and the JSON of ``evaluate``; every table is shown with what it was measured on and with its limits."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from riskmodel.evaluation import BASELINES, NOTE, DraftReport, Report
from riskmodel.evaluation.metrics import Figure
from riskmodel.synthesis.leaks import LIMITS, Leak
from service.cli.output import write_json, write_text

__all__ = ["show", "show_drafts", "show_leaks"]

_WIDTH = 110
_FIGURES = {
    "auc_peak": "AUC by the highest risk of a talk · 按全程最高风险",
    "auc_last": "AUC by the risk after the last message · 按最后风险",
    "recall_at_0.01": "recall at 1 % false alarms · 误报 1 % 时的召回",
    "recall_at_0.005": "recall at 0.5 % false alarms · 误报 0.5 % 时的召回",
    "calibration_error": "expected calibration error · 校准误差",
    "clarify_before_commitment": "clarify or more before the first commitment · 首次承诺前已提醒",
    "hold_before_commitment": "hold or more before the first commitment · 首次承诺前已建议暂缓",
    "recall_at_0.001": "recall at 0.1 % false alarms · 误报 0.1 % 时的召回",
    "stopped_before_commitment": "warned, or the very reply stopped by the reply check · 已提醒或回复检查拦下",
    "delay_messages": "messages from a wary moment to clarify, median · 延迟的消息数",
    "detection_error_5": "early detection error, 5 messages (ERDE) · 早期检测误差",
    "detection_error_20": "early detection error, 20 messages (ERDE) · 早期检测误差",
    "precision_at_0.01": "precision at 1 % alerts, 0.5 % prevalence assumed · 告警 1 % 时的精确率",
    "lead_messages": "messages from warning to commitment, median · 提前的消息数",
    "twin_order": "twins in the right order · 成对对话次序正确",
    "unsafe_caught": "unsafe drafts caught · 拦下的不稳妥草稿",
    "safe_passed": "safe drafts passed · 放行的稳妥草稿",
    "pairs_right": "pairs with both halves right · 两半都判对的对照",
    "polarity_right": "unsafe drafts with the right polarity found · 类型判对",
    "span_right": "caught drafts with the right place quoted · 位置判对",
}
_GROUPS = {
    "abusive": "abusive · 含套取或勒索",
    "benign": "benign · 普通",
    "legit_complaint": "legit_complaint · 合理投诉",
    "not_abusive": "both of these · 后两类合计",
}
# shown as numbers, not as shares
_PLAIN = frozenset(
    "auc_peak auc_last calibration_error lead_messages delay_messages detection_error_5 detection_error_20".split()
)


def show(report: Report, *, as_json: bool) -> None:
    """Write a report."""
    _write(report, _tables(report), as_json=as_json)


def show_drafts(report: DraftReport, *, as_json: bool) -> None:
    """Write a report on drafts."""
    _write(report, _draft_tables(report), as_json=as_json)


def _write(report: Report | DraftReport, tables: list[Table], *, as_json: bool) -> None:
    if as_json:
        write_json(report.as_json())
    else:
        _print(report.split, f"Intervals: {report.interval}. {report.note}", tables)


def show_leaks(split: str, found: dict[str, Leak], *, as_json: bool) -> None:
    """Write what each channel alone gives away."""
    if as_json:
        rows = {name: {**leak._asdict(), "limit": LIMITS[name]} for name, leak in found.items()}
        write_json({"split": split, "note": NOTE, "leaks": rows})
        return
    table = _table("What one channel alone tells · 单一渠道能看出多少", "channel", "AUC, 95 % interval", "limit", "")
    for name, leak in found.items():
        within = Text("within", "green") if leak.auc <= LIMITS[name] else Text("above", "bold red")
        table.add_row(name, f"{leak.auc:.3f} [{leak.low:.3f}, {leak.high:.3f}]", f"{LIMITS[name]:.2f}", within)
    _print(split, NOTE, [table])


def _print(split: str, note: str, tables: list[Table]) -> None:
    console = Console(width=_WIDTH, highlight=False)
    with console.capture() as captured:
        for table in tables:
            table.caption = f"{split}\n{note}"
            console.print(table)
            console.print()
    write_text(captured.get().rstrip("\n"))


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        min_width=_WIDTH,
    )
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    return table


def _tables(report: Report) -> list[Table]:
    tables = [_figures(report.figures), _reached(report), _patterns(report), _groups(report)]
    if report.baselines:
        tables.append(_baselines(report))
    for title, rows in (("found least · 最少发现", report.missed), ("alarmed most · 最多误报", report.alarmed)):
        if rows:
            table = _table(f"Families {title}", "family", "label", "clarify or more", "hold or more", "n")
            for row in rows:
                table.add_row(row.family, row.label, f"{row.clarify:.1%}", f"{row.hold:.1%}", str(row.n))
            tables.append(table)
    stated = _table(
        f"Stated and observed risk at prevalence {report.prevalence:.0%} · 校准",
        "risk",
        "weight",
        "stated",
        "observed",
    )
    for item in report.reliability:
        stated.add_row(f"{item.low:.1f}–{item.high:.1f}", *(f"{value:.1%}" for value in item[2:]))
    return [*tables, stated]


def _draft_tables(report: DraftReport) -> list[Table]:
    tables = [_figures(report.figures)]
    for title, rows in (("polarity · 按类型", report.polarities), ("topic · 按话题", report.topics)):
        if rows:
            table = _table(f"Unsafe drafts by {title}", title.partition(" ")[0], "n", "caught", "right polarity found")
            for row in rows:
                table.add_row(row.name, str(row.n), str(row.caught), str(row.polarity))
            tables.append(table)
    return tables


def _figures(figures: dict[str, Figure]) -> Table:
    table = _table("Figures · 指标", "", "95 % interval", "n")
    for name, found in figures.items():
        table.add_row(_FIGURES.get(name, name), _with_interval(found, percent=name not in _PLAIN), str(found.n))
    return table


def _reached(report: Report) -> Table:
    table = _table(
        "Share of talks that ever reached · 曾达到的建议", "label", "clarify or more", "hold or more", "escalate", "n"
    )
    for group, row in report.reached.items():
        cells: Iterator[RenderableType] = (_with_interval(found) for found in row.values())
        table.add_row(_GROUPS.get(group, group), *cells, str(next(iter(row.values())).n))
    return table


def _patterns(report: Report) -> Table:
    table = _table(
        "Abusive talks by pattern · 按类型 (a rate from ten talks up)",
        "pattern",
        "n",
        "clarify or more",
        "hold or more",
    )
    for row in report.patterns:
        table.add_row(
            row.pattern, str(row.n), _counted(row.clarify, row.rate_clarify), _counted(row.hold, row.rate_hold)
        )
    return table


def _baselines(report: Report) -> Table:
    names = {
        "model_last": "this model, last risk · 本模型最后风险",
        "model_peak": "this model, highest risk · 本模型最高风险",
        **BASELINES,
    }
    table = _table("Beside simpler means · 与简单方法对比", "", "AUC", "recall at 1 % false alarms")
    for row in report.baselines:
        table.add_row(names[row.name], _with_interval(row.auc, percent=False), _with_interval(row.recall))
    return table


def _groups(report: Report) -> Table:
    table = _table(
        "False alarms by group, talks without abuse · 各组误报 (* few talks)",
        "",
        "clarify or more",
        "hold or more",
        "n",
    )
    for row in report.groups:
        mark = " *" if row.small else ""
        table.add_row(f"{row.by}: {row.group}{mark}", _with_interval(row.clarify), _with_interval(row.hold), str(row.n))
    return table


def _counted(count: int, rate: float | None) -> str:
    return str(count) if rate is None else f"{count} ({rate:.0%})"


def _with_interval(found: Figure, *, percent: bool = True) -> str:
    def shown(value: float) -> str:
        return f"{value:.1%}" if percent else f"{value:.3g}"

    if found.value is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{shown(found.value)} [too few for an interval]"
    return f"{shown(found.value)} [{shown(found.low)}, {shown(found.high)}]"
