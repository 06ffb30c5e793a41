"""A case as it stands: what was told when it was opened, what happened since, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from service.cases.flow import Standing, Step, standings
from service.cases.model import Decision, Event, ListedExhibit, NewCase, StepTaken, parse_event
from service.cases.table import load_table
from service.store.cases import KeptCase

__all__ = ["Case", "Exhibit", "Happened", "plain_of", "read_case"]


class Happened(NamedTuple):
    """An event of a case: what it was, who told it and when."""

    event: Event
    made_by: str
    made_at: datetime

    @property
    def at(self) -> datetime:
        """When it was."""
        told = self.event.at if isinstance(self.event, StepTaken) else None
        return told or self.made_at


class Exhibit(NamedTuple):
    """A file of a case: `filed` says whether its content is there, `position` where it is kept."""

    position: int
    file: ListedExhibit
    filed: bool
    made_by: str
    made_at: datetime


class Case(NamedTuple):
    """A case as it stands; of one that is listed only, events and exhibits are left out.

    `name` and `talk` are the random names of the case and its talk, which an address may hold.
    """

    number: int
    name: str
    talk: str
    facts: NewCase
    outcome: str | None
    made_by: str
    made_at: datetime
    changed_at: datetime
    events: Sequence[Happened]
    exhibits: Sequence[Exhibit]

    @property
    def steps(self) -> list[Step]:
        """What was done by the table, in the order in which it was told."""
        return [
            Step(each.event.object, each.event.action, each.at)
            for each in self.events
            if isinstance(each.event, StepTaken)
        ]

    @property
    def decision(self) -> Decision | None:
        """What was decided last."""
        decided = (each.event for each in reversed(self.events) if isinstance(each.event, Decision))
        return next(decided, None)

    def standings(self, now: datetime) -> list[Standing]:
        """Where each thing stands that the case follows."""
        return standings(load_table(), self.steps, now, self.facts.profile)

    def exhibit(self, name: str) -> Exhibit | None:
        """The exhibit of this name."""
        return next((each for each in self.exhibits if each.file.name == name), None)


def plain_of(part: NewCase | Event | ListedExhibit) -> bytes:
    """As it is kept."""
    return part.model_dump_json(exclude_none=True).encode()


def read_case(kept: KeptCase) -> Case:
    """The case that is kept."""
    events = [Happened(parse_event(each.plain), each.made_by, each.made_at) for each in kept.events]
    exhibits = [
        Exhibit(each.position, ListedExhibit.model_validate_json(each.plain), each.filed, each.made_by, each.made_at)
        for each in kept.exhibits
    ]
    facts = NewCase.model_validate_json(kept.plain)
    told = kept.made_by, kept.made_at, kept.changed_at
    return Case(kept.id, kept.name, kept.talk, facts, kept.outcome, *told, events, exhibits)
