"""What became of a promise, as far as the facts show it: the state of an order, the time, a correction.

An order tells only its state as of the request and when it was placed, not when it left or arrived. So kept means that
it has left, has arrived or was refunded by now, not that this was in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from riskmodel.conversation import Order, OrderStatus
from riskmodel.promises.find import Commitment
from riskmodel.signals.catalogue import Polarity
from riskmodel.yaml_files import read_yaml

__all__ = ["Status", "StatusText", "can_be_unsaid", "latest_order", "outcome", "status_text"]

Status = Literal["kept", "open", "overdue", "superseded", "unknown"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatusText(_Data):
    """What a status is called."""

    zh: str
    en: str


class _Facts(_Data):
    kept: frozenset[OrderStatus]
    owed: frozenset[OrderStatus]
    source: str


class _Tables(_Data):
    statuses: dict[Status, StatusText]
    facts: dict[str, _Facts]
    final: frozenset[Polarity]


@cache
def _tables() -> _Tables:
    return _Tables.model_validate(read_yaml("riskmodel.promises", "data/ledger.yaml"))


def status_text(status: Status) -> StatusText:
    """What a status is called, in both languages.

    Examples
    --------
    >>> status_text("superseded").zh
    '已更正'
    """
    return _tables().statuses[status]


def can_be_unsaid(commitment: Commitment) -> bool:
    """Whether a later word can take it back: data that was given out stays given out."""
    return commitment.polarity not in _tables().final


def latest_order(orders: Sequence[Order], placed_by: datetime | None = None) -> Order | None:
    """The order placed last, of those placed by a moment; else the one given last of those without a time."""
    dated = [
        (order.placed_at, order)
        for order in orders
        if order.placed_at is not None and (placed_by is None or order.placed_at <= placed_by)
    ]
    if dated:
        # of two at the same moment the one given first counts
        return max(dated, key=itemgetter(0))[1]
    return next((order for order in reversed(orders) if order.placed_at is None), None)


def outcome(
    kind: str | None, due_at: datetime | None, corrected_at: datetime | None, orders: Sequence[Order], now: datetime
) -> Status:
    """What became of a promise by `now`.

    Parameters
    ----------
    kind, due_at
        The kind of promise, None for what is none, and until when it binds, None where it names no time.
    corrected_at
        When it was taken back; too late after `due_at`.
    orders
        The orders known by now. The latest one placed by `due_at` counts: one placed after that is none of the
        promise's business.

    Returns
    -------
    str
        ``kept`` or ``superseded``; else ``open`` until it is due and ``overdue`` after, where the order shows that it
        is still owed; else ``unknown``: nothing was ordered or paid, the order is closed, or such a promise leaves no
        trace in an order.

    Examples
    --------
    >>> due, later = (datetime.fromisoformat(f"2026-03-0{day}T23:59:59+08:00") for day in (4, 5))
    >>> paid = Order(order_id="o", status="paid")
    >>> outcome("ship_by", due, None, [paid], due), outcome("ship_by", due, None, [paid], later)
    ('open', 'overdue')
    >>> outcome("ship_by", due, due, [paid], later), outcome("ship_by", due, later, [paid], later)
    ('superseded', 'overdue')
    """
    facts = _tables().facts.get(kind or "")
    order = latest_order(orders, due_at) if facts is not None else None
    status = order.status if order is not None else None
    if facts is not None and status in facts.kept:
        return "kept"
    if corrected_at is not None and (due_at is None or corrected_at <= due_at):
        return "superseded"
    if facts is None or (status is not None and status not in facts.owed):
        return "unknown"
    if due_at is None or now <= due_at:
        return "open"
    # nothing has to leave before it is paid for
    unpaid = order is not None and order.status == "placed" and order.payment_method == "online"
    return "unknown" if status is None or unpaid else "overdue"
