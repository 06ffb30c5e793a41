"""Whether talks without abuse are alarmed alike, whatever the platform, wherever the parcel goes, however paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskmodel.evaluation.metrics import Figure, wilson
from riskmodel.evaluation.talks import ACTIONS, Measured
from riskmodel.model.bands import Action
from riskmodel.regions import province_of
from riskmodel.synthesis.facts import remote_provinces

__all__ = ["GroupRow", "groups_of", "parity"]

# a share of fewer talks says little, and its ratio to another nothing
SMALL = 50


@dataclass(frozen=True)
class GroupRow:
    """Talks without abuse that have something in common: the shares that ever reached each advice, by group.

    `small` warns that the group has too few talks to compare.
    """

    by: str
    group: str
    n: int
    clarify: Figure
    hold: Figure
    small: bool


def groups_of(conversation: Mapping[str, Any]) -> dict[str, str]:
    """What a conversation of the contract has in common with others: platform, and region and payment of its orders.

    Examples
    --------
    >>> groups_of({"platform": "jd", "orders": [{"ship_to": {"province": "新疆"}, "payment_method": "online"}]})
    {'platform': 'jd', 'region': 'remote', 'payment': 'online'}
    """
    found = {"platform": str(conversation.get("platform") or "unknown")}
    orders = conversation.get("orders") or []
    provinces = {province_of((order.get("ship_to") or {}).get("province")) for order in orders} - {None}
    if provinces:
        found["region"] = "other" if provinces.isdisjoint(remote_provinces()) else "remote"
    payments = {order.get("payment_method") for order in orders} - {None}
    if payments:
        found["payment"] = "cash_on_delivery" if "cash_on_delivery" in payments else "online"
    return found


def parity(measured: Sequence[Measured]) -> list[GroupRow]:
    """False alarms by group, Wilson intervals, groups of one kind beside each other."""
    members: dict[tuple[str, str], list[Measured]] = {}
    for talk in measured:
        if talk.label != "abusive":
            for by, group in talk.groups.items():
                members.setdefault((by, group), []).append(talk)

    def reached(talks: Sequence[Measured], advice: Action) -> Figure:
        return wilson(talk.highest_action >= ACTIONS.index(advice) for talk in talks)

    return [
        GroupRow(by, group, len(talks), reached(talks, "clarify"), reached(talks, "hold"), len(talks) < SMALL)
        for (by, group), talks in sorted(members.items())
    ]
