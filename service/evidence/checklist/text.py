"""The checklist as JSON, and as text in Chinese or English."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from service.evidence.checklist.make import Checklist, Line
from service.evidence.profiles import Due
from service.evidence.profiles.schema import Deadline, Figure, Formats, Limits, Profile, TextLimit
from service.evidence.wordings import LANGUAGES

__all__ = ["checklist_json", "checklist_text", "checklist_word", "limit_text", "profile_text"]


@cache
def _wordings() -> dict[str, Any]:
    text = resources.files("service.evidence.checklist").joinpath("wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def checklist_word(*path: str, language: str, **values: object) -> str:
    """Return one wording of the checklist with its values filled in."""
    found: Any = _wordings()
    for part in (*path, language):
        found = found[part]
    return str(found).format(**values)


def checklist_json(checklist: Checklist) -> dict[str, Any]:
    """Return the checklist as plain JSON values."""
    profile = checklist.profile
    return {
        "profile": profile.name,
        "name_zh": profile.name_zh,
        "name_en": profile.name_en,
        "note_zh": profile.note_zh,
        "note_en": profile.note_en,
        "deadline": _deadline_json(checklist),
        "requirements": [
            {
                "code": line.requirement.code,
                "status": line.finding.status,
                "rests_on": list(line.finding.rests_on),
                **_both("name", "requirement", line.requirement.code, "name"),
                **_both("why", "requirement", line.requirement.code, line.finding.why),
                **{f"do_{language}": what_to_do(line, language) for language in LANGUAGES},
                "source": line.requirement.source,
                "confidence": line.requirement.confidence,
            }
            for line in checklist.lines
        ],
        "limits": profile.limits.model_dump(mode="json", exclude_none=True),
        "question": None if checklist.request_is_clear else _both("text", "question", "ask"),
        "letter": checklist.has_letter,
        "sources": {
            name: source.model_dump(mode="json", exclude_none=True) for name, source in profile.sources.items()
        },
    }


def checklist_text(checklist: Checklist, language: str) -> str:
    """Return the checklist as text in ``zh`` or ``en``, one requirement a line."""
    profile, zh = checklist.profile, language == "zh"
    remarks = []
    if not checklist.request_is_clear:
        remarks.append(checklist_word("question", "why", language=language) + _question(language))
    if not checklist.has_letter:
        remarks.append(checklist_word("letter", "not_written", language=language))
    return _page(
        profile,
        language,
        heading=f"材料清单：{profile.name_zh}" if zh else f"Checklist: {profile.name_en}",
        deadline=deadline_text(profile.deadline, checklist.due, checklist.zone, language),
        wanted=[_line(line, language) for line in checklist.lines],
        remarks=remarks,
    )


def profile_text(profile: Profile, language: str) -> str:
    """Return what a profile says, as text in ``zh`` or ``en``."""
    zh = language == "zh"
    wanted = []
    for requirement in profile.requirements:
        name = checklist_word("requirement", requirement.code, "name", language=language)
        confidence = checklist_word("label", "confidence", requirement.confidence, language=language)
        wanted.append(f"- {name}（可信度{confidence}）" if zh else f"- {name} (confidence {confidence})")
    heading = f"{profile.name_zh}（{profile.name}）" if zh else f"{profile.name_en} ({profile.name})"
    deadline = _counted("counted", profile.deadline, language)
    return _page(profile, language, heading=heading, deadline=deadline, wanted=wanted)


def _page(
    profile: Profile, language: str, *, heading: str, deadline: str, wanted: Sequence[str], remarks: Sequence[str] = ()
) -> str:
    zh = language == "zh"
    colon, stop = ("：", "。") if zh else (": ", ".")
    lines = [heading, ("期限" if zh else "Deadline") + colon + deadline + stop, "", *wanted, ""]
    lines += [("限制" if zh else "Limits") + colon + _limits(profile.limits, language) + stop, *remarks]
    lines += [profile.note_zh if zh else profile.note_en, "", "来源：" if zh else "Sources:"]
    for source in profile.sources.values():
        dated = f"{source.dated}, " if source.dated else ""
        where = f" {source.address}" if source.address else ""
        lines.append(f"- {source.title}{where} ({dated}{'查阅' if zh else 'read'} {source.read})")
    return "\n".join(lines) + "\n"


def deadline_text(deadline: Deadline | None, due: Due | None, zone: str, language: str) -> str:
    """Return the deadline as a date, or what is needed to know it."""
    if due is None:
        return _counted("unknown_event", deadline, language)
    before = due.before.isoformat(sep=" ", timespec="minutes")
    return _counted("known", deadline, language, last_day=due.last_day, before=before, zone=zone)


def _counted(code: str, deadline: Deadline | None, language: str, **values: object) -> str:
    """A sentence on a deadline: so long from such an event."""
    if deadline is None:
        return checklist_word("deadline", "none", language=language)
    number, unit = (deadline.days, "days") if deadline.days is not None else (deadline.hours, "hours")
    event = checklist_word("label", "event", deadline.event, language=language)
    span = checklist_word("deadline", unit, language=language, number=number)
    confidence = checklist_word("label", "confidence", deadline.confidence, language=language)
    return checklist_word("deadline", code, language=language, event=event, span=span, confidence=confidence, **values)


def what_to_do(line: Line, language: str) -> str:
    """Return what the shop can do about a requirement that is not met; empty where there is nothing to do."""
    entry = _wordings()["requirement"][line.requirement.code][line.finding.why]
    return str(entry.get("do", {}).get(language, ""))


def limit_text(limits: Limits, name: str, language: str) -> str:
    """Return one limit in words; empty where there is none."""
    limit: Figure | Formats | None = getattr(limits, name)
    if limit is None:
        return ""
    value = (
        ("、" if language == "zh" else ", ").join(limit.value).upper()
        if isinstance(limit, Formats)
        else f"{limit.value:,}"
    )
    if isinstance(limit, TextLimit):
        value += " " + checklist_word("label", "unit", limit.unit, language=language)
    confidence = checklist_word("label", "confidence", limit.confidence, language=language)
    word = checklist_word("label", "limit", name, language=language)
    return f"{word} {value}（可信度{confidence}）" if language == "zh" else f"{word} {value} (confidence {confidence})"


def _limits(limits: Limits, language: str) -> str:
    given = [text for name in Limits.model_fields if (text := limit_text(limits, name, language))]
    none = (
        "没有可核实的限制，因此没有按限制裁剪"
        if language == "zh"
        else "none could be verified, so nothing was cut to one"
    )
    return ("；" if language == "zh" else "; ").join(given) or none


def _line(line: Line, language: str) -> str:
    status = checklist_word("label", "status", line.finding.status, language=language)
    name = checklist_word("requirement", line.requirement.code, "name", language=language)
    why = checklist_word("requirement", line.requirement.code, line.finding.why, language=language)
    rests_on = "".join(f"[{reference}]" for reference in line.finding.rests_on)
    do = what_to_do(line, language)
    if language == "zh":
        return f"[{status}] {name}：{why}。{rests_on}" + (f" 可以做：{do}。" if do else "")
    return f"[{status}] {name}: {why}. {rests_on}" + (f" To do: {do}." if do else "")


def _question(language: str) -> str:
    text = checklist_word("question", "ask", language=language)
    return f"「{text}」" if language == "zh" else f" “{text}”"


def _deadline_json(checklist: Checklist) -> dict[str, Any]:
    deadline = checklist.profile.deadline
    return {
        **(deadline.model_dump(mode="json", exclude_none=True) if deadline is not None else {}),
        "event_date": str(checklist.event) if checklist.event is not None else None,
        "before": checklist.due.before.isoformat() if checklist.due is not None else None,
        "last_day": checklist.due.last_day.isoformat() if checklist.due is not None else None,
        "zone": checklist.zone,
        **{
            f"text_{language}": deadline_text(deadline, checklist.due, checklist.zone, language)
            for language in LANGUAGES
        },
    }


def _both(name: str, *path: str) -> dict[str, str]:
    return {f"{name}_{language}": checklist_word(*path, language=language) for language in LANGUAGES}
