"""Cases as they are kept: a row of a talk, its events and its exhibits, all sealed, under one mark.

The mark is a keyed hash over all that a case says of itself, so that whoever writes to the database without the keyring
cannot put in, take out or change an event or an exhibit unseen. What goes on in a case goes on in its talk: the talk's
row is locked meanwhile, and is kept as long as its case is worked on; with the talk the case is erased.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.keyring import Keyring, KeyringError
from service.store.record import written
from service.store.schema import case_events, cases, conversations, exhibits
from service.store.talks import Talk, TalkStore, context_of

__all__ = ["NO_SUCH_CASE", "CaseStore", "KeptCase", "KeptEvent", "KeptExhibit"]

NO_SUCH_CASE = "there is no such case in this shop; check its id and the key, or open it"
_ALTERED = "a stored case was altered or moved; see `baitwatch audit`"


class KeptEvent(NamedTuple):
    """An event: its place in the case, its id, what it says, who told it and when."""

    position: int
    event_id: str
    plain: bytes
    made_by: str
    made_at: datetime


class KeptExhibit(NamedTuple):
    """An exhibit: its place in the case, what is known of the file, whether it was filed, who told it and when."""

    position: int
    plain: bytes
    filed: bool
    made_by: str
    made_at: datetime


class KeptCase(NamedTuple):
    """A case; of one that is listed only, events and exhibits are left out."""

    id: int
    case_id: str
    name: str
    conversation_id: str
    talk: str
    plain: bytes
    outcome: str | None
    made_by: str
    made_at: datetime
    changed_at: datetime
    events: Sequence[KeptEvent] = ()
    exhibits: Sequence[KeptExhibit] = ()


class CaseStore:
    """Reads and writes cases on a connection of one transaction; parameters as for `TalkStore`."""

    def __init__(self, connection: Connection, keyring: Keyring, shop_id: int) -> None:
        self.connection, self.keyring, self._shop_id = connection, keyring, shop_id

    def find(self, case_id: str, *, lock: bool = False) -> KeptCase | None:
        """The case of this id, with its talk locked where it is to be changed; raises `KeyringError` where altered."""
        if lock:
            mine = select(cases.c.talk_id).where(cases.c.shop_id == self._shop_id, cases.c.case_id == case_id)
            self.connection.execute(select(conversations.c.id).where(conversations.c.id.in_(mine)).with_for_update())
        row = self.connection.execute(self._query().where(cases.c.case_id == case_id)).first()
        return None if row is None else self._read(row)

    def get(self, case_id: str, *, lock: bool = False) -> KeptCase:
        """The same; raises `NotFoundError` where the shop has no such case."""
        found = self.find(case_id, lock=lock)
        if found is None:
            raise NotFoundError(NO_SUCH_CASE)
        return found

    def talk(self, conversation_id: str, *, lock: bool = False) -> Talk:
        """The talk that a case is or will be about; raises `NotFoundError`."""
        talk = TalkStore(self.connection, self.keyring, self._shop_id).find(conversation_id, lock=lock)
        if talk is None:
            raise NotFoundError(NO_SUCH_TALK)
        return talk

    def page(self, limit: int, *, before: int | None = None, talk: Talk | None = None) -> list[KeptCase]:
        """Cases without their events and exhibits, the latest first: of the shop, or about one talk."""
        query = self._query().order_by(cases.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(cases.c.id < before)
        if talk is not None:
            query = query.where(cases.c.talk_id == talk.id)
        return [self._row(row) for row in self.connection.execute(query)]

    def listed(self, limit: int, *, decided: bool) -> list[KeptCase]:
        """Cases that were decided, the last changed first, or those that were not, the oldest first, as in `page`."""
        order = cases.c.changed_at.desc() if decided else cases.c.made_at
        undecided = cases.c.outcome.is_(None)
        query = self._query().where(~undecided if decided else undecided).order_by(order, cases.c.id).limit(limit)
        return [self._row(row) for row in self.connection.execute(query)]

    def id_of(self, name: str) -> str:
        """The id of the case of this random name, which an address may hold; raises `NotFoundError`."""
        query = select(cases.c.case_id).where(cases.c.shop_id == self._shop_id, cases.c.name == name)
        found: str | None = self.connection.execute(query).scalar()
        if found is None:
            raise NotFoundError(NO_SUCH_CASE)
        return found

    def open(self, talk: Talk, case_id: str, plain: bytes, listed: Sequence[bytes], *, by: str, now: datetime) -> None:
        """Make a case, with the exhibits that it lists."""
        name = secrets.token_hex(16)
        row = {
            "shop_id": self._shop_id,
            "talk_id": talk.id,
            "case_id": case_id,
            "name": name,
            "facts": self.keyring.seal(plain, context_of("case", name, 0)),
            "mark": b"",
            "made_by": by,
            "made_at": now,
            "changed_at": now,
        }
        number = self.connection.execute(insert(cases).values(row).returning(cases.c.id)).scalar_one()
        for position, facts in enumerate(listed):
            self._insert_exhibit(number, name, position, facts, None, by=by, now=now)
        self._changed(number, now)

    def add_event(
        self, case: KeptCase, event_id: str, plain: bytes, *, by: str, now: datetime, outcome: str | None = None
    ) -> None:
        """Keep an event after those that there are; with an outcome, that is the case's from now on."""
        position = len(case.events)
        row = {
            "case_id": case.id,
            "position": position,
            "event_id": event_id,
            "content": self.keyring.seal(plain, context_of("case event", case.name, position)),
            "made_by": by,
            "made_at": now,
        }
        self.connection.execute(insert(case_events), row)
        self._changed(case.id, now, **({} if outcome is None else {"outcome": outcome}))

    def file(self, case: KeptCase, before: int | None, plain: bytes, content: bytes, *, by: str, now: datetime) -> None:
        """Keep a file, in place of the exhibit at this position where it was listed before."""
        if before is not None:
            self._delete_exhibit(case, before)
        last = self.connection.execute(select(func.max(exhibits.c.position)).where(exhibits.c.case_id == case.id))
        position = before if before is not None else (last.scalar() or 0) + 1
        self._insert_exhibit(case.id, case.name, position, plain, content, by=by, now=now)
        self._changed(case.id, now)

    def content(self, case: KeptCase, position: int) -> bytes | None:
        """The content of an exhibit; None where it was not filed."""
        query = select(exhibits.c.content).where(exhibits.c.case_id == case.id, exhibits.c.position == position)
        sealed = self.connection.execute(query).scalar()
        return None if sealed is None else self.keyring.open(sealed, context_of("exhibit file", case.name, position))

    def remove(self, case: KeptCase, position: int, *, now: datetime) -> None:
        """Delete an exhibit with its content."""
        self._delete_exhibit(case, position)
        self._changed(case.id, now)

    def numbers(self) -> list[tuple[int, str]]:
        """Row and id of each case of the shop, for an audit."""
        query = select(cases.c.id, cases.c.case_id).where(cases.c.shop_id == self._shop_id).order_by(cases.c.id)
        return [(row.id, row.case_id) for row in self.connection.execute(query)]

    def _query(self) -> Any:
        return (
            select(cases, conversations.c.conversation_id, conversations.c.talk)
            .join(conversations, conversations.c.id == cases.c.talk_id)
            .where(cases.c.shop_id == self._shop_id, conversations.c.shop_id == self._shop_id)
        )

    def _row(self, row: Row[Any]) -> KeptCase:
        return KeptCase(
            row.id,
            row.case_id,
            row.name,
            row.conversation_id,
            row.talk,
            self.keyring.open(row.facts, context_of("case", row.name, 0)),
            row.outcome,
            row.made_by,
            row.made_at,
            row.changed_at,
        )

    def _read(self, row: Row[Any]) -> KeptCase:
        case = self._row(row)
        case = case._replace(events=self._events(case), exhibits=self._exhibits(case))
        if not hmac.compare_digest(self._mark(case), row.mark):
            raise KeyringError(_ALTERED)
        return case

    def _events(self, case: KeptCase) -> list[KeptEvent]:
        query = select(case_events).where(case_events.c.case_id == case.id).order_by(case_events.c.position)
        return [
            KeptEvent(
                row.position,
                row.event_id,
                self.keyring.open(row.content, context_of("case event", case.name, row.position)),
                row.made_by,
                row.made_at,
            )
            for row in self.connection.execute(query)
        ]

    def _exhibits(self, case: KeptCase) -> list[KeptExhibit]:
        table = exhibits
        # contents can be large and are read one at a time
        columns = table.c.position, table.c.facts, table.c.content.is_not(None), table.c.made_by, table.c.made_at
        query = select(*columns).where(table.c.case_id == case.id).order_by(table.c.position)
        return [
            KeptExhibit(
                position, self.keyring.open(facts, context_of("exhibit", case.name, position)), bool(filed), by, at
            )
            for position, facts, filed, by, at in self.connection.execute(query)
        ]

    def _insert_exhibit(
        self, number: int, name: str, position: int, plain: bytes, content: bytes | None, *, by: str, now: datetime
    ) -> None:
        place = context_of("exhibit file", name, position)
        row = {
            "case_id": number,
            "position": position,
            "facts": self.keyring.seal(plain, context_of("exhibit", name, position)),
            "content": None if content is None else self.keyring.seal(content, place),
            "made_by": by,
            "made_at": now,
        }
        self.connection.execute(insert(exhibits), row)

    def _delete_exhibit(self, case: KeptCase, position: int) -> None:
        mine = exhibits.c.case_id == case.id, exhibits.c.position == position
        self.connection.execute(delete(exhibits).where(*mine))

    def _changed(self, number: int, now: datetime, **values: Any) -> None:
        """Put the mark of what there is now under a case, and keep its talk young."""
        self.connection.execute(update(cases).where(cases.c.id == number).values(changed_at=now, **values))
        row = self.connection.execute(self._query().where(cases.c.id == number)).one()
        case = self._row(row)
        case = case._replace(events=self._events(case), exhibits=self._exhibits(case))
        self.connection.execute(update(cases).where(cases.c.id == number).values(mark=self._mark(case)))
        talk = conversations.c.id == row.talk_id, conversations.c.changed_at < now
        self.connection.execute(update(conversations).where(*talk).values(changed_at=now))

    def _mark(self, case: KeptCase) -> bytes:
        told = [
            [self._shop_id, case.case_id, case.name, case.talk, case.outcome, case.made_by, written(case.made_at)],
            _digest(case.plain),
            [[*each[:2], _digest(each.plain), each.made_by, written(each.made_at)] for each in case.events],
            [[each.position, _digest(each.plain), *each[2:4], written(each.made_at)] for each in case.exhibits],
        ]
        return self.keyring.mark(to_json(told), "case")


def _digest(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()
