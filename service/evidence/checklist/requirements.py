"""One test of the record for each thing that a platform can require."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from service.evidence.profiles import Profile
from service.evidence.profiles.schema import Code
from service.evidence.record import Record
from service.evidence.references import References
from service.evidence.said import Place, Said

__all__ = ["Finding", "Grounds", "Status", "examine"]

Status = Literal["present", "weak", "missing"]

# what says it plainly, and what can be heard in two ways
_REVIEW, _REVIEW_HINTS = ("demand.review_for_money",), ("demand.veiled", "act.sell_review")
_TIED = (*_REVIEW, "demand.withdrawal_for_money")
_TIED_HINTS = (*_REVIEW_HINTS, "act.sell_complaint")
_ORDER_FACTS = ("placed_at", "status", "items")
_ON_ITS_WAY = ("shipped", "delivered", "refused")
_MOST = 6


class Finding(NamedTuple):
    """How far a requirement is met, the sentence that says why, and what that rests on."""

    status: Status
    why: str
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grounds:
    """What a requirement is tested against.

    Attributes
    ----------
    enclosed
        SHA-256 of the attachments whose files are in the bundle.
    """

    record: Record
    profile: Profile
    said: Said
    references: References
    enclosed: Collection[str] = ()

    def refer(self, places: Iterable[Place]) -> tuple[str, ...]:
        """Return references to the messages of these places, at most a few."""
        return tuple(self.references.message(place.message_id) for place in places)[:_MOST]


def examine(code: Code, grounds: Grounds) -> Finding:
    """Test one requirement."""
    return _TESTS[code](grounds)


def _platform_chat(grounds: Grounds) -> Finding:
    platform = grounds.record.conversation.platform
    if platform in (None, "other"):
        return Finding("weak", "weak", ("transcript.json",))
    status: Status = "present" if platform in grounds.profile.platforms else "missing"
    return Finding(status, status, ("transcript.json",))


def _both_sides(grounds: Grounds) -> Finding:
    firsts: dict[str, str] = {}
    for message in grounds.record.conversation.messages:
        firsts.setdefault(message.sender, grounds.references.message(message.message_id))
    there = tuple(firsts[side] for side in ("buyer", "agent") if side in firsts)
    status: Status = "present" if len(there) == 2 else "missing"
    return Finding(status, status, there)


def _times(grounds: Grounds) -> Finding:
    messages = grounds.record.conversation.messages
    early = [after.message_id for before, after in pairwise(messages) if after.sent_at < before.sent_at]
    if early:
        return Finding("weak", "weak", tuple(grounds.references.message(name) for name in early)[:_MOST])
    return Finding("present", "present", ("transcript.json",))


def _for_sale(plain: Sequence[str], hints: Sequence[str]) -> Callable[[Grounds], Finding]:
    def test(grounds: Grounds) -> Finding:
        if places := grounds.said.places(*plain):
            return Finding("present", "present", grounds.refer(places))
        if places := grounds.said.places(*hints):
            return Finding("weak", "weak", grounds.refer(places))
        return Finding("missing", "missing", ("transcript.json",))

    return test


def _order_facts(grounds: Grounds) -> Finding:
    orders = grounds.record.conversation.orders
    if not orders:
        return Finding("missing", "missing", ("missing.json",))
    thin = [place for place, order in enumerate(orders, start=1) if not all(getattr(order, n) for n in _ORDER_FACTS)]
    if thin:
        return Finding("weak", "weak", tuple(f"O{place}" for place in thin[:_MOST]))
    return Finding("present", "present", tuple(f"O{place}" for place in range(1, min(len(orders), _MOST) + 1)))


def _logistics(grounds: Grounds) -> Finding:
    orders = grounds.record.conversation.orders
    sent = [f"O{place}" for place, order in enumerate(orders, start=1) if order.status in _ON_ITS_WAY]
    return Finding("weak", "weak", tuple(sent[:_MOST])) if sent else Finding("missing", "missing", ("missing.json",))


def _promises(grounds: Grounds) -> Finding:
    record = grounds.record
    numbers = tuple(mark.number for mark in record.promises)[:_MOST]
    if not record.assessments:
        return Finding("missing", "missing", ("missing.json",))
    if not numbers:
        return Finding("present", "none", ("assessments.json",))
    answers = {mark.item.can_keep for mark in record.promises}
    if "no" in answers:
        return Finding("present", "not_kept", numbers)
    return Finding("weak", "weak", numbers) if "unknown" in answers else Finding("present", "present", numbers)


def _exhibits(grounds: Grounds) -> Finding:
    exhibits = grounds.record.exhibits
    if not exhibits:
        return Finding("missing", "missing", ("transcript.json",))
    absent = [exhibit.number for exhibit in exhibits if exhibit.sha256 not in grounds.enclosed]
    if absent:
        return Finding("weak", "weak", tuple(absent[:_MOST]))
    return Finding("present", "present", tuple(exhibit.number for exhibit in exhibits[:_MOST]))


def _shop_offers(grounds: Grounds) -> Finding:
    if offers := grounds.said.offers:
        return Finding("weak", "weak", grounds.refer(offers))
    return Finding("present", "present", ("transcript.json",))


def _review_links(_: Grounds) -> Finding:
    # a conversation has no field for them: they are put into the form by hand
    return Finding("missing", "missing", ("transcript.json",))


def _sender_contact(grounds: Grounds) -> Finding:
    buyer = grounds.record.conversation.buyer
    status: Status = "weak" if buyer is not None and buyer.buyer_id else "missing"
    return Finding(status, status, ("transcript.json",))


_TESTS: dict[Code, Callable[[Grounds], Finding]] = {
    "platform_chat": _platform_chat,
    "both_sides": _both_sides,
    "times": _times,
    "review_for_sale": _for_sale(_REVIEW, _REVIEW_HINTS),
    "tied_demand": _for_sale(_TIED, _TIED_HINTS),
    "order_facts": _order_facts,
    "logistics": _logistics,
    "promises": _promises,
    "exhibits": _exhibits,
    "shop_offers": _shop_offers,
    "review_links": _review_links,
    "sender_contact": _sender_contact,
}
