"""Making the checklist of a record for a profile."""

from __future__ import annotations

from dataclasses import dataclass

from service.evidence.checklist.requirements import Finding, Grounds, examine
from service.evidence.profiles import Due, Event, Profile, due
from service.evidence.profiles.schema import Requirement
from service.evidence.said import Said

__all__ = ["Checklist", "Line", "make_checklist"]

# what a buyer can plainly ask for; a hint is none
_PLAIN_REQUESTS = (
    "care.remedy",
    "demand.compensation",
    "demand.keeps_goods",
    "demand.money_outside",
    "demand.review_for_money",
    "demand.withdrawal_for_money",
)


@dataclass(frozen=True)
class Line:
    """A requirement and how far it is met."""

    requirement: Requirement
    finding: Finding


@dataclass(frozen=True)
class Checklist:
    """What is present, weak and missing.

    Attributes
    ----------
    due
        Until when to file; None where the profile has no deadline or the event's date is not known.
    request_is_clear
        Whether it is plain from the record what the buyer asks for.
    has_letter
        Whether a letter is written.
    """

    profile: Profile
    zone: str
    lines: tuple[Line, ...]
    event: Event | None
    due: Due | None
    request_is_clear: bool
    has_letter: bool


def make_checklist(grounds: Grounds, event: Event | None = None) -> Checklist:
    """Test every requirement of the profile against the record."""
    profile, zone = grounds.profile, grounds.record.zone
    lines = tuple(Line(requirement, examine(requirement.code, grounds)) for requirement in profile.requirements)
    needed = [line.finding.status for line in lines if line.requirement.code == profile.letter_needs]
    return Checklist(
        profile=profile,
        zone=zone.key,
        lines=lines,
        event=event,
        due=due(profile.deadline, event, zone) if profile.deadline and event else None,
        request_is_clear=_request_is_clear(grounds.said),
        has_letter="missing" not in needed,
    )


def _request_is_clear(said: Said) -> bool:
    return bool(said.places(*_PLAIN_REQUESTS))
