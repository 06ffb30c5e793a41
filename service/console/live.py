"""What changes in a shop, told to its open pages as it happens: server-sent events that name talks and say no more.

One thread of the process asks the database twice a second for all pages together, and only while there are any; a page
then fetches what it shows. What was missed while a page was not connected does not matter: it fetches all it shows
whenever it is connected anew.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Condition, Event, Lock, Thread
from typing import Final

from sqlalchemy import select

from service.store.engine import Store
from service.store.errors import StoreError
from service.store.schema import conversations

__all__ = ["BEAT", "Listener", "Live", "NoRoomError", "events"]

BEAT: Final = 10.0
"""Seconds after which a page hears that it is still connected."""
_EVERY: Final = 0.5
_PATIENCE: Final = 5.0  # seconds, for a question to the database that is under way
_OVERLAP: Final = timedelta(seconds=10)  # writers' clocks may differ, and who began sooner may be done later


class NoRoomError(Exception):
    """As many pages as this process updates are connected."""


class Listener:
    """One open page: collects the names of talks that changed until they are fetched."""

    def __init__(self, shop_id: int) -> None:
        self.shop_id = shop_id
        self._changed: set[str] = set()
        self._ended = False
        self._news = Condition()

    def tell(self, talks: set[str]) -> None:
        """These changed."""
        with self._news:
            self._changed |= talks
            self._news.notify()

    def end(self) -> None:
        """Nothing more will come."""
        with self._news:
            self._ended = True
            self._news.notify()

    def wait(self, seconds: float) -> set[str] | None:
        """The talks that changed, none after so many seconds without; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self._changed or self._ended, seconds)
            changed, self._changed = self._changed, set()
            return None if self._ended else changed


class Live:
    """The open pages of a process.

    Parameters
    ----------
    store
        Where changes are looked for.
    most
        How many pages there may be; each holds a thread of the server.
    """

    def __init__(self, store: Store, most: int) -> None:
        self._store, self._most = store, most
        self._listeners: set[Listener] = set()
        self._lock = Lock()
        self._watcher: Thread | None = None
        self._stopped = Event()

    def listen(self, shop_id: int) -> Listener:
        """Begin to hear what changes in a shop; raises `NoRoomError`."""
        with self._lock:
            if len(self._listeners) >= self._most or self._stopped.is_set():
                raise NoRoomError
            listener = Listener(shop_id)
            self._listeners.add(listener)
            if self._watcher is None:
                self._watcher = Thread(target=self._watch, name="live", daemon=True)
                self._watcher.start()
        return listener

    def leave(self, listener: Listener) -> None:
        """Hear no more."""
        with self._lock:
            self._listeners.discard(listener)

    def stop(self) -> None:
        """Let all pages go, which come back to a process that goes on, and ask the database no more."""
        self._stopped.set()
        with self._lock:
            for listener in self._listeners:
                listener.end()
            watcher = self._watcher
        if watcher is not None:
            watcher.join(_PATIENCE)

    def count(self) -> int:
        """How many pages are connected."""
        return len(self._listeners)

    def _watch(self) -> None:
        seen: dict[str, datetime] = {}
        since = datetime.now(UTC) - _OVERLAP
        while not self._stopped.is_set():
            with self._lock:
                shops = Counter(listener.shop_id for listener in self._listeners)
                if not shops:
                    self._watcher = None
                    return
            try:
                since = self._look(set(shops), since, seen)
            except StoreError:
                with self._lock:  # a page that hears nothing must not believe that nothing happens
                    for listener in self._listeners:
                        listener.end()
            self._stopped.wait(_EVERY)

    def _look(self, shops: set[int], since: datetime, seen: dict[str, datetime]) -> datetime:
        columns = conversations.c
        query = select(columns.shop_id, columns.talk, columns.changed_at).where(
            columns.shop_id.in_(shops), columns.changed_at >= since
        )
        now = datetime.now(UTC)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        changed: dict[int, set[str]] = {}
        for shop_id, talk, changed_at in rows:
            if seen.get(talk) != changed_at:
                seen[talk] = changed_at
                changed.setdefault(shop_id, set()).add(talk)
        with self._lock:
            for listener in self._listeners & {each for each in self._listeners if each.shop_id in changed}:
                listener.tell(changed[listener.shop_id])
        since = now - _OVERLAP
        for talk in [talk for talk, changed_at in seen.items() if changed_at < since]:
            del seen[talk]
        return since


def events(listener: Listener, seconds: float) -> Iterator[str]:
    """What a page is sent, for so long; then it connects anew.

    Yields
    ------
    str
        ``hello`` at once; ``talks`` with the names of talks that changed; ``beat`` where none did.
    """
    until = time.monotonic() + seconds
    yield "retry: 2000\nevent: hello\ndata: -\n\n"
    while (left := until - time.monotonic()) > 0:
        changed = listener.wait(min(BEAT, left))
        if changed is None:
            return
        if changed:
            yield f"event: talks\ndata: {' '.join(sorted(changed))}\n\n"
        else:
            yield "event: beat\ndata: -\n\n"
