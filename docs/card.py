"""Writes docs/model-card.md and the tables of figures in both READMEs from what ``baitwatch evaluate`` measures.

Run ``.venv/bin/python docs/card.py`` once there is a model; it takes some twenty minutes. What has been measured is
kept in ``var/figures/`` under the model's digest; ``--real CHATS.jsonl`` counts advice on real chats without labels
too. No figure is copied by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from riskmodel.conversation import read_lines
from riskmodel.evaluation.drafts import DraftReport
from riskmodel.evaluation.metrics import wilson
from riskmodel.evaluation.report import Report
from riskmodel.evaluation.tables import Sheet, draft_sheets, leak_sheets, report_sheets
from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer
from riskmodel.synthesis.leaks import Leak, Leaks

DOCS = Path(__file__).parent
ROOT = DOCS.parent
WRITTEN = "tests/written"


def labelled(name: str, *options: str) -> list[str]:
    """The options that measure a pair of files of ``tests/written``."""
    kind = "--drafts" if "drafts" in name else "--labelled"
    return [kind, f"{WRITTEN}/{name}.jsonl", f"{WRITTEN}/{name}_labels.jsonl", *options]


MEASURES = {
    "generated": ["--baselines"],
    "chats": labelled("chats", "--baselines", "--spellings"),
    "held_out_chats": labelled("held_out_chats", "--baselines", "--spellings"),
    "held_out_drafts": labelled("held_out_drafts"),
    "leaks": ["--leaks", "--chats", "10000", "--seed", "20260101"],
}


class Row(NamedTuple):
    """A row of the READMEs' table: which figure of which measure, in both languages, and how it is shown."""

    measure: str
    figure: str
    en: str
    zh: str
    percent: bool = True


ROWS = [
    Row("generated", "auc_peak", "Area under the curve, highest risk of a talk", "曲线下面积，按全程最高风险", False),
    Row("generated", "auc_last", "Area under the curve, last risk", "曲线下面积，按最后风险", False),
    Row("generated", "recall_at_0.01", "Recall at 1 % false alarms", "误报 1 % 时的召回"),
    Row("generated", "calibration_error", "Calibration error, every prefix", "校准误差，每个前缀", False),
    Row("generated", "not_abusive/hold", "`hold` or more, talks without abuse", "无问题的对话到 `hold` 或以上"),
    Row(
        "held_out_chats",
        "auc_peak",
        "Area under the curve, highest risk of a talk",
        "曲线下面积，按全程最高风险",
        False,
    ),
    Row("held_out_chats", "auc_last", "Area under the curve, last risk", "曲线下面积，按最后风险", False),
    Row(
        "held_out_chats",
        "recall_at_0.01",
        "Recall at 1 % (here: no) false alarms",
        "误报 1 %（这里即不许误报）时的召回",
    ),
    Row(
        "held_out_chats",
        "not_abusive/clarify",
        "`clarify` or more, talks without abuse",
        "无问题的对话到 `clarify` 或以上",
    ),
    Row(
        "held_out_chats",
        "clarify_before_commitment",
        "`clarify` or more before the first harmful commitment",
        "首次有害承诺之前已到 `clarify` 或以上",
    ),
    Row(
        "held_out_chats",
        "stopped_before_commitment",
        "warned so, or the very reply stopped by the reply check",
        "已这样提醒，或那条回复本身被回复检查拦下",
    ),
    Row("chats", "auc_peak", "Area under the curve, highest risk of a talk", "曲线下面积，按全程最高风险", False),
    Row("held_out_drafts", "unsafe_caught", "Unsafe drafts that the reply check stops", "回复检查拦下的不稳妥草稿"),
    Row("held_out_drafts", "safe_passed", "Safe drafts that it lets pass", "回复检查放行的稳妥草稿"),
    Row("held_out_drafts", "pairs_right", "Pairs of which it judges both halves right", "两半都判对的对照"),
]
ON = {
    "generated": (
        "generated and written chats, stories and writers unseen",
        "生成的和整段写成的对话，故事和作者均未见过",
    ),
    "held_out_chats": ("120 chats by two other writers", "另两位作者的 120 段对话"),
    "chats": ("60 hand-written chats", "60 段手写对话"),
    "held_out_drafts": ("100 held-out drafts", "100 条留出的草稿"),
}


def measure(folder: Path, name: str) -> dict[str, Any]:
    """What ``baitwatch evaluate`` says, from the folder where it was measured before."""
    file = folder / f"{name}.json"
    if not file.exists():
        command = [str(Path(sys.executable).with_name("baitwatch")), "evaluate", *MEASURES[name], "--json"]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603  # our own command
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(done.stdout)
    report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return report


def sheets(name: str, found: dict[str, Any]) -> list[Sheet]:
    """The tables of a measure, from its JSON."""
    if name == "leaks":
        channels = {key: Leak(*(row[part] for part in Leak._fields)) for key, row in found["leaks"].items()}
        return leak_sheets(Leaks(channels, found["near_duplicates"]))
    if "drafts" in name:
        return draft_sheets(TypeAdapter(DraftReport).validate_python(found))
    return report_sheets(TypeAdapter(Report).validate_python(found))


def markdown(sheet: Sheet) -> str:
    """A table as Markdown."""
    rows = [sheet.columns, tuple("---" for _ in sheet.columns), *sheet.rows]
    return f"### {sheet.title}\n" + "\n".join(f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows)


def shown(value: float, *, percent: bool) -> str:
    """A figure as the READMEs write it."""
    return f"{value:.1%}".replace("%", " %") if percent else f"{value:.3f}"


def readme_rows(found: dict[str, dict[str, Any]], real: Counter[str] | None, language: str) -> Iterable[str]:
    """The table of figures in one language."""
    zh = language == "zh"
    yield "| 指标 | 在什么数据上 | 数值 | 95 % 区间 |" if zh else "| What | On what | Figure | 95 % interval |"
    yield "|---|---|---|---|"
    for row in ROWS:
        report = found[row.measure]
        group, _, advice = row.figure.partition("/")
        figure = report["reached"][group][advice] if advice else report["figures"][row.figure]
        interval = f"{shown(figure['low'], percent=row.percent)}–{shown(figure['high'], percent=row.percent)}"
        value = shown(figure["value"], percent=row.percent)
        yield f"| {row.zh if zh else row.en} | {ON[row.measure][zh]}, n={figure['n']} | {value} | {interval} |"
    if real:
        total, held = sum(real.values()), real["hold"] + real["escalate"]
        share = wilson([True] * held + [False] * (total - held))
        what = "到 `hold` 或以上" if zh else "`hold` or more"
        on = (
            "段真实售后对话，无标签，不在本项目中"
            if zh
            else "real after-sales chats, unlabelled, not part of the project"
        )
        interval = "–".join(shown(bound or 0.0, percent=True) for bound in (share.low, share.high))
        yield f"| {what} | {total} {on} | {held} | {interval} |"


def renew(file: Path, rows: Iterable[str]) -> None:
    """Put a table between the marks of a document."""
    text = file.read_text("utf-8")
    table = "\n".join(rows)
    before, begin, rest = re.split(r"(<!-- figures: begin[^>]*-->\n)", text, maxsplit=1)
    _, end, after = re.split(r"(\n<!-- figures: end -->)", rest, maxsplit=1)
    file.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")


def count_advice(scorer: Scorer, file: Path) -> Counter[str]:
    """The strongest advice that each chat of a file ever gets."""
    found: Counter[str] = Counter()
    order = ("proceed", "clarify", "hold", "escalate")
    with file.open("rb") as lines:
        for line in read_lines(lines):
            if line.conversation is not None:
                given = [answer["action"] for answer in scorer.trajectory(line.conversation)] or ["proceed"]
                found[max(given, key=order.index)] += 1
    return found


def main() -> None:
    """Measure what has not been measured for this model, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path)
    real_chats: Path | None = parser.parse_args().real
    scorer = Scorer.load(default_model_dir())
    digest = scorer.info["sha256"][:12]
    folder = ROOT / "var" / "figures" / digest
    found = {name: measure(folder, name) for name in MEASURES}
    real = count_advice(scorer, real_chats) if real_chats else None
    lines = [f"Model {digest}."]
    for name, report in found.items():
        command = " ".join(["baitwatch evaluate", *MEASURES[name]])
        lines += ["", f"## {report['split']}", f"`{command}` · {report['note']}", ""]
        lines.append("\n\n".join(map(markdown, sheets(name, report))))
    renew(DOCS / "model-card.md", lines)
    for readme, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        renew(ROOT / readme, readme_rows(found, real, language))


if __name__ == "__main__":
    main()
