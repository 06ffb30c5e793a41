"""A shop's store with talks in it, and short ways to look at and change what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from service_time import NOW
from sqlalchemy import Table, insert, select

from riskmodel.conversation import Buyer, Message, Order
from service.store.audit import Finding, audit_shop
from service.store.drafts import Addition, Draft, write
from service.store.engine import Store
from service.store.keyring import Keyring
from service.store.record import Entry
from service.store.schema import labels
from service.store.seal import Head, seal_log
from service.store.talks import KeptFacts, Talk, TalkStore, context_of

KEY = Ed25519PrivateKey.generate()
ASSESSMENT = {"risk": 0.1, "band": "low", "action": "proceed", "model": {"sha256": "0" * 64}}


def message(number: int, text: str = "今天能发货吗") -> Message:
    return Message(message_id=f"m{number}", sender="buyer", sent_at=NOW, text=text)


def order(status: str = "paid") -> Order:
    return Order(order_id="o1", status=status, amount="9.90")


class Case:
    """A shop, its keys, and what the tests do with both."""

    def __init__(self, store: Store, keyring: Keyring, shop: int) -> None:
        self.store, self.keyring, self.shop = store, keyring, shop

    def add(
        self, name: str, items: Sequence[Message | Order], *, now: datetime = NOW, buyer: str | None = None
    ) -> Talk:
        """Store what arrived in a talk, with the facts that name its buyer, and a snapshot."""
        with self.store.writing() as connection:
            stored = TalkStore(connection, self.keyring, self.shop)
            additions = []
            for item in items:
                kind, number = ("message", item.message_id) if isinstance(item, Message) else ("order", item.order_id)
                plain = item.model_dump_json(exclude_none=True).encode()
                additions.append(Addition(kind, number, plain, stored.mark(item), ASSESSMENT))
            facts = None if buyer is None else KeptFacts(buyer=Buyer(buyer_id=buyer))
            draft = Draft(
                stored.find_or_begin(name, lock=True), additions, ASSESSMENT, b"a frozen state", "0" * 64, facts
            )
            assert write(connection, self.keyring, draft, now) is not None
            found = stored.find(name)
        assert found is not None
        return found

    def label(self, talk: Talk, reason: str) -> None:
        """Put a label with a reason on a talk."""
        row = {
            "shop_id": self.shop,
            "talk_id": talk.id,
            "label": "benign",
            "reason": self.keyring.seal(reason.encode(), context_of("label", talk.talk, 0)),
            "made_by": "key 1",
            "made_at": NOW,
        }
        with self.store.writing() as connection:
            connection.execute(insert(labels), row)

    def seal(self, minutes: int = 0) -> Head:
        """Sign a head over all that is there."""
        with self.store.writing() as connection:
            head = seal_log(connection, self.shop, KEY, NOW + timedelta(minutes=minutes))
        assert head is not None
        return head

    def findings(self) -> list[Finding]:
        """What an audit says."""
        with self.store.reading() as connection:
            return list(audit_shop(connection, self.shop, self.keyring, KEY.public_key()))

    def rows(self, table: Table) -> list[Any]:
        """All rows, oldest first."""
        with self.store.reading() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    def run(self, *statements: Any) -> None:
        """Change the database behind the program's back."""
        with self.store.writing() as connection:
            for statement in statements:
                connection.execute(statement)


def leaf_of(row: Any) -> bytes:
    """The leaf of a stored entry."""
    return Entry.of(row).leaf
