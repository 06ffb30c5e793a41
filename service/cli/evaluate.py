"""``evaluate``: how well the risk and the reply check hold up on unseen talks and drafts, as tables or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from service.cli.output import write_json, write_text
from service.cli.progress import progress_bar
from service.cli.score import ModelOption, load_scorer

if TYPE_CHECKING:
    # scikit-learn takes a second that other commands need not pay; commands import what they need
    from riskmodel.evaluation import DraftReport, Labelled, Report
    from riskmodel.evaluation.metrics import Figure
    from riskmodel.synthesis import LabelledChat
    from riskmodel.synthesis.leaks import Leak

__all__ = ["evaluate"]

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


def evaluate(
    *,
    chats: Annotated[int, typer.Option(min=200, help="How many synthetic chats to generate.")] = 4000,
    seed: Annotated[int, typer.Option(min=0, help="Of the chats, the splits and the intervals.")] = 0,
    model: ModelOption = None,
    labelled: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="CHATS.jsonl LABELS.jsonl", help="Measure the stored model on labelled chats instead."),
    ] = None,
    drafts: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="DRAFTS.jsonl LABELS.jsonl", help="Measure the reply check on labelled drafts instead."),
    ] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Fit simpler means and measure them too.")] = False,
    leaks: Annotated[bool, typer.Option("--leaks", help="Measure what gives the label away instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Measure on generated chats of scenario families that the fit has not seen, or the stored model on a file."""
    if labelled and drafts:
        raise typer.BadParameter("--labelled and --drafts are measured one at a time; leave out one")
    if leaks and (labelled or drafts):
        raise typer.BadParameter("--leaks is measured on generated chats; leave out --labelled and --drafts")
    if model and not (labelled or drafts):
        raise typer.BadParameter(
            "--model is measured with --labelled or --drafts; generated chats are measured by models fitted here"
        )
    if leaks:
        _print_leaks(*_leaks(chats, seed), as_json=as_json)
        return
    report: Report | DraftReport
    if drafts:
        report = checked = _on_drafts(*drafts, model, seed)
        tables = _draft_tables(checked)
    else:
        report = scored = (
            _on_file(*labelled, model, seed, baselines=chats if baselines else 0)
            if labelled
            else _held_out(chats, seed, baselines=baselines)
        )
        tables = _tables(scored)
    if as_json:
        write_json(report.as_json())
    else:
        _print(report.split, f"Intervals: {report.interval}. {report.note}", tables)


def _generated(count: int, seed: int, move: Any) -> list[LabelledChat]:
    from riskmodel.synthesis import generate  # noqa: PLC0415  # see above

    written = []
    for number, chat in enumerate(generate(count, seed), start=1):
        written.append(chat)
        move("writing chats", number, count)
    return written


def _held_out(count: int, seed: int, *, baselines: bool) -> Report:
    from riskmodel.evaluation import cross_scores, measure_held_out, summarise  # noqa: PLC0415  # see above
    from riskmodel.synthesis import written_chats  # noqa: PLC0415  # see above

    with progress_bar() as move:
        whole = written_chats()
        chats = [*_generated(count, seed, move), *whole]
        measured = measure_held_out(chats, seed=seed, progress=move)
        others = cross_scores(chats, seed=seed, progress=move) if baselines else None
        split = (
            f"{count} generated chats (seed {seed}) and {len(whole)} written whole, cross-validated, "
            "no pair of scenario families and no writer on both sides"
        )
        return summarise(measured, split=split, seed=seed, baselines=others, progress=move)


def _fitted_beside(count: int, seed: int, talks: Sequence[Labelled], move: Any) -> dict[str, Any]:
    """Scores of labelled talks by baselines that were fitted on what the model is fitted on."""
    from riskmodel.evaluation import fit_baselines  # noqa: PLC0415  # see above
    from riskmodel.synthesis import written_chats  # noqa: PLC0415  # see above

    known = [*_generated(count, seed, move), *written_chats()]
    fitted = fit_baselines(
        [chat.conversation for chat in known], [chat.label == "abusive" for chat in known], seed=seed
    )
    asked = [talk.conversation.model_dump(mode="json", exclude_none=True) for talk in talks]
    return {name: score(asked) for name, score in fitted.items()}


def _on_file(chats: Path, labels: Path, model: Path | None, seed: int, *, baselines: int) -> Report:
    from riskmodel.evaluation import measure_labelled, read_labelled, summarise  # noqa: PLC0415  # see above

    talks = read_labelled(chats, labels)
    scorer = load_scorer(model)
    with progress_bar() as move:
        measured = measure_labelled(talks, scorer, progress=move)
        split = f"{len(talks)} labelled chats of {chats.name}, stored model {scorer.info['sha256'][:12]}"
        others = _fitted_beside(baselines, seed, talks, move) if baselines else None
        return summarise(measured, split=split, seed=seed, baselines=others, progress=move)


def _on_drafts(drafts: Path, labels: Path, model: Path | None, seed: int) -> DraftReport:
    from riskmodel.evaluation import measure_drafts, read_drafts, summarise_drafts  # noqa: PLC0415  # see above

    cases = read_drafts(drafts, labels)
    scorer = load_scorer(model)
    with progress_bar() as move:
        checked = measure_drafts(cases, scorer, progress=move)
    split = f"{len(cases)} labelled drafts of {drafts.name}, stored model {scorer.info['sha256'][:12]}"
    return summarise_drafts(checked, split=split, seed=seed)


def _leaks(count: int, seed: int) -> tuple[str, dict[str, Leak]]:
    from riskmodel.synthesis.leaks import LIMITS, measure_leaks  # noqa: PLC0415  # see above

    found: dict[str, Leak] = {}
    with progress_bar() as move:
        written = _generated(count, seed, move)
        for number, channel in enumerate(LIMITS, start=1):
            found |= measure_leaks(written, seed=seed, channels=[channel])
            move("measuring leaks", number, len(LIMITS))
    return f"{count} generated chats (seed {seed}), cross-validated, no scenario file on both sides", found


def _print_leaks(split: str, found: dict[str, Leak], *, as_json: bool) -> None:
    from riskmodel.evaluation import NOTE  # noqa: PLC0415  # see above
    from riskmodel.synthesis.leaks import LIMITS  # noqa: PLC0415  # see above

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


_PLAIN = (
    "auc_peak", "auc_last", "calibration_error", "lead_messages", "delay_messages",
    "detection_error_5", "detection_error_20",
)  # fmt: skip


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
    from riskmodel.evaluation import BASELINES  # noqa: PLC0415  # see above

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
