"""The tables. What is personal is sealed; what is chained holds nothing personal and is never deleted.

``entries`` is the record of arrival: one row for each message or order of any talk, with a commitment to what it held,
and one for each change of an API key or user. Content lives beside it (``messages``, ``orders``) and can be erased
without breaking the record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

__all__ = [
    "access_log",
    "api_keys",
    "assessments",
    "bundles",
    "case_events",
    "cases",
    "conversations",
    "entries",
    "exhibits",
    "heads",
    "labels",
    "messages",
    "metadata",
    "orders",
    "reviews",
    "sessions",
    "shadow_scores",
    "shops",
    "sign_in_tries",
    "talk_figures",
    "users",
]


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, always in UTC; SQLite forgets the zone, so that it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> Any:
        """To UTC; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """With its zone."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only
_DIGEST = LargeBinary(32)


def _number() -> Column[int]:
    return Column("id", _NUMBER, primary_key=True, autoincrement=True)


def _of_shop() -> Column[int]:
    return Column("shop_id", _NUMBER, ForeignKey("shops.id"), nullable=False)


def _of_talk() -> Column[int]:
    return Column("talk_id", _NUMBER, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


def _mark() -> Column[bytes]:
    return Column("mark", _DIGEST, nullable=False)  # keyed hash of the row: who has no keyring cannot make one


def _when(name: str, *, known: bool = True) -> Column[datetime]:
    return Column(name, UTCDateTime(), nullable=not known)


shops = Table(
    "shops",
    metadata,
    _number(),
    Column("name", String(128), nullable=False, unique=True),
    Column("policy", LargeBinary),  # sealed: what the shop can keep, where a talk does not say
    Column("retention_days", Integer),  # where it is not the general setting
    _when("made_at"),
)

users = Table(
    "users",
    metadata,
    _number(),
    _of_shop(),
    Column("name", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", String(256), nullable=False),  # argon2id, with its own salt and cost
    _when("made_at"),
    _when("disabled_at", known=False),
    _mark(),
    UniqueConstraint("shop_id", "name"),
    sqlite_autoincrement=True,  # the number of a user who was removed is never another's
)

sessions = Table(
    "sessions",
    metadata,
    _number(),
    Column("user_id", _NUMBER, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("digest", _DIGEST, nullable=False, unique=True),  # of what the cookie holds
    _when("began_at"),
    Index(None, "user_id"),
    Index(None, "began_at"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    _number(),
    Column("who", _DIGEST, nullable=False, unique=True),  # keyed hash: a name of a shop, or an address
    Column("tries", Integer, nullable=False),
    _when("last_at"),
    Index(None, "last_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _number(),
    _of_shop(),
    Column("label", String(128), nullable=False),
    Column("digest", _DIGEST, nullable=False, unique=True),  # of 32 random bytes, so that no salt is needed
    Column("scopes", String(128), nullable=False),  # sorted, parted by spaces
    _when("made_at"),
    _when("last_used_at", known=False),
    _when("revoked_at", known=False),
    _mark(),
    sqlite_autoincrement=True,
)

conversations = Table(
    "conversations",
    metadata,
    _number(),
    _of_shop(),
    Column("conversation_id", String(128), nullable=False),
    Column("talk", String(32), nullable=False, unique=True),  # random: what the record of arrival calls it
    Column("buyer", _DIGEST),  # keyed hash: links a buyer's talks
    Column("facts", LargeBinary),  # sealed: platform, buyer, policy
    Column("snapshot", LargeBinary),  # sealed: the state as it was after some of the entries
    Column("snapshot_at", Integer, nullable=False),  # how many
    Column("model", String(64)),  # that it was fed with
    Column("entries", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("link", _DIGEST, nullable=False),
    Column("risk", Float),
    Column("band", String(16)),
    Column("action", String(16)),
    _when("made_at"),
    _when("changed_at"),
    UniqueConstraint("shop_id", "conversation_id"),
    Index(None, "shop_id", "buyer"),
    Index(None, "shop_id", "changed_at"),
)

entries = Table(
    "entries",
    metadata,
    _number(),
    _of_shop(),
    Column("talk", String(32), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    _when("received_at"),
    Column("commitment", _DIGEST, nullable=False),
    Column("link", _DIGEST, nullable=False),
    Column("place", _NUMBER),  # in the shop's log, from 0; none until a head covers it
    UniqueConstraint("talk", "position"),
    UniqueConstraint("shop_id", "place"),
)

messages = Table(
    "messages",
    metadata,
    _number(),
    _of_talk(),
    Column("position", Integer, nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("mark", _DIGEST, nullable=False),  # keyed hash of the content: tells the same from another
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("talk_id", "position"),
    UniqueConstraint("talk_id", "message_id"),
)

orders = Table(
    "orders",
    metadata,
    _number(),
    _of_talk(),
    Column("position", Integer, nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("latest", Boolean, nullable=False),  # an order that changes is stored again
    Column("mark", _DIGEST, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("talk_id", "position"),
    Index(None, "talk_id", "order_id"),
)

assessments = Table(
    "assessments",
    metadata,
    _number(),
    _of_talk(),
    Column("position", Integer, nullable=False),
    Column("risk", Float, nullable=False),
    Column("band", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("model", String(64), nullable=False),
    Column("content", JSON, nullable=False),
    _when("made_at"),
    UniqueConstraint("talk_id", "position"),
)

shadow_scores = Table(
    "shadow_scores",
    metadata,
    _number(),
    _of_talk(),
    Column("position", Integer, nullable=False),
    Column("model", String(12), nullable=False),  # in use: how its digest begins
    Column("risk", Float, nullable=False),
    Column("band", String(16), nullable=False),
    Column("candidate", String(12), nullable=False),
    Column("candidate_risk", Float, nullable=False),
    Column("candidate_band", String(16), nullable=False),
    Column("why", JSON, nullable=False),  # where bands differ, features and how far their contributions are apart
    _when("made_at"),
    UniqueConstraint("talk_id", "position", "candidate"),
)

heads = Table(
    "heads",
    metadata,
    _number(),
    _of_shop(),
    Column("size", _NUMBER, nullable=False),
    Column("root", _DIGEST, nullable=False),
    Column("peaks", LargeBinary, nullable=False),  # roots of the full subtrees, from which the next head goes on
    _when("signed_at"),
    Column("key", String(64), nullable=False),  # fingerprint of the signing key
    Column("signature", LargeBinary(64), nullable=False),
    UniqueConstraint("shop_id", "size"),
)

bundles = Table(
    "bundles",
    metadata,
    _number(),
    _of_shop(),
    Column("talk", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", _NUMBER, nullable=False),
    Column("made_by", String(160), nullable=False),
    _when("made_at"),
)

labels = Table(
    "labels",
    metadata,
    _number(),
    _of_shop(),
    _of_talk(),
    Column("label", String(32), nullable=False),
    Column("reason", LargeBinary),  # sealed
    Column("probability", Float),  # with which the talk was picked for review, where it was picked by chance
    Column("made_by", String(160), nullable=False),
    _when("made_at"),
    Column("platform_decision", String(16)),  # of the buyer's claim, where it is known by then
    _when("decided_at", known=False),  # when it was given, where that was before it was stored
    Index(None, "talk_id"),
)

reviews = Table(
    "reviews",
    metadata,
    _number(),
    _of_shop(),
    _of_talk(),
    Column("kind", String(16), nullable=False),  # asked, drawn or random: by chance, or differs: two labels do
    Column("probability", Float),  # with which it was drawn
    Column("asked_by", String(160), nullable=False),
    _when("asked_at"),
    Column("label_id", _NUMBER, ForeignKey("labels.id", ondelete="CASCADE")),  # what it came to; none while it waits
    Column("agrees", Boolean),  # with the decision before it; none where there was none
    Index(None, "talk_id"),
    Index(None, "shop_id", "label_id"),
)

cases = Table(
    "cases",
    metadata,
    _number(),
    _of_shop(),
    _of_talk(),  # a case goes with its talk
    Column("case_id", String(128), nullable=False),
    Column("name", String(32), nullable=False, unique=True),  # random: what its sealed values are bound to
    Column("facts", LargeBinary, nullable=False),  # sealed: claim, platform, date
    Column("outcome", String(32)),
    _mark(),  # over the row, its events and its exhibits
    Column("made_by", String(160), nullable=False),
    _when("made_at"),
    _when("changed_at"),
    UniqueConstraint("shop_id", "case_id"),
    Index(None, "talk_id"),
)

case_events = Table(
    "case_events",
    metadata,
    _number(),
    Column("case_id", _NUMBER, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("event_id", String(128), nullable=False),
    Column("content", LargeBinary, nullable=False),  # sealed
    Column("made_by", String(160), nullable=False),
    _when("made_at"),
    UniqueConstraint("case_id", "position"),
    UniqueConstraint("case_id", "event_id"),
)

exhibits = Table(
    "exhibits",
    metadata,
    _number(),
    Column("case_id", _NUMBER, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("facts", LargeBinary, nullable=False),  # sealed: name, media type, SHA-256, size
    Column("content", LargeBinary),  # sealed; none where the file is listed and was not filed
    Column("made_by", String(160), nullable=False),
    _when("made_at"),
    UniqueConstraint("case_id", "position"),
)

talk_figures = Table(
    "talk_figures",
    metadata,
    _of_shop(),
    Column("day", Date, nullable=False),  # on which the talk began, by the clocks of China
    _of_talk(),
    Column("peak", SmallInteger, nullable=False),  # the highest risk so far, in thousandths, rounded down
    Column("strongest", SmallInteger, nullable=False),  # the strongest advice so far: 0 for the first of ACTIONS
    Column("pattern", String(32)),  # the likeliest one at the peak
    Column("platform", String(16)),
    Column("province", String(16)),  # that the latest order ships to, and no closer
    Column("model", String(12), nullable=False),  # that answered last: how its digest begins
    PrimaryKeyConstraint("shop_id", "day", "talk_id"),
    Index(None, "talk_id"),
    sqlite_with_rowid=False,  # what is read together lies together
)

access_log = Table(
    "access_log",
    metadata,
    _number(),
    _of_shop(),
    _when("at"),
    Column("actor", String(160), nullable=False),
    Column("action", String(64), nullable=False),
    Column("talk", String(32)),
    Index(None, "shop_id", "at"),
)
