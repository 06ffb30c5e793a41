"""A candidate beside the model in use: it scores live talks in the background, and no agent ever sees what it says.

A request only leaves a note that a talk has grown. One thread of each process takes the notes up, reads the talk from
the store, and rests as long as it worked, so that it never has more than half of a core. Where more comes in than it
can take, the oldest notes are dropped and counted; whatever goes wrong in it is a line of the log.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from riskmodel.errors import BaitwatchError
from service.logs import describe, logger
from service.metrics import SHADOW
from service.model import WorkerModel
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.shadow_scores import keep, why
from service.store.talks import Talk, TalkStore
from service.talks import conversation_of

__all__ = ["Shadow"]

MOST: Final = 256
"""Notes that wait, of which each is of another talk: some hundred kilobytes."""


class _Note(NamedTuple):
    """That a talk has grown, and what the model in use said then."""

    talk: Talk
    assessment: dict[str, Any]


class Shadow:
    """Takes notes of talks that have grown.

    Parameters
    ----------
    store, keys
        Where talks are read, and what the candidate says of them is kept.
    candidate
        Loads the candidate, and takes up another that comes in its folder.
    """

    def __init__(self, store: Store, keys: KeyFile, candidate: WorkerModel) -> None:
        self._store, self._keys, self._candidate = store, keys, candidate
        self._notes: OrderedDict[tuple[int, str], _Note] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def offer(self, talk: Talk, assessment: dict[str, Any]) -> None:
        """Note that a talk has grown; of a talk that is noted already the later state counts."""
        with self._changed:
            self._notes[talk.shop_id, talk.conversation_id] = _Note(talk, assessment)
            if len(self._notes) > MOST:
                self._notes.popitem(last=False)
                SHADOW.labels("dropped").inc()
            if self._thread is None:  # in the process that answers, not in the one that it was forked from
                self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until nothing is left to do; whether that came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._notes and not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._notes)
                _, note = self._notes.popitem(last=False)
                self._busy = True
            begun = time.monotonic()
            SHADOW.labels(self._try(note)).inc()
            time.sleep(time.monotonic() - begun)

    def _try(self, note: _Note) -> str:
        try:
            self._score(note)
        except BaitwatchError as error:
            logger().warning("shadow_failed", reason=str(error))
            return "failed"
        except Exception as error:
            logger().error("shadow_failed", **describe(error))
            return "failed"
        return "scored"

    def _score(self, note: _Note) -> None:
        scorer, talk = self._candidate.get(), note.talk
        with self._store.reading() as connection:
            stored = TalkStore(connection, self._keys.current(), talk.shop_id)
            found = stored.find(talk.conversation_id)
            if found is None or found.id != talk.id:
                return  # erased meanwhile
            conversation = conversation_of(stored, found, until=talk.entries)
        said = scorer.assess(conversation)
        with self._store.writing() as connection:
            keep(
                connection,
                talk.id,
                talk.entries - 1,
                note.assessment,
                said,
                why=why(note.assessment, said),
                now=datetime.now(UTC),
            )
