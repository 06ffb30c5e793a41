"""One saying of a commitment, the promise that several sayings make, and when they bind to the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from riskmodel.promises.find import Commitment
from riskmodel.promises.topics import matter
from riskmodel.signals import load_catalogue
from riskmodel.signals.lexicon import Span
from riskmodel.text import find_amounts

__all__ = ["Correction", "Evidence", "Promise", "Saying", "Terms", "opposed", "terms"]

_SUMS = ("compensation", "price_match", "refund")

Terms = frozenset[str | float]  # the couriers, or the sums in yuan, that a promise names


class Evidence(NamedTuple):
    """Where something was read: a message and a span in its text as received; no span for an order or a photo."""

    message_id: str | None
    span: Span | None


class Correction(NamedTuple):
    """Where and when a promise was taken back or replaced; `explicit` where it was called a mistake (刚才说错了)."""

    evidence: Evidence
    said_at: datetime
    explicit: bool


class Saying(NamedTuple):
    """A commitment as it was said once."""

    commitment: Commitment
    evidence: Evidence
    said_at: datetime
    mentioned_province: str | None
    in_stock: bool
    terms: Terms


@dataclass(slots=True)
class Promise:
    """What one or several sayings bind the shop to, and the rows that they have in the ledger.

    `message_id` is the last that said it; `said_at` is when that was said which sets the due time, the strictest.
    """

    commitment: Commitment
    terms: Terms
    message_id: str | None
    said_at: datetime
    due_at: datetime | None
    rows: list[int]
    correction: Correction | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What it is about and what it says on that: a promise shares them with those that repeat or replace it."""
        return matter(self.commitment.topic), self.commitment.kind or self.commitment.code

    def includes(self, saying: Saying, due_at: datetime | None) -> bool:
        """Whether a saying binds to the same: due at the same moment, or as long from now (48小时内) as it was then."""
        if self.due_at is not None and saying.said_at > self.due_at:
            return False
        if self.terms and saying.terms and self.terms.isdisjoint(saying.terms):
            return False
        if self.due_at is None or due_at is None or self.due_at == due_at:
            return True
        return due_at - saying.said_at == self.due_at - self.said_at

    def take(self, saying: Saying, due_at: datetime | None) -> bool:
        """Take one more saying; whether it binds more strictly than those before."""
        self.message_id = saying.evidence.message_id
        self.terms |= saying.terms
        if due_at is None or (self.due_at is not None and self.due_at <= due_at):
            return False
        self.due_at, self.said_at = due_at, saying.said_at
        return True


def terms(commitment: Commitment) -> Terms:
    """The couriers or sums that a promise names, in its own words or else in the question that it answers."""
    found: Terms = frozenset()
    for text in filter(None, (commitment.said, commitment.question)):
        if commitment.kind == "carrier":
            reading = load_catalogue().lexicon.read(text)
            spans = reading.concepts.get("carrier_name", ())
            found = frozenset(reading.folded.text[start:end] for start, end in spans)
        elif commitment.kind in _SUMS:
            found = frozenset(amount.yuan for amount in find_amounts(text))
        if found:
            break
    return found


def opposed(one: Commitment, other: Commitment) -> bool:
    """Whether one promises what the other denies: 没有发票 and 可以开票."""
    denies = [commitment.code.startswith("deny.") for commitment in (one, other)]
    promises = [not deny and item.kind is not None for deny, item in zip(denies, (one, other), strict=True)]
    return any(denies) and any(promises)
