"""What a request adds to a talk, worked out before it is written, so that nobody waits while it is scored.

A draft says which row of the talk it goes on from, and by which policy of the shop. Where either is another one by the
time that it is written, nothing is: whoever works it out anew has the row locked by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, Update, bindparam, exists, insert, update
from sqlalchemy.exc import IntegrityError

from service.store import talk_figures
from service.store.engine import without_waiting
from service.store.keyring import Keyring
from service.store.looks import draw
from service.store.record import Content, Entry, next_link
from service.store.schema import assessments, conversations, entries, messages, orders
from service.store.talks import CONTENTS, POLICY, KeptFacts, Talk, buyer_mark, context_of

__all__ = ["Addition", "Draft", "write"]

# what is written at every message is put together once; inline: nobody asks for the numbers of the new rows
_INSERT = {table: insert(table).inline() for table in (entries, messages, orders, assessments)}
_MAKE = insert(conversations).returning(conversations.c.id)
_OUTDATE = (
    update(orders)
    .where(orders.c.talk_id == bindparam("number"), orders.c.order_id == bindparam("name"))
    .values(latest=False)
)
_GOES_ON = ("entries", "messages", "link", "changed_at", "risk", "band", "action")
_FROZEN = ("snapshot", "snapshot_at", "model")
_TOLD = ("facts", "buyer")


class Addition(NamedTuple):
    """A message or order to store, with the assessment after it."""

    kind: str
    name: str
    plain: bytes
    mark: bytes
    assessment: dict[str, Any]


class Draft(NamedTuple):
    """What is to be kept of a request.

    Parameters
    ----------
    before
        The talk that it goes on from.
    additions
        What is new, in order.
    assessment
        That of the talk as it is then.
    snapshot, model
        The state after all of it, where it is time to keep one, and of which model it is.
    facts
        What is known of the talk from now on, where that has changed.
    unsought
        The id of a message of which nobody has looked whether the talk has it: where it does, nothing is written.
    province
        That the latest of the orders told ships to, where one does.
    """

    before: Talk
    additions: Sequence[Addition]
    assessment: dict[str, Any]
    snapshot: bytes | None = None
    model: str | None = None
    facts: KeptFacts | None = None
    unsought: str | None = None
    province: str | None = None


class _Arrived(NamedTuple):
    """An addition as an entry of the record."""

    addition: Addition
    content: Content
    entry: Entry
    link: bytes


def write(
    connection: Connection,
    keyring: Keyring,
    draft: Draft,
    now: datetime,
    *,
    locked: bool = False,
    looks: float = 0.0,
) -> Talk | None:
    """Write a draft down; gives the talk as it now stands, None where it is no longer the one of the draft.

    Parameters
    ----------
    connection
        Of a transaction that writes.
    keyring, now
        As they are now that it is this writer's turn: those from before the wait may be of the past.
    locked
        Whether the row was locked when the draft was made. Then the policy of the shop is not asked for again: it can
        change at any time, and what is on its way meanwhile may come before that.
    looks
        Of new talks, the share that chance picks for a random look.
    """
    arrived = _enter(keyring, draft, now)
    talk = _after(keyring, draft, arrived, now)
    if not draft.before.id:
        number = _make(connection, talk)
        if number is None:
            return None
        talk = talk._replace(id=number)
    elif not _went_on(connection, draft, talk, locked=locked):
        return None
    with without_waiting(connection):
        if arrived:
            _insert(connection, keyring, talk, arrived)
        given = [each.assessment for each in draft.additions] or [draft.assessment]
        new = not draft.before.id
        talk_figures.note(connection, talk, given, facts=draft.facts, province=draft.province, new=new)
        if new:
            draw(connection, keyring, talk, looks, now)
    return talk


def _enter(keyring: Keyring, draft: Draft, now: datetime) -> list[_Arrived]:
    """Chain what is new to what was there."""
    talk, link = draft.before, draft.before.link
    arrived = []
    for position, addition in enumerate(draft.additions, talk.entries):
        content = Content.new(addition.plain)
        entry = Entry(talk.talk, position, addition.kind, now, content.commitment)
        link = next_link(keyring, link, entry)
        arrived.append(_Arrived(addition, content, entry, link))
    return arrived


def _after(keyring: Keyring, draft: Draft, arrived: Sequence[_Arrived], now: datetime) -> Talk:
    talk = draft.before
    changed: dict[str, Any] = {name: draft.assessment[name] for name in ("risk", "band", "action")}
    if arrived:
        changed["entries"] = talk.entries + len(arrived)
        changed["messages"] = talk.messages + sum(item.addition.kind == "message" for item in arrived)
        changed["link"] = arrived[-1].link
    if draft.snapshot is not None:
        at = talk.entries + len(arrived)
        changed["snapshot"] = keyring.seal(draft.snapshot, context_of("snapshot", talk.talk, at))
        changed |= {"snapshot_at": at, "model": draft.model}
    if draft.facts is not None:
        plain = draft.facts.model_dump_json(exclude_none=True).encode()
        buyer_id = draft.facts.buyer.buyer_id if draft.facts.buyer is not None else None
        changed["facts"] = keyring.seal(plain, context_of("facts", talk.talk, 0))
        changed["buyer"] = None if buyer_id is None else buyer_mark(keyring, talk.shop_id, buyer_id)
    if not talk.id:
        changed["made_at"] = now
    return talk._replace(changed_at=now, **changed)


def _make(connection: Connection, talk: Talk) -> int | None:
    """The number of a new talk; None where another writer was quicker."""
    row = talk._asdict()
    del row["id"], row["standing"]
    try:
        with connection.begin_nested():
            number: int = connection.execute(_MAKE, row).scalar_one()
    except IntegrityError:
        return None
    return number


def _went_on(connection: Connection, draft: Draft, talk: Talk, *, locked: bool) -> bool:
    """Change the row of a talk, which stays locked, where it is still that of the draft."""
    frozen, told, sought = draft.snapshot is not None, draft.facts is not None, draft.unsought is None
    given = {"number": talk.id, "shop": talk.shop_id, "before": draft.before.link, "known": draft.before.facts}
    given |= {f"new_{name}": getattr(talk, name) for name in _changing(frozen=frozen, told=told)}
    if not locked:
        given["standing"] = draft.before.standing
    if not sought:
        given["unsought"] = draft.unsought
    return connection.execute(_change(frozen=frozen, told=told, sought=sought, locked=locked), given).rowcount == 1


def _changing(*, frozen: bool, told: bool) -> tuple[str, ...]:
    """The columns that change: what stays is not sent again, least of all a snapshot of some kilobytes."""
    return _GOES_ON + (_FROZEN if frozen else ()) + (_TOLD if told else ())


@cache
def _change(*, frozen: bool, told: bool, sought: bool, locked: bool) -> Update:
    table = conversations
    statement = (
        update(table)
        .where(table.c.id == bindparam("number"), table.c.shop_id == bindparam("shop"))
        .where(table.c.link == bindparam("before"), table.c.facts.is_not_distinct_from(bindparam("known")))
        .values({name: bindparam(f"new_{name}") for name in _changing(frozen=frozen, told=told)})
    )
    if not locked:
        statement = statement.where(POLICY.scalar_subquery().is_not_distinct_from(bindparam("standing")))
    if not sought:
        message = messages.c.talk_id == bindparam("number"), messages.c.message_id == bindparam("unsought")
        statement = statement.where(~exists().where(*message))
    return statement


def _insert(connection: Connection, keyring: Keyring, talk: Talk, arrived: Sequence[_Arrived]) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {entries: [], messages: [], orders: [], assessments: []}
    # of several forms of an order that come together the last one is the latest
    latest = {item.addition.name: item.entry.position for item in arrived if item.addition.kind == "order"}
    for addition, content, entry, link in arrived:
        rows[entries].append({**entry._asdict(), "shop_id": talk.shop_id, "link": link})
        row = {
            "talk_id": talk.id,
            "position": entry.position,
            f"{addition.kind}_id": addition.name,
            "mark": addition.mark,
            "content": keyring.seal(content.salted, context_of(addition.kind, talk.talk, entry.position)),
        }
        if addition.kind == "order":
            row["latest"] = latest[addition.name] == entry.position
        rows[CONTENTS[addition.kind]].append(row)
        rows[assessments].append(_assessed(talk, entry, addition.assessment))
    for name in latest:
        connection.execute(_OUTDATE, {"number": talk.id, "name": name})
    for table, several in rows.items():
        if several:
            connection.execute(_INSERT[table], several if len(several) > 1 else several[0])


def _assessed(talk: Talk, entry: Entry, assessment: dict[str, Any]) -> dict[str, Any]:
    return {
        "talk_id": talk.id,
        "position": entry.position,
        "risk": assessment["risk"],
        "band": assessment["band"],
        "action": assessment["action"],
        "model": assessment["model"]["sha256"],
        "content": assessment,
        "made_at": entry.received_at,
    }
