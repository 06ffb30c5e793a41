"""Writes docs/profiles.md from the profiles: run ``.venv/bin/python docs/profiles.py`` where one has changed."""

from __future__ import annotations

from pathlib import Path

from service.evidence.checklist import profile_text
from service.evidence.checklist.text import checklist_word, limit_text
from service.evidence.profiles import Profile, load_profile, profile_names
from service.evidence.profiles.schema import Limits

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Platform profiles · 平台方案

`baitwatch bundle --profile NAME` makes a bundle for one of these platforms: with a checklist, a letter and, in a folder
of their own, the pieces that its form takes. Every figure has its source and a confidence (high: a primary source; mid:
reports that agree; low: old, single or contradictory). What could not be verified is not limited here; the platform's
own page always decides. This page is written from `service/evidence/profiles/data/` by `docs/profiles.py`.

`baitwatch bundle --profile NAME` 为下列平台制作材料：清单、申诉书，以及按该平台表单裁好的文件夹。
每个数字都有来源与可信度（高：一手来源；中：多处一致的报道；低：年代较早、孤证或互相矛盾）。
未能核实的一律不设限；一切以平台页面为准。
本页由 `docs/profiles.py` 根据 `service/evidence/profiles/data/` 生成。

| Name · 名称 | Platform · 平台 | Limits | 限制 | Deadline | 期限 |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    profiles = [load_profile(name) for name in profile_names()]
    rows = "".join(row(profile) for profile in profiles)
    return HEAD + rows + "".join(section(profile) for profile in profiles)


def row(profile: Profile) -> str:
    """A profile's line in the table."""
    cells = [f"`{profile.name}`", f"{profile.name_en} · {profile.name_zh}"]
    for language in ("en", "zh"):
        given = [text for name in Limits.model_fields if (text := limit_text(profile.limits, name, language))]
        cells.append("; ".join(given) or ("none verified" if language == "en" else "无可核实"))
    cells += [deadline(profile, language) for language in ("en", "zh")]
    return f"| {' | '.join(cells)} |\n"


def deadline(profile: Profile, language: str) -> str:
    """A profile's deadline in a few words."""
    found = profile.deadline
    if found is None:
        return "none verified" if language == "en" else "无可核实"
    number, unit = (found.days, "days") if found.days is not None else (found.hours, "hours")
    event = checklist_word("label", "event", found.event, language=language)
    span = checklist_word("deadline", unit, language=language, number=number)
    confidence = checklist_word("label", "confidence", found.confidence, language=language)
    return f"{span} from {event} ({confidence})" if language == "en" else f"自{event}起 {span}（{confidence}）"


def section(profile: Profile) -> str:
    """All that a profile says, in both languages."""
    texts = [profile_text(profile, language).rstrip("\n") for language in ("en", "zh")]
    return f"\n## {profile.name}\n" + "".join(f"\n```text\n{text}\n```\n" for text in texts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
