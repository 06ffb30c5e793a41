"""Reads the columns from a state; every column is bounded and does not depend on the length of the talk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta
from math import log2

from riskmodel.acts import LOWERING, RAISING
from riskmodel.features.catalogue import FEATURES
from riskmodel.promises.ledger import LedgerRow
from riskmodel.state import ConversationState, Evidence
from riskmodel.words import SALES

__all__ = ["compute"]

# An order this soon after the promise belongs to it. Source: reported cases, "at once", "minutes after the answer".
SOON = timedelta(minutes=30)
_MOST_DOUBLINGS = 4.0
_ENOUGH_ORDERS = 5  # a share of fewer orders says nothing

Value = tuple[float, Evidence | None]
_NOTHING: Value = (0.0, None)
_PRESSING = ("press.after_careful", "press.insists", "press.confirms")
_DISPUTE = (
    "speak.bad_review", "speak.complaint", "speak.broken_promise", "threat.ultimatum", "demand.compensation", *SALES,
)  # fmt: skip  # names in rows, read at a glance


def _count(state: ConversationState, name: str, most: int) -> Value:
    count = state.counts[name]
    return (float(min(count, most)), state.evidence[name]) if count else _NOTHING


def _first(state: ConversationState, names: tuple[str, ...]) -> Evidence | None:
    """Where the first of these that occurred was said last."""
    return next((state.evidence[name] for name in names if state.counts[name]), None)


def _flag(evidence: Evidence | None) -> Value:
    return (1.0, evidence) if evidence is not None else _NOTHING


def _without_interest(state: ConversationState) -> Value:
    pressed = _first(state, _PRESSING)
    return _NOTHING if state.counts["care.goods"] else _flag(pressed)


def _bait_entries(state: ConversationState) -> list[LedgerRow]:
    """Commitments that bind the shop to what it may not be able to keep, or deny a duty."""
    return [entry for entry in state.ledger if entry.fault]


def _order_after_promise(state: ConversationState) -> Value:
    if not state.placed_times or not any(state.counts[name] for name in _PRESSING):
        return _NOTHING
    for entry in _bait_entries(state):
        following = bisect_left(state.placed_times, entry.said_at)
        if following < len(state.placed_times) and state.placed_times[following] - entry.said_at <= SOON:
            return 1.0, entry.evidence
    return _NOTHING


def _order_makes_impossible(state: ConversationState) -> Value:
    if not state.placed_times or not any(state.counts[name] for name in _PRESSING):
        return _NOTHING
    for entry in _bait_entries(state):
        if entry.judgement.can_keep == "no" and state.placed_times[-1] >= entry.said_at:
            return 1.0, entry.evidence
    return _NOTHING


def _invoice_before_goods(state: ConversationState) -> Value:
    asked = state.counts["ask.invoice"]
    if asked and not state.counts["care.goods"] and (asked > 1 or any(state.counts[name] for name in _PRESSING)):
        return 1.0, state.evidence["ask.invoice"]
    return _NOTHING


def _invoice_under_pressure(state: ConversationState) -> Value:
    if state.counts["ask.invoice"]:
        return _flag(_first(state, ("threat.ultimatum", "speak.complaint")))
    return _NOTHING


def _broken_promise_pressure(state: ConversationState) -> Value:
    if state.counts["speak.broken_promise"] and any(state.counts[name] for name in _PRESSING):
        return _flag(_first(state, ("threat.ultimatum", "demand.compensation", "speak.complaint")))
    return _NOTHING


def _over_loss(state: ConversationState) -> Value:
    if not state.largest_amount or not state.largest_demand:
        return _NOTHING
    evidence = _first(state, (*SALES, "demand.compensation", "threat.ultimatum"))
    doublings = log2(state.largest_demand / max(state.largest_amount, 1.0))
    return (min(doublings, _MOST_DOUBLINGS), evidence) if doublings > 0 and evidence else _NOTHING


def _without_defect(state: ConversationState) -> Value:
    if state.counts["care.names_defect"] or state.counts["care.shows"] or state.counts["photo"]:
        return _NOTHING
    return _flag(_first(state, (*SALES, "demand.compensation")))


def _in_dispute(state: ConversationState) -> Value:
    if any(state.counts[name] for name in _DISPUTE):
        return _flag(_first(state, ("move.off_platform",)))
    return _NOTHING


def _refused_cod(state: ConversationState) -> Value:
    refused = state.buyer.refused_cod_parcels if state.buyer else None
    if refused is None or refused < 2 or not (state.ordered_cod or state.counts["ask.cash_on_delivery"]):
        return _NOTHING
    return float(min(refused - 1, 3)), Evidence(None, None)


def _refund_share(state: ConversationState) -> Value:
    buyer = state.buyer
    if buyer is None or buyer.orders_in_shop is None or buyer.refunds_in_shop is None:
        return _NOTHING
    evidence = _first(state, ("demand.keeps_goods", "demand.refuses_evidence", *SALES))
    if evidence is None or buyer.orders_in_shop < _ENOUGH_ORDERS or not buyer.refunds_in_shop:
        return _NOTHING
    return min(buyer.refunds_in_shop / buyer.orders_in_shop, 1.0), evidence


def _shows(state: ConversationState) -> Value:
    return _flag(_first(state, ("photo", "care.shows")))


def _counted(name: str, most: int) -> Callable[[ConversationState], Value]:
    return lambda state: _count(state, name, most)


def _phone(state: ConversationState) -> Value:
    # asking once for a number is what everybody does
    count = state.counts["ask.phone"]
    return (float(min(count - 1, 2)), state.evidence["ask.phone"]) if count > 1 else _NOTHING


def _words(state: ConversationState) -> Value:
    if state.tally is None or not state.tally.balance:
        return _NOTHING
    return state.tally.balance, state.strongest_words[0][1] if state.strongest_words else Evidence(None, None)


def _act(name: str) -> Callable[[ConversationState], Value]:
    code = f"act.{name}"

    def read(state: ConversationState) -> Value:
        heard = state.acts.heard.get(name, 0.0)
        return (heard, state.evidence.get(code) or Evidence(None, None)) if heard else _NOTHING

    return read


_COMPUTED: dict[str, Callable[[ConversationState], Value]] = {
    "press.without_interest": _without_interest,
    "setup.order_after_promise": _order_after_promise,
    "setup.order_makes_impossible": _order_makes_impossible,
    "invoice.before_goods": _invoice_before_goods,
    "invoice.under_pressure": _invoice_under_pressure,
    "claim.broken_promise_pressure": _broken_promise_pressure,
    "ask.phone": _phone,
    "demand.over_loss": _over_loss,
    "demand.without_defect": _without_defect,
    "move.in_dispute": _in_dispute,
    "history.refused_cod": _refused_cod,
    "history.refund_share": _refund_share,
    "care.shows": _shows,
    "words.balance": _words,
    **{f"act.{name}": _act(name) for name in (*RAISING, *LOWERING)},
}


def _plain(unit: str, name: str) -> Callable[[ConversationState], Value]:
    """A column that counts one signal, up to the bound that its unit states."""
    most = int(unit.rpartition(" ")[2])
    return _counted(name, most)


_READERS = tuple(_COMPUTED.get(feature.name) or _plain(feature.unit, feature.name) for feature in FEATURES)


def compute(state: ConversationState) -> list[Value]:
    """Value and evidence of each column, in the order of `FEATURES`.

    Returns
    -------
    list of (float, Evidence or None)
        Zero where the thing did not occur or is unknown.
    """
    return [read(state) for read in _READERS]
