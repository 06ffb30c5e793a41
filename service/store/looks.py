"""Random looks: of the talks that nobody was told to hold, a few are offered for review, so that what is missed shows.

Who looks only where the model pointed learns nothing of what it misses. The draw is made when a talk is new, by a keyed
hash of its random name: nobody without the keyring can tell which talk it will be, and nothing that is said later
changes it. The probability is stored with it, so that another share from tomorrow on does not bend what was drawn. The
talk is offered once it has been quiet for a day, where it was never to be held and nobody has labelled it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, insert, select

from service.store.keyring import Keyring
from service.store.schema import conversations, labels, reviews, talk_figures
from service.store.talk_figures import STRENGTHS
from service.store.talks import Talk

__all__ = ["QUIET", "RANDOM", "draw", "is_unheld", "offered"]

RANDOM: Final = "random"
"""The kind of such a look among the reviews."""
QUIET: Final = timedelta(days=1)
"""How long nothing has happened in a talk that is taken to have ended."""
_BY: Final = "service"
_INSERT = insert(reviews).inline()  # nobody asks for the number of the row, and on PostgreSQL nobody waits for it


def draw(connection: Connection, keyring: Keyring, talk: Talk, share: float, now: datetime) -> None:
    """Let chance pick a talk that was just made, with a probability from 0 to 1."""
    if int.from_bytes(keyring.mark(talk.talk.encode(), "random look")[:8]) / 2**64 >= share:
        return
    row = {"shop_id": talk.shop_id, "talk_id": talk.id, "kind": RANDOM, "probability": share}
    connection.execute(_INSERT, {**row, "asked_by": _BY, "asked_at": now})


def is_unheld(connection: Connection, talk: Talk) -> bool:
    """Whether nobody was ever told to hold the talk."""
    return bool(connection.execute(select(_unheld(talk.id))).scalar_one())


def offered(now: datetime) -> ColumnElement[bool]:
    """Of a query over talks, those that are ready to be looked at."""
    labelled = exists().where(labels.c.talk_id == conversations.c.id).correlate(conversations)
    quiet = (conversations.c.changed_at <= now - QUIET) & (conversations.c.messages > 0)
    return quiet & ~labelled & _unheld(conversations.c.id)


def _unheld(talk: int | ColumnElement[int]) -> ColumnElement[bool]:
    held = talk_figures.c.strongest >= STRENGTHS["hold"]
    return ~exists().where(talk_figures.c.talk_id == talk, held)
