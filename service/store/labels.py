"""What a talk turned out to be, as the shop says: kept as it comes, also where one label contradicts another."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select

from riskmodel.learning.outcomes import Given
from service.store.errors import NO_SUCH_TALK, NotFoundError
from service.store.keyring import Keyring
from service.store.schema import conversations, labels
from service.store.talks import Talk, TalkStore, context_of

__all__ = ["LABELS", "PLATFORM_DECISIONS", "Label", "LabelStore"]

LABELS: Final = ("abusive", "benign", "legit_complaint", "unclear")
"""The first three are what a model learns from; ``unclear`` says that somebody looked and could not tell."""
PLATFORM_DECISIONS: Final = ("upheld", "rejected", "settled", "unknown")
"""What the platform decided later of the buyer's claim; ``settled`` is that both sides agreed."""


class Label(NamedTuple):
    """One label as it was given.

    `made_at` is when it was stored; `decided_at` when it was given, where that was before. `platform_decision` is what
    the platform decided later, as far as it was known then.
    """

    id: int
    conversation_id: str
    label: str
    reason: str | None
    probability: float | None
    made_by: str
    made_at: datetime
    platform_decision: str | None = None
    decided_at: datetime | None = None


class LabelStore:
    """Reads and writes labels on a connection of one transaction; parameters as for `TalkStore`."""

    def __init__(self, connection: Connection, keyring: Keyring, shop_id: int) -> None:
        self._connection, self._keyring, self._shop_id = connection, keyring, shop_id

    def add(
        self,
        conversation_id: str,
        label: str,
        *,
        by: str,
        now: datetime,
        reason: str | None = None,
        probability: float | None = None,
        platform_decision: str | None = None,
        decided_at: datetime | None = None,
    ) -> Label:
        """Keep a label of a talk beside those that it has; raises `NotFoundError` where the shop has no such talk."""
        talk = self._talk(conversation_id)
        sealed = None if reason is None else self._keyring.seal(reason.encode(), context_of("label", talk.talk, 0))
        row = {
            "shop_id": self._shop_id,
            "talk_id": talk.id,
            "label": label,
            "reason": sealed,
            "probability": probability,
            "made_by": by,
            "made_at": now,
            "platform_decision": platform_decision,
            "decided_at": decided_at,
        }
        number = self._connection.execute(insert(labels).values(row).returning(labels.c.id)).scalar_one()
        return Label(number, conversation_id, label, reason, probability, by, now, platform_decision, decided_at)

    def given(self, *, talk: Talk | None = None, until: datetime | None = None) -> dict[int, list[Given]]:
        """Labels by the number of their talk, the oldest first: of one talk or of all; those stored until a moment."""
        columns = [labels.c[name] for name in ("label", "made_by", "probability", "platform_decision")]
        when = func.coalesce(labels.c.decided_at, labels.c.made_at, type_=labels.c.made_at.type)
        query = select(labels.c.talk_id, when, *columns).where(labels.c.shop_id == self._shop_id)
        if talk is not None:
            query = query.where(labels.c.talk_id == talk.id)
        if until is not None:
            query = query.where(labels.c.made_at <= until)
        found: dict[int, list[Given]] = {}
        for number, at, label, by, probability, decided in self._connection.execute(query.order_by(labels.c.id)):
            found.setdefault(number, []).append(Given(label, by, at, probability, decided))
        return found

    def page(self, limit: int, *, before: int | None = None, conversation_id: str | None = None) -> list[Label]:
        """Labels, the latest first: of the shop, or of one talk."""
        table = labels
        query = (
            select(
                table.c.id,
                conversations.c.conversation_id,
                conversations.c.talk,
                table.c.label,
                table.c.reason,
                table.c.probability,
                table.c.made_by,
                table.c.made_at,
                table.c.platform_decision,
                table.c.decided_at,
            )
            .join(conversations, conversations.c.id == table.c.talk_id)
            .where(table.c.shop_id == self._shop_id)
        )
        if before is not None:
            query = query.where(table.c.id < before)
        if conversation_id is not None:
            query = query.where(table.c.talk_id == self._talk(conversation_id).id)
        rows = self._connection.execute(query.order_by(table.c.id.desc()).limit(limit))
        return [
            Label(number, name, label, self._opened(reason, talk), *rest)
            for number, name, talk, label, reason, *rest in rows
        ]

    def _talk(self, conversation_id: str) -> Talk:
        talk = TalkStore(self._connection, self._keyring, self._shop_id).find(conversation_id)
        if talk is None:
            raise NotFoundError(NO_SUCH_TALK)
        return talk

    def _opened(self, reason: bytes | None, talk: str) -> str | None:
        return None if reason is None else self._keyring.open(reason, context_of("label", talk, 0)).decode()
