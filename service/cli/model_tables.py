"""Tables of models: the versions, one of them, two beside each other, and what the gate found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.cli.output import write_text

if TYPE_CHECKING:
    from riskmodel.gate import Verdict
    from riskmodel.intervals import Figure
    from riskmodel.registry import Entry, Version
    from riskmodel.registry.difference import Difference
    from service.store.shadow_scores import Report

__all__ = ["difference", "shadow", "verdict", "version", "versions"]

_WIDTH = 110
NOTE = "All labelled chats are synthetic or written by hand; no figure says how often abuse happens."
_MEASURED = (("recall_at_hold", "recall"), ("false_alarms_at_hold", "false alarms"))


def versions(found: Sequence[Version], used: str | None) -> None:
    """Write the versions, the oldest first."""
    table = _table("models", ["model", "in use", "made", "by", "from", "talks", *(title for _, title in _MEASURED)])
    for each in found:
        record = each.record
        table.add_row(
            each.name,
            "yes" if each.name == used else "",
            f"{record.made_at:%Y-%m-%d %H:%M}",
            record.made_by,
            record.parent or "-",
            str(record.talks or "-"),
            *(_measured(record.figures, name) for name, _ in _MEASURED),
        )
    _print(table, NOTE)


def version(found: Version, done: Sequence[Entry], used: str | None) -> None:
    """Write what is known of one, and what was done with it."""
    record = found.record
    table = _table(f"model {found.name}{', in use' if found.name == used else ''}", ["", ""])
    rows: dict[str, Any] = {
        "digest": record.sha256,
        "made": f"{record.made_at:%Y-%m-%d %H:%M} by {record.made_by}",
        "from": record.parent or "no other model",
        "trained on": record.card.trained_on,
        "data": record.data_sha256 or "not written down",
        "code": f"{record.code.version}, {record.code.sha256[:12]}; columns {record.feature_version}",
        "seed": record.seed,
        "bands": ", ".join(f"{name} {value:g}" for name, value in record.card.thresholds.items()),
        "prevalence": record.card.prevalence,
        **{title: _measured(record.figures, name, whole=True) for name, title in _MEASURED},
        "figures of": record.card.figures_of,
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    for entry in done:
        why = f": {entry.reason}" if entry.reason else ""
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M}", f"{entry.action} by {entry.by}{why}")
    _print(table, NOTE)


def difference(found: Difference) -> None:
    """Write two versions beside each other."""
    table = _table("what differs", ["", found.first, found.second])
    for name, (own, other) in found.facts.items():
        table.add_row(name, _short(own), _short(other))
    _print(table, NOTE)
    weights = _table(
        "log-odds a unit of a feature adds, where they differ most", ["feature", found.first, found.second]
    )
    for weight in found.weights:
        weights.add_row(weight.feature, f"{weight.first:+.3f}", f"{weight.second:+.3f}")
    _print(weights, "")


def verdict(found: Verdict) -> None:
    """Write all checks, and what refuses in words."""
    title = f"{found.candidate[:12]} against {found.in_use[:12]}: {'passed' if found.passed else 'refused'}"
    table = _table(title, ["check", "set", "candidate", "in use", "difference", "limit", ""])
    for each in found.checks:
        ratio = each.measure == "latency" or each.measure.startswith("parity")
        as_share = not ratio
        table.add_row(
            each.measure,
            each.on,
            _value(each.candidate, each.measure),
            _value(each.in_use, each.measure),
            _interval(each.difference, points=as_share),
            "-" if each.limit is None else f"{each.limit:g}" if ratio else f"{each.limit * 100:g}",
            Text(each.outcome, "bold red") if each.refuses else each.outcome,
        )
    _print(table, f"frozen sets {found.frozen[:12]}; differences in points, of parity and latency ratios; 95 %. {NOTE}")
    for each in found.refusals:
        write_text(each.en)
        write_text(each.zh)


def shadow(found: Report) -> None:
    """Write what would change with a candidate."""
    title = (
        f"{found.candidate} beside {', '.join(found.models)}: {found.changing} of {found.talks} talks would change band"
    )
    write_text(title)
    moves = _table("highest bands", ["highest band now", "with the candidate", "talks"])
    for (before, then), number in sorted(found.moves.items()):
        moves.add_row(before, then, str(number))
    _print(moves, f"{found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC" if found.since else "")
    if found.changed:
        talks = _table(
            "talks that would change", ["conversation", "now", "candidate", "features that differ, log-odds"]
        )
        for talk in found.changed:
            apart = ", ".join(f"{code} {value:+.2f}" for code, value in talk.why.items())
            talks.add_row(Text(talk.conversation_id), talk.band, talk.candidate_band, apart)
        _print(talks, "")
        features = _table("features that differ most, over these talks", ["feature", "log-odds, summed"])
        for code, value in found.features:
            features.add_row(code, f"{value:+.2f}")
        _print(features, "")


def _measured(figures: Any, name: str, *, whole: bool = False) -> str:
    if name not in figures:
        return "-"
    low, high = figures.get(f"{name}_interval", (None, None))
    bounds = "" if low is None or high is None or not whole else f" [{low:.2%}, {high:.2%}]"
    return f"{figures[name]:.2%}{bounds}"


def _value(value: float | None, measure: str) -> str:
    if value is None:
        return "-"
    if measure == "latency":
        return f"{value * 1e6:.0f} µs"
    return f"{value:.2f}" if measure.startswith("parity") else f"{value:.2%}"


def _interval(figure: Figure, *, points: bool) -> str:
    values = (figure.value, figure.low, figure.high)
    written = ["-" if value is None else f"{value * 100:+.2f}" if points else f"{value:.2f}" for value in values]
    return f"{written[0]} [{written[1]}, {written[2]}]"


def _short(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 36 else f"{text[:35]}…"


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column)
    return table


def _print(table: Table, caption: str) -> None:
    table.caption = caption or None
    console = Console(width=_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table)
    write_text(captured.get().rstrip("\n"))
