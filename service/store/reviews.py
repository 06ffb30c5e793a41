"""Decisions of people about talks, and second looks at them: asked for, drawn by chance, or due as two labels differ.

A decision is a label with who gave it; a later one corrects it, and both are kept. One in ten first decisions is looked
at again by somebody else, who does not see what was decided before (see `ReviewStore.is_blind`). The draw is a keyed
hash of the talk's random name: nobody without the keyring can tell which talk it will be, and to decide again draws
nothing new. The second label carries the probability of the draw.

Where labels of different people come to no outcome (see `riskmodel.learning.outcomes`), the talk waits for one more,
until most of them say the same; whoever came last does not decide it. The first label of a random look (see
`service.store.looks`) carries the probability of that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from riskmodel.learning.outcomes import outcome as outcome_of
from service.store.access import log_access
from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.keyring import Keyring
from service.store.labels import Label, LabelStore
from service.store.looks import RANDOM, is_unheld
from service.store.schema import conversations, reviews
from service.store.talks import Talk, TalkStore
from service.store.users import all_with_right

__all__ = ["ASKED", "DIFFERS", "DRAWN", "SHARE", "Review", "ReviewStore"]

SHARE: Final = 0.1
"""Of first decisions, how many are looked at again."""
ASKED, DRAWN, DIFFERS = "asked", "drawn", "differs"
_MOST_DECISIONS = 100


class Review(NamedTuple):
    """A second look: `label_id` is what it came to, and `agrees` whether with the decision before it."""

    id: int
    kind: str
    probability: float | None
    asked_by: str
    asked_at: datetime
    label_id: int | None
    agrees: bool | None

    def is_for(self, actor: str) -> bool:
        """Whether it is open, and this person is another than the one who asked."""
        return self.label_id is None and self.asked_by != actor


class ReviewStore:
    """Reads and writes decisions and second looks on a connection of one transaction; parameters as for `TalkStore`."""

    def __init__(self, connection: Connection, keyring: Keyring, shop_id: int) -> None:
        self._connection, self._keyring, self._shop_id = connection, keyring, shop_id
        self._labels = LabelStore(connection, keyring, shop_id)

    def decisions(self, talk: Talk) -> list[Label]:
        """What was decided of a talk, the latest first, by people and by programs."""
        return self._labels.page(_MOST_DECISIONS, conversation_id=talk.conversation_id)

    def reviews(self, talk: Talk) -> list[Review]:
        """The second looks at a talk, the oldest first."""
        table = reviews
        columns = [table.c[name] for name in Review._fields]
        rows = self._connection.execute(select(*columns).where(table.c.talk_id == talk.id).order_by(table.c.id))
        return [Review(*row) for row in rows]

    def ask(self, talk: Talk, *, by: str, now: datetime) -> bool:
        """Ask that somebody else look at a talk; gives whether that is new: while one waits there is no other."""
        self._lock(talk)
        if any(review.kind == ASKED and review.label_id is None for review in self.reviews(talk)):
            return False
        self._add(talk, ASKED, by, now)
        log_access(self._connection, self._shop_id, by, "ask", at=now, talk=talk.talk)
        return True

    def add_label(self, conversation_id: str, label: str, *, by: str, now: datetime, **more: Any) -> Label:
        """Keep a label as for `LabelStore.add`; where it contradicts those of others, the talk waits for one more."""
        made = self._labels.add(conversation_id, label, by=by, now=now, **more)
        talk = TalkStore(self._connection, self._keyring, self._shop_id).find(conversation_id)
        assert talk is not None
        self._see_contradiction(talk, made)
        return made

    def decide(
        self,
        conversation_id: str,
        outcome: str,
        *,
        by: str,
        now: datetime,
        reason: str,
        platform_decision: str | None = None,
    ) -> Label:
        """Keep a decision of a talk; a look at it that waits for this person is done with it.

        Raises
        ------
        NotFoundError
            Where the shop has no such talk.
        """
        talk = TalkStore(self._connection, self._keyring, self._shop_id).find(conversation_id, lock=True)
        if talk is None:
            raise NotFoundError(NO_SUCH_TALK)
        before, looks = self.decisions(talk), self.reviews(talk)
        mine = [] if any(each.made_by == by for each in before) else [look for look in looks if look.is_for(by)]
        label = self._labels.add(
            conversation_id,
            outcome,
            by=by,
            now=now,
            reason=reason,
            probability=self._picked(talk, mine, first=not before),
            platform_decision=platform_decision,
        )
        agrees = before[0].label == outcome if before else None
        for look in mine:
            done = {"label_id": label.id, "agrees": agrees}
            self._connection.execute(update(reviews).where(reviews.c.id == look.id).values(done))
        if not mine:
            self._see_contradiction(talk, label)
        if not before and self._is_drawn(talk, by):
            self._add(talk, DRAWN, by, now, probability=SHARE)
        log_access(self._connection, self._shop_id, by, "decide", at=now, talk=talk.talk)
        self._touch(talk, now)
        return label

    def is_blind(self, talk: Talk, actor: str) -> bool:
        """Whether a second look at earlier decisions waits for this person, who is not to see them until then."""
        before = self.decisions(talk)
        if not before or any(each.made_by == actor for each in before):
            return False
        return any(look.is_for(actor) and look.kind != RANDOM for look in self.reviews(talk))

    def _picked(self, talk: Talk, looks: list[Review], *, first: bool) -> float | None:
        """With which probability chance picked the talk for the look that a decision ends."""
        kind = RANDOM if first else DRAWN
        found = next((look.probability for look in looks if look.kind == kind), None)
        return found if found is None or not first or is_unheld(self._connection, talk) else None

    def _see_contradiction(self, talk: Talk, label: Label) -> None:
        """Note that labels of different people, this one the latest, come to nothing."""
        if outcome_of(self._labels.given(talk=talk).get(talk.id, [])).contradicted:
            self._add(talk, DIFFERS, label.made_by, label.made_at, label_id=label.id, agrees=False)

    def _is_drawn(self, talk: Talk, by: str) -> bool:
        """Whether chance picks the talk; only where there is somebody else who could look."""
        if int.from_bytes(self._keyring.mark(talk.talk.encode(), "second look")[:8]) / 2**64 >= SHARE:
            return False
        people = all_with_right(self._connection, self._shop_id, "decisions")
        return by in people and len(people) > 1

    def _add(self, talk: Talk, kind: str, by: str, now: datetime, **more: Any) -> None:
        row: dict[str, Any] = {
            "shop_id": self._shop_id,
            "talk_id": talk.id,
            "kind": kind,
            "asked_by": by,
            "asked_at": now,
            **more,
        }
        self._connection.execute(insert(reviews), row)
        self._touch(talk, now)

    def _lock(self, talk: Talk) -> None:
        self._connection.execute(select(conversations.c.id).where(conversations.c.id == talk.id).with_for_update())

    def _touch(self, talk: Talk, now: datetime) -> None:
        """The talk has gone on: open pages hear of it, and it is kept as long as it is worked on."""
        mine = conversations.c.id == talk.id, conversations.c.changed_at < now
        self._connection.execute(update(conversations).where(*mine).values(changed_at=now))
