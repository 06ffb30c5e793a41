"""Records to appeal with: the demo chats and the case of the evidence tests, and their grounds for a profile."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from evidence_case import TRAJECTORY, talk

from riskmodel.conversation import Conversation, parse_conversation
from service.evidence.appeal import CHECKLIST, LETTER, read_appeal
from service.evidence.bag import BASE
from service.evidence.bundle import build_bundle
from service.evidence.checklist.requirements import Grounds
from service.evidence.container import read_container
from service.evidence.profiles import load_profile
from service.evidence.record import Record, make_record
from service.evidence.references import References
from service.evidence.said import what_is_said

DEMO = Path(__file__).resolve().parents[3] / "data" / "demo" / "chats.jsonl"
# whoever is meant, these words stand in nothing that the project writes
ABOUT_PEOPLE = re.compile(
    "差评师|骗子|恶意|职业|敲诈者|勒索者|碰瓷|无赖|流氓|刁民|诈骗|惯犯|团伙"
    "|liar|fraud|scammer|extortionist|blackmail|malicious|dishonest|abusive|greedy",
    re.IGNORECASE,
)


@cache
def demo_talks() -> dict[str, Conversation]:
    """The demo chats by their id."""
    talks = [parse_conversation(line) for line in DEMO.read_text("utf-8").splitlines()]
    return {found.conversation_id: found for found in talks}


def record_of(conversation: Conversation | None = None, assessments: list[dict[str, Any]] | None = None) -> Record:
    """A record; of the evidence tests' case where nothing is given."""
    if conversation is None:
        return make_record(talk(), TRAJECTORY)
    return make_record(conversation, assessments or [])


def grounds_of(record: Record, profile: str, enclosed: frozenset[str] = frozenset()) -> Grounds:
    """What a profile's requirements are tested against."""
    return Grounds(record, load_profile(profile), what_is_said(record), References(record), enclosed)


def appealed(
    profile: str,
    conversation: Conversation | None = None,
    assessments: list[dict[str, Any]] | None = None,
    **asked: str | None,
) -> dict[str, bytes]:
    """The files of a bundle that was made for a profile, without their folder."""
    given = TRAJECTORY if conversation is None else assessments or []
    appeal = read_appeal(profile, asked.get("event_date"), asked.get("language"))
    bundle = build_bundle(conversation or talk(), given, None, appeal=appeal)
    return {name.removeprefix(BASE): content for name, content in read_container(bundle).items()}


def checklist_of(files: dict[str, bytes]) -> dict[str, Any]:
    """The checklist in a bundle's files."""
    found: dict[str, Any] = json.loads(files[CHECKLIST])
    return found


def letter_of(files: dict[str, bytes]) -> str:
    """The letter in a bundle's files."""
    return files[LETTER].decode()
