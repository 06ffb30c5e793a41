"""The tables of a report as plain strings, bilingual: one content for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from riskmodel.evaluation.baselines import BASELINES
from riskmodel.evaluation.drafts import DraftReport
from riskmodel.evaluation.metrics import Figure
from riskmodel.evaluation.report import FamilyRow, Report
from riskmodel.synthesis.leaks import LIMITS, Leaks

__all__ = ["ABOVE", "WITHIN", "Sheet", "draft_sheets", "leak_sheets", "report_sheets", "with_interval"]

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
_MODEL = {
    "model_last": "this model, last risk · 本模型最后风险",
    "model_peak": "this model, highest risk · 本模型最高风险",
}
_SPELLINGS = {
    "traditional": "traditional characters · 繁体字",
    "evasive": "evasive spelling · 规避写法",
    "typos": "slips of a keyboard · 错别字",
    "zero_width": "invisible characters · 零宽字符",
    "full_width": "wide figures and letters · 全角字符",
}
# shown as numbers, not as shares
_PLAIN = frozenset(
    "auc_peak auc_last calibration_error lead_messages delay_messages detection_error_5 detection_error_20".split()
)


WITHIN, ABOVE = "within", "above"
"""What a limit's last cell says."""


class Sheet(NamedTuple):
    """One table: every row has as many cells as there are columns, the first is a name."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def report_sheets(report: Report) -> list[Sheet]:
    """All tables of a report; those without rows are left out."""
    sheets = [
        _figures(report.figures),
        _reached(report),
        _patterns(report),
        _groups(report),
        _spellings(report),
        _baselines(report),
        _families("found least · 最少发现", report.missed),
        _families("alarmed most · 最多误报", report.alarmed),
        Sheet(
            f"Stated and observed risk at prevalence {report.prevalence:.0%} · 校准",
            ("risk", "weight", "stated", "observed"),
            [
                (f"{item.low:.1f}–{item.high:.1f}", *(f"{value:.1%}" for value in item[2:]))
                for item in report.reliability
            ],
        ),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def draft_sheets(report: DraftReport) -> list[Sheet]:
    """All tables of a report on drafts; those without rows are left out."""
    sheets = [_figures(report.figures)]
    for title, rows in (("polarity · 按类型", report.polarities), ("topic · 按话题", report.topics)):
        sheets.append(
            Sheet(
                f"Unsafe drafts by {title}",
                (title.partition(" ")[0], "n", "caught", "right polarity found"),
                [(row.name, str(row.n), str(row.caught), str(row.polarity)) for row in rows],
            )
        )
    return [sheet for sheet in sheets if sheet.rows]


def leak_sheets(found: Leaks) -> list[Sheet]:
    """What each channel alone gives away, beside its limit, and how many talks come nearly twice."""
    rows = [
        (
            name,
            f"{leak.auc:.3f} [{leak.low:.3f}, {leak.high:.3f}]",
            f"{LIMITS[name]:.2f}",
            _within(leak.auc, LIMITS[name]),
        )
        for name, leak in found.channels.items()
    ]
    twice = found.near_duplicates
    return [
        Sheet(
            "What one channel alone tells · 单一渠道能看出多少", ("channel", "AUC, 95 % interval", "limit", ""), rows
        ),
        Sheet(
            "Talks that nearly repeat one of the other side of the split · 训练与测试间的近似重复",
            ("", "talks", "limit", ""),
            [("near duplicates", str(twice), "0", _within(twice, 0))],
        ),
    ]


def _within(value: float, limit: float) -> str:
    return WITHIN if value <= limit else ABOVE


def _figures(figures: Mapping[str, Figure]) -> Sheet:
    rows = [
        (_FIGURES.get(name, name), with_interval(found, percent=name not in _PLAIN), str(found.n))
        for name, found in figures.items()
    ]
    return Sheet("Figures · 指标", ("", "95 % interval", "n"), rows)


def _reached(report: Report) -> Sheet:
    return Sheet(
        "Share of talks that ever reached · 曾达到的建议",
        ("label", "clarify or more", "hold or more", "escalate", "n"),
        [
            (
                _GROUPS.get(group, group),
                *(with_interval(found) for found in row.values()),
                str(next(iter(row.values())).n),
            )
            for group, row in report.reached.items()
        ],
    )


def _patterns(report: Report) -> Sheet:
    return Sheet(
        "Abusive talks by pattern · 按类型 (a rate from ten talks up)",
        ("pattern", "n", "clarify or more", "hold or more"),
        [
            (row.pattern, str(row.n), _counted(row.clarify, row.rate_clarify), _counted(row.hold, row.rate_hold))
            for row in report.patterns
        ],
    )


def _groups(report: Report) -> Sheet:
    return Sheet(
        "False alarms by group, talks without abuse · 各组误报 (* few talks)",
        ("", "clarify or more", "hold or more", "n"),
        [
            (
                f"{row.by}: {row.group}{' *' if row.small else ''}",
                with_interval(row.clarify),
                with_interval(row.hold),
                str(row.n),
            )
            for row in report.groups
        ],
    )


def _spellings(report: Report) -> Sheet:
    return Sheet(
        "The same talks, spelt otherwise, recall at 1 % false alarms · 换一种写法",
        ("", "AUC", "AUC lost", "recall lost"),
        [
            (
                _SPELLINGS[row.name],
                with_interval(row.auc, percent=False),
                with_interval(row.auc_lost, percent=False),
                with_interval(row.recall_lost),
            )
            for row in report.spellings
        ],
    )


def _baselines(report: Report) -> Sheet:
    names = _MODEL | BASELINES
    return Sheet(
        "Beside simpler means · 与简单方法对比",
        ("", "AUC", "recall at 1 % false alarms"),
        [
            (names[row.name], with_interval(row.auc, percent=False), with_interval(row.recall))
            for row in report.baselines
        ],
    )


def _families(title: str, rows: Sequence[FamilyRow]) -> Sheet:
    return Sheet(
        f"Families {title}",
        ("family", "label", "clarify or more", "hold or more", "n"),
        [(row.family, row.label, f"{row.clarify:.1%}", f"{row.hold:.1%}", str(row.n)) for row in rows],
    )


def _counted(count: int, rate: float | None) -> str:
    return str(count) if rate is None else f"{count} ({rate:.0%})"


def with_interval(found: Figure, *, percent: bool = True) -> str:
    """A figure with its bounds, as all tables write it."""

    def shown(value: float) -> str:
        return f"{value:.1%}" if percent else f"{round(value, 3) + 0.0:g}"  # -0.0 is no figure

    if found.value is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{shown(found.value)} [too few for an interval]"
    return f"{shown(found.value)} [{shown(found.low)}, {shown(found.high)}]"
