"""The cases of a shop, kept in its store: opened, gone on with, decided, and the files that belong to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from riskmodel.errors import BaitwatchError, FieldProblem, InputError
from service.cases.case import Case, Exhibit, plain_of, read_case
from service.cases.flow import Step, check_step
from service.cases.model import (
    MOST_BYTES,
    MOST_EVENTS,
    MOST_EXHIBITS,
    MOST_FILE_BYTES,
    Decision,
    Event,
    ListedExhibit,
    NewCase,
    StepTaken,
)
from service.cases.table import load_table
from service.store.access import log_access
from service.store.cases import CaseStore, KeptCase
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import KeyFile
from service.store.reviews import ReviewStore

__all__ = ["CaseDesk", "TooLargeError"]

_CLOCKS = timedelta(minutes=5)  # by which two may differ
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


class TooLargeError(BaitwatchError):
    """A file, or the files of a case together, that are larger than what is kept."""


class CaseDesk:
    """Opens, reads and goes on with the cases of all shops.

    Parameters
    ----------
    store, keys
        Where they are kept, and what opens them.
    clock
        The time.
    """

    def __init__(self, store: Store, keys: KeyFile, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._keys, self._clock = store, keys, clock

    def open(self, shop_id: int, new: NewCase, *, actor: str) -> tuple[Case, bool]:
        """Open a case, and say whether it is new: told again as it was, it is opened once.

        Raises
        ------
        NotFoundError
            Where the shop has no such talk.
        ConflictError
            Where there is another case of this id.
        InputError
            Where two files have one name.
        """
        names = [each.name for each in new.exhibits]
        twice = next((place for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise InputError([FieldProblem(f"exhibits.{twice}.name", "is the name of another; give it one of its own")])
        with self._writing(shop_id) as (stored, now):
            talk = stored.talk(new.conversation_id, lock=True)
            before = stored.find(new.case_id)
            if before is not None:
                if plain_of(new) != before.plain:
                    raise ConflictError(
                        "there is another case of this case_id; send it under an id of its own, nothing was kept"
                    )
                return read_case(before), False
            listed = [plain_of(each) for each in new.exhibits]
            stored.open(talk, new.case_id, plain_of(new), listed, by=actor, now=now)
            return read_case(stored.get(new.case_id)), True

    def page(
        self, shop_id: int, limit: int, *, before: int | None = None, conversation_id: str | None = None
    ) -> list[Case]:
        """Cases without their events and exhibits, the latest first; raises `NotFoundError` for an unknown talk."""
        with self._store.reading() as connection:
            stored = CaseStore(connection, self._keys.current(), shop_id)
            talk = None if conversation_id is None else stored.talk(conversation_id)
            return [read_case(case) for case in stored.page(limit, before=before, talk=talk)]

    def listed(self, shop_id: int, limit: int, *, decided: bool) -> list[Case]:
        """Cases that were decided, the last changed first and as in `page`, or those that were not, whole."""
        with self._store.reading() as connection:
            stored = CaseStore(connection, self._keys.current(), shop_id)
            found = stored.listed(limit, decided=decided)
            return [read_case(case if decided else stored.get(case.case_id)) for case in found]

    def id_of(self, shop_id: int, name: str) -> str:
        """The id of the case of this random name; raises `NotFoundError`."""
        with self._store.reading() as connection:
            return CaseStore(connection, self._keys.current(), shop_id).id_of(name)

    def read(self, shop_id: int, case_id: str, *, actor: str | None = None) -> Case:
        """The case; who looked at it is noted where that is said. Raises `NotFoundError`."""
        with self._store.reading() as connection:
            kept = CaseStore(connection, self._keys.current(), shop_id).get(case_id)
        if actor is not None:
            with self._store.writing() as connection:
                log_access(connection, shop_id, actor, "read case", at=self._clock(), talk=kept.talk)
        return read_case(kept)

    def add_event(self, shop_id: int, case_id: str, event: Event, *, actor: str) -> tuple[Case, bool]:
        """Note what happened, and say whether that is new: told again as it was, it is kept once.

        A decision is kept as a label of the talk, too.

        Raises
        ------
        NotPossibleError
            A step that the table does not have as things stand.
        ConflictError
            Where another event has this id, or the case has no room.
        InputError
            A step that there never is, or at a time that cannot be.
        """
        with self._writing(shop_id) as (stored, now):
            kept = stored.get(case_id, lock=True)
            before = next((each for each in kept.events if each.event_id == event.event_id), None)
            if before is not None:
                if before.plain != plain_of(event):
                    raise ConflictError(
                        "another event of the case has this event_id; send it under an id of its own, nothing was kept"
                    )
                return read_case(kept), False
            if len(kept.events) >= MOST_EVENTS:
                raise ConflictError(f"the case has {MOST_EVENTS} events, which is all that it takes; use another case")
            outcome = None
            if isinstance(event, StepTaken):
                at = _see_time(event.at or now, now)
                check_step(load_table(), read_case(kept).steps, Step(event.object, event.action, at))
            elif isinstance(event, Decision):
                outcome = event.outcome
                decisions = ReviewStore(stored.connection, stored.keyring, shop_id)
                decided = event.platform_decision
                decisions.decide(
                    kept.conversation_id, outcome, by=actor, now=now, reason=event.reason, platform_decision=decided
                )
            stored.add_event(kept, event.event_id, plain_of(event), by=actor, now=now, outcome=outcome)
            return read_case(stored.get(case_id)), True

    def file(
        self,
        shop_id: int,
        case_id: str,
        name: str,
        media_type: str,
        content: bytes,
        *,
        sha256: str | None = None,
        actor: str,
    ) -> tuple[Exhibit, bool]:
        """Keep a file with a case, and say whether that is new; what is filed is never replaced unseen.

        Parameters
        ----------
        sha256
            As it was declared with the content; one that was listed with the case counts in any case.

        Raises
        ------
        InputError
            A content that is not that of the SHA-256 declared, or more files than a case takes.
        ConflictError
            Where another file of this name is there.
        TooLargeError
            More bytes than are kept.
        """
        if len(content) > MOST_FILE_BYTES:
            raise TooLargeError(f"a file has {MOST_FILE_BYTES // 2**20} MiB at most; send a smaller one")
        digest = hashlib.sha256(content).hexdigest()
        if sha256 is not None and sha256 != digest:
            raise InputError([FieldProblem("sha256", "is not that of the file that came; send the file as it was")])
        file = ListedExhibit(name=name, media_type=media_type, sha256=digest, size_bytes=len(content))
        with self._writing(shop_id) as (stored, now):
            kept = stored.get(case_id, lock=True)
            case = read_case(kept)
            before = case.exhibit(name)
            if before is not None and before.filed:
                if before.file != file:
                    raise ConflictError("another file of this name is filed; delete it first, or use another name")
                return before, False
            if before is not None and before.file.sha256 != digest:
                raise InputError(
                    [FieldProblem("name", "was listed with another SHA-256; send that file, or use another name")]
                )
            if before is None and len(case.exhibits) >= MOST_EXHIBITS:
                raise InputError([FieldProblem("name", f"is one more than the {MOST_EXHIBITS} that a case takes")])
            total = len(content) + sum(each.file.size_bytes or 0 for each in case.exhibits if each.filed)
            if total > MOST_BYTES:
                raise TooLargeError(
                    f"the files of a case have {MOST_BYTES // 2**20} MiB at most; delete one, or send a smaller one"
                )
            position = None if before is None else before.position
            stored.file(kept, position, plain_of(file), content, by=actor, now=now)
            log_access(stored.connection, shop_id, actor, "file exhibit", at=now, talk=kept.talk)
            found = read_case(stored.get(case_id)).exhibit(name)
            assert found is not None
            return found, True

    def content(self, shop_id: int, case_id: str, name: str, *, actor: str) -> tuple[Exhibit, bytes]:
        """A file of a case; who looked at it is noted. Raises `NotFoundError` where it is not there."""
        with self._writing(shop_id) as (stored, now):
            kept = stored.get(case_id)
            exhibit = _named(kept, name)
            content = stored.content(kept, exhibit.position)
            if content is None:
                raise NotFoundError("this file is listed and was not filed; send it first")
            log_access(stored.connection, shop_id, actor, "read exhibit", at=now, talk=kept.talk)
            return exhibit, content

    def remove(self, shop_id: int, case_id: str, name: str, *, actor: str) -> Case:
        """Delete a file of a case, listed or filed; who did is noted. Raises `NotFoundError` where it is not there."""
        with self._writing(shop_id) as (stored, now):
            kept = stored.get(case_id, lock=True)
            stored.remove(kept, _named(kept, name).position, now=now)
            log_access(stored.connection, shop_id, actor, "delete exhibit", at=now, talk=kept.talk)
            return read_case(stored.get(case_id))

    def contents(self, shop_id: int, case_id: str) -> tuple[Case, dict[int, bytes]]:
        """A case as it stands, and the content of each exhibit that was filed, by its position."""
        with self._store.reading() as connection:
            stored = CaseStore(connection, self._keys.current(), shop_id)
            kept = stored.get(case_id)
            found = {each.position: stored.content(kept, each.position) for each in kept.exhibits if each.filed}
        return read_case(kept), {position: content for position, content in found.items() if content is not None}

    @contextmanager
    def _writing(self, shop_id: int) -> Iterator[tuple[CaseStore, datetime]]:
        with self._store.writing() as connection:
            yield CaseStore(connection, self._keys.current(), shop_id), self._clock()


def _named(kept: KeptCase, name: str) -> Exhibit:
    found = read_case(kept).exhibit(name)
    if found is None:
        raise NotFoundError("the case has no file of this name; see what it lists, or send it first")
    return found


def _see_time(at: datetime, now: datetime) -> datetime:
    if not _FIRST <= at <= now + _CLOCKS:
        raise InputError([FieldProblem("at", "must be a time that has been, from 2000 on; correct it or leave it out")])
    return at
