"""Cases as the API and the command line show them, in plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.cases.case import Case, Exhibit, Happened
from service.cases.flow import Standing
from service.cases.table import Move, load_table

__all__ = ["shown_case", "shown_exhibit", "summary_of"]


def summary_of(case: Case) -> dict[str, Any]:
    """A case in a list."""
    facts = case.facts
    return {
        "case_id": facts.case_id,
        "conversation_id": facts.conversation_id,
        "claim": facts.claim,
        "profile": facts.profile,
        "event_date": facts.event_date,
        "language": facts.language,
        "outcome": case.outcome,
        "made_by": case.made_by,
        "made_at": case.made_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
    }


def shown_case(case: Case, now: datetime) -> dict[str, Any]:
    """A case with its events and exhibits, and where each thing stands at this moment."""
    decision = case.decision
    return {
        **summary_of(case),
        "reason": decision and decision.reason,
        "cause": decision and decision.cause,
        "standings": [_standing(each) for each in case.standings(now)],
        "events": [_event(each) for each in case.events],
        "exhibits": [shown_exhibit(each) for each in case.exhibits],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    followed, deadline = load_table().objects[standing.object], standing.deadline
    state = followed.states[standing.state]
    return {
        "object": standing.object,
        "object_zh": followed.zh,
        "object_en": followed.en,
        "state": standing.state,
        "state_zh": state.zh,
        "state_en": state.en,
        "since": standing.since and standing.since.isoformat(),
        "possible": [_move(move) for move in standing.possible],
        "due": standing.due and standing.due.isoformat(),
        "due_source": deadline and load_table().sources[deadline.source].title,
        "due_confidence": deadline and deadline.confidence,
        "overdue": standing.overdue,
        "if_nobody_acts": standing.if_nobody_acts and _move(standing.if_nobody_acts),
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "action": move.action,
        "by": move.by,
        "to": move.to,
        "text_zh": move.zh,
        "text_en": move.en,
        "if_zh": move.if_zh,
        "if_en": move.if_en,
    }


def _event(happened: Happened) -> dict[str, Any]:
    told = happened.event.model_dump(mode="json", exclude_none=True)
    return {**told, "at": happened.at.isoformat(), "made_by": happened.made_by, "made_at": happened.made_at.isoformat()}


def shown_exhibit(exhibit: Exhibit) -> dict[str, Any]:
    """An exhibit, without its content."""
    return {
        **exhibit.file.model_dump(mode="json"),
        "filed": exhibit.filed,
        "made_by": exhibit.made_by,
        "made_at": exhibit.made_at.isoformat(),
    }
