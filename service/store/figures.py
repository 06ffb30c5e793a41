"""What figures are made of: counts of a shop's talks, added up by the database; nothing is opened, no talk is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select

from riskmodel.model.bands import Action
from service.store.schema import labels, talk_figures
from service.store.talk_figures import PARTS, STRENGTHS

__all__ = [
    "GROUPED",
    "Day",
    "Group",
    "Labelled",
    "Peak",
    "Weeks",
    "by_day",
    "by_groups",
    "by_weeks",
    "labelled",
    "peaks",
]

_COLUMNS = talk_figures.c
GROUPED: Final = ("platform", "province", "pattern")
"""What talks can have in common."""
_HOLD: Final = STRENGTHS["hold"]


class Day(NamedTuple):
    """The talks that began on a day: how many, how many of them ever were to be held, and escalated among those."""

    day: date
    talks: int
    held: int
    escalated: int


class Group(NamedTuple):
    """The talks that have a platform, say, in common; `name` is None where it is not known."""

    name: str | None
    talks: int
    held: int


class Peak(NamedTuple):
    """How many talks of a likeliest pattern had this highest risk, in thousandths."""

    peak: int
    pattern: str | None
    talks: int


class Labelled(NamedTuple):
    """A talk that somebody looked at: the latest label, and with which probability it was picked, where by chance."""

    label: str
    probability: float | None
    peak: int
    strongest: int
    pattern: str | None
    platform: str | None
    province: str | None

    @property
    def held(self) -> bool:
        """Whether it ever was to be held."""
        return self.strongest >= _HOLD


class Weeks(NamedTuple):
    """Talks of some weeks: counts by highest risk, shape (thousandths,); how many were held; by which models."""

    peaks: Sequence[int]
    held: int
    models: frozenset[str]

    @property
    def talks(self) -> int:
        """How many."""
        return sum(self.peaks)


def by_day(connection: Connection, shop_id: int, since: date) -> list[Day]:
    """The days on which talks began, in order."""
    query = (
        select(_COLUMNS.day, func.count(), _at_least("hold"), _at_least("escalate"))
        .where(*_of(shop_id, since))
        .group_by(_COLUMNS.day)
        .order_by(_COLUMNS.day)
    )
    return [Day(*row) for row in connection.execute(query)]


def by_groups(connection: Connection, shop_id: int, since: date) -> dict[str, list[Group]]:
    """The groups by each of `GROUPED`, the largest first; one pass over the talks does for all."""
    columns = [_COLUMNS[name] for name in GROUPED]
    query = select(*columns, func.count(), _at_least("hold")).where(*_of(shop_id, since)).group_by(*columns)
    counts: dict[str, dict[str | None, list[int]]] = {name: {} for name in GROUPED}
    for *names, talks, held in connection.execute(query):
        for by, name in zip(GROUPED, names, strict=True):
            total = counts[by].setdefault(name, [0, 0])
            total[0] += talks
            total[1] += held
    return {
        by: sorted((Group(name, *total) for name, total in found.items()), key=_size) for by, found in counts.items()
    }


def by_weeks(connection: Connection, shop_id: int, since: date, until: date) -> Weeks:
    """The talks that began in some weeks, the last day not counted."""
    query = (
        select(_COLUMNS.peak, _COLUMNS.model, func.count(), _at_least("hold"))
        .where(*_of(shop_id, since), _COLUMNS.day < until)
        .group_by(_COLUMNS.peak, _COLUMNS.model)
    )
    counts, held, models = [0] * (PARTS + 1), 0, set()
    for peak, model, talks, alerted in connection.execute(query):
        counts[peak] += talks
        held += alerted
        models.add(model)
    return Weeks(counts, held, frozenset(models))


def peaks(connection: Connection, shop_id: int, since: date, *, least: int) -> list[Peak]:
    """Talks by highest risk, from `least` thousandths up, and likeliest pattern then."""
    query = (
        select(_COLUMNS.peak, _COLUMNS.pattern, func.count())
        .where(*_of(shop_id, since), _COLUMNS.peak >= least)
        .group_by(_COLUMNS.peak, _COLUMNS.pattern)
    )
    return [Peak(*row) for row in connection.execute(query)]


def labelled(connection: Connection, shop_id: int, since: date) -> list[Labelled]:
    """The talks that have a label, each with its latest one."""
    columns = [labels.c.talk_id, labels.c.label, labels.c.probability]
    columns += [_COLUMNS[name] for name in ("peak", "strongest", "pattern", "platform", "province")]
    query = (
        select(*columns)
        .join(talk_figures, _COLUMNS.talk_id == labels.c.talk_id)
        .where(labels.c.shop_id == shop_id, *_of(shop_id, since))
        .order_by(labels.c.id)
    )
    return list({talk: Labelled(*row) for talk, *row in connection.execute(query)}.values())


def _of(shop_id: int, since: date) -> tuple[ColumnElement[bool], ...]:
    return _COLUMNS.shop_id == shop_id, _COLUMNS.day >= since


def _at_least(action: Action) -> ColumnElement[Any]:
    """How many of a group were advised so, or more strongly."""
    return func.coalesce(func.sum(case((_COLUMNS.strongest >= STRENGTHS[action], 1), else_=0)), 0)


def _size(group: Group) -> tuple[int, str]:
    return -group.talks, group.name or ""
