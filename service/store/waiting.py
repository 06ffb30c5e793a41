"""The talks of a shop that wait for somebody to decide: held, asked about, decided in two ways, or picked by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, Label, case, exists, func, literal, select

from service.store.looks import RANDOM, offered
from service.store.open_talks import URGENCY
from service.store.reviews import ASKED
from service.store.schema import assessments, conversations, labels, reviews
from service.store.talks import Talk

__all__ = ["HELD", "Waiting", "Why", "waiting_talks"]

HELD: Final = ("hold", "escalate")
"""The actions on which nothing is to be promised until somebody has looked."""
Why = Literal["asked", "differs", "held", "drawn", "random"]
_LAST: Final[Mapping[Why, int]] = {"drawn": 1, "random": 1}  # nobody waits for what chance picked


class Waiting(NamedTuple):
    """A talk that waits: why, since when, and who asked where somebody did."""

    talk: Talk
    why: Why
    since: datetime
    by: str | None = None


def waiting_talks(connection: Connection, shop_id: int, *, limit: int, now: datetime | None = None) -> list[Waiting]:
    """What waits, once for each talk: by band the most urgent first, in each band who has waited longest.

    At most `limit` for each reason why.
    """
    found: dict[int, Waiting] = {}
    picked = _picked(connection, shop_id, limit, now or datetime.now(UTC))
    for each in (*_asked(connection, shop_id, limit), *_held(connection, shop_id, limit), *picked):
        found.setdefault(each.talk.id, each)
    return sorted(found.values(), key=lambda each: (_LAST.get(each.why, 0), -_urgency(each.talk), each.since))


def _urgency(talk: Talk) -> float:
    band = next((weight for name, weight in URGENCY.items() if name == talk.band), 0)
    return band + (0.5 if talk.action == "escalate" else 0.0)


def _held(connection: Connection, shop_id: int, limit: int) -> Iterator[Waiting]:
    query = (
        select(conversations, _held_since())
        .where(
            conversations.c.shop_id == shop_id,
            conversations.c.action.in_(HELD),
            ~exists().where(labels.c.talk_id == conversations.c.id),
        )
        .order_by(case(dict(URGENCY), value=conversations.c.band, else_=0).desc(), conversations.c.id)
        .limit(limit)
    )
    for *row, since in connection.execute(query):
        talk = Talk(*row)
        yield Waiting(talk, "held", since or talk.changed_at)  # facts alone can hold a talk, without an assessment


def _held_since() -> Label[datetime | None]:
    """When the assessments began to hold the talk without a break."""
    mine = assessments.c.talk_id == conversations.c.id
    before = assessments.alias()
    free = select(func.max(before.c.position)).where(
        before.c.talk_id == conversations.c.id, before.c.action.not_in(HELD)
    )
    last_free = func.coalesce(free.correlate(conversations).scalar_subquery(), literal(-1))
    query = select(func.min(assessments.c.made_at)).where(mine, assessments.c.position > last_free)
    return query.correlate(conversations).scalar_subquery().label("since")


def _asked(connection: Connection, shop_id: int, limit: int) -> Iterator[Waiting]:
    """Second looks that were not taken yet, and those that came to something else and were not settled since."""
    later = exists().where(labels.c.talk_id == reviews.c.talk_id, labels.c.id > reviews.c.label_id)
    differs = reviews.c.agrees.is_(False) & ~later
    query = (
        select(conversations, reviews.c.kind, reviews.c.label_id, reviews.c.asked_by, reviews.c.asked_at)
        .join(reviews, reviews.c.talk_id == conversations.c.id)
        .where(conversations.c.shop_id == shop_id, reviews.c.label_id.is_(None) | differs)
        .where((reviews.c.kind != RANDOM) | reviews.c.label_id.is_not(None))
        .order_by(reviews.c.kind, reviews.c.id)
        .limit(limit)
    )
    for *row, kind, label, by, at in connection.execute(query):
        why: Why = "differs" if label is not None else "asked" if kind == ASKED else "drawn"
        yield Waiting(Talk(*row), why, at, by if why == "asked" else None)


def _picked(connection: Connection, shop_id: int, limit: int, now: datetime) -> Iterator[Waiting]:
    """Those that chance picked for a random look, who have waited longest first."""
    query = (
        select(conversations)
        .join(reviews, reviews.c.talk_id == conversations.c.id)
        .where(conversations.c.shop_id == shop_id, reviews.c.shop_id == shop_id)
        .where(reviews.c.kind == RANDOM, reviews.c.label_id.is_(None), offered(now))
        .order_by(conversations.c.changed_at)
        .limit(limit)
    )
    for row in connection.execute(query):
        talk = Talk(*row)
        yield Waiting(talk, "random", talk.changed_at)
