"""The sentences of the gate, in Chinese and English: which check, both values, the interval, the limit, the outcome."""

from __future__ import annotations

from riskmodel.intervals import Figure

__all__ = ["compared", "latency", "parity"]

_MEASURES = {
    "recall_at_budget": ("误报预算内的检出率", "recall at the alert budget"),
    "recall_at_hold": ("达到“暂缓”的检出率", "recall at hold by its own bands"),
    "hold_ordinary": ("普通会话被提示“暂缓”的比例", "share of ordinary talks held"),
    "clarify_ordinary": ("普通会话被提示“先问清”的比例", "share of ordinary talks to clarify"),
    "hold_complaints": ("正当投诉被提示“暂缓”的比例", "share of legitimate complaints held"),
    "clarify_complaints": ("正当投诉被提示“先问清”的比例", "share of legitimate complaints to clarify"),
    "calibration_error": ("校准误差", "calibration error"),
}
_SETS = {
    "generated": ("生成的冻结集", "generated frozen set"),
    "written": ("手写的冻结集", "written frozen set"),
}
_BY = {"region": ("地区", "region"), "platform": ("平台", "platform"), "payment": ("付款方式", "payment")}
_OUTCOMES = {
    "passed": ("通过", "passed"),
    "worse": ("确实变差，不予启用", "shown to be worse, refused"),
    "undecided": (
        "这些会话不足以排除变差，不予启用；请用更大的冻结集",
        "these talks cannot rule out that it is worse, refused; a larger frozen set can",
    ),
    "not_measured": ("无法衡量", "could not be measured"),
}


def compared(
    *, measure: str, on: str, candidate: float, in_use: float, difference: Figure, margin: float | None, outcome: str
) -> tuple[str, str]:
    """Of a measure of both models on the same talks."""
    (zh, en), (set_zh, set_en), (end_zh, end_en) = _MEASURES[measure], _set(on), _OUTCOMES[outcome]
    bounds = _interval(difference, _points)
    allowed_zh = f"最多允许变差 {_plain(margin)} 个百分点" if margin is not None else "不得确证变差"
    allowed_en = f"may be worse by {_plain(margin)} points at most" if margin is not None else "must not be shown worse"
    return (
        f"{zh}（{set_zh}，{difference.n} 段）：候选 {candidate:.1%}，在用 {in_use:.1%}，"
        f"相差 {bounds} 个百分点，{allowed_zh}：{end_zh}",
        f"{en} ({set_en}, {difference.n} talks): candidate {candidate:.1%}, in use {in_use:.1%}, "
        f"difference {bounds} points, {allowed_en}: {end_en}",
    )


def parity(
    *, by: str, group: str, on: str, ratio: Figure, before: float | None, limits: tuple[float, float], outcome: str
) -> tuple[str, str]:
    """Of the group that is farthest from the others."""
    (by_zh, by_en), (set_zh, set_en), (end_zh, end_en) = _BY[by], _set(on), _OUTCOMES[outcome]
    bounds, (low, high) = _interval(ratio, lambda value: f"{value:.2f}"), limits
    now = "—" if before is None else f"{before:.2f}"
    return (
        f"按{by_zh}比较无风险会话的误报（{set_zh}）：{group}（{ratio.n} 段）与其余之比 {bounds}，在用 {now}，"
        f"应在 {low:g} 至 {high:g} 之间：{end_zh}",
        f"false alarms by {by_en} ({set_en}): {group} ({ratio.n} talks) over the others {bounds}, in use {now}, "
        f"within {low:g} to {high:g}: {end_en}",
    )


def latency(candidate: float, in_use: float, ratio: Figure, limit: float, outcome: str) -> tuple[str, str]:
    """Of the time that a message takes."""
    bounds, (end_zh, end_en) = _interval(ratio, lambda value: f"{value:.2f}"), _OUTCOMES[outcome]
    return (
        f"每条消息耗时：候选 {candidate * 1e6:.0f} 微秒，在用 {in_use * 1e6:.0f} 微秒，之比 {bounds}，"
        f"最多 {limit:g}：{end_zh}",
        f"time a message takes: candidate {candidate * 1e6:.0f} µs, in use {in_use * 1e6:.0f} µs, ratio {bounds}, "
        f"at most {limit:g}: {end_en}",
    )


def _set(name: str) -> tuple[str, str]:
    return _SETS.get(name, (name, name))


def _points(value: float) -> str:
    return f"{value * 100:+.1f}"


def _plain(value: float) -> str:
    return f"{value * 100:g}"


def _interval(figure: Figure, written: object) -> str:
    assert callable(written)
    if figure.value is None:
        return "—"
    if figure.low is None or figure.high is None:
        return str(written(figure.value))
    return f"{written(figure.value)} [{written(figure.low)}, {written(figure.high)}]"
