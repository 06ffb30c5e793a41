"""What is known of this shop and order: the conditions under which a text is true, and the values that it may name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from riskmodel.conversation import Order, ShopPolicy
from riskmodel.promises import Circumstances, Commitment, judge
from riskmodel.regions import province_in, province_of

__all__ = ["CONDITIONS", "VALUES", "Facts", "facts_of_each", "known_facts"]

Facts = dict[str, str]  # each fact that holds; what a value reads as, nothing for a condition

VALUES = frozenset({"cutoff", "hours", "carriers", "province", "usual"})
CONDITIONS = frozenset(
    {
        # the order
        "waiting", "late", "sent", "delivered", "refund_pending", "refunded", "cod_ordered_in_vain",
        # when
        "today", "after_cutoff",
        # where
        "unserved", "ships_free", "not_free", "never_free", "free_for_some",
        "cod_not_there", "cod_never", "cod_for_some",
        # the rest of the policy
        "invoice_free", "invoice_none", "gifts_listed", "no_gifts",
        # the draft
        "of_money",
    }
)  # fmt: skip  # a table, a fact a row

_STATUS = {
    "placed": ("waiting",),
    "paid": ("waiting",),
    "shipped": ("sent",),
    "delivered": ("sent", "delivered"),
    "completed": ("sent", "delivered"),
    "refund_requested": ("refund_pending",),
    "refunded": ("refunded",),
}
_MONEY = frozenset("退款钱账")


def known_facts(around: Circumstances | None, commitment: Commitment | None = None) -> Facts:
    """What holds for this shop and order at this moment; what is not known is left out.

    Parameters
    ----------
    around
        What the draft was judged against; ``None`` before the first message.
    commitment
        What was found in the draft: the place that it, or the question it answers, names goes before the order's.

    Returns
    -------
    dict
        Names from `VALUES` with their text and from `CONDITIONS` with none.
    """
    return facts_of_each(around, [commitment])[0]


def facts_of_each(
    around: Circumstances | None, commitments: Sequence[Commitment | None], known: dict[Any, Facts] | None = None
) -> list[Facts]:
    """The same for several commitments of one draft; what they share is looked up once.

    Parameters
    ----------
    around, commitments
        As for `known_facts`.
    known
        What was looked up for other drafts under the same circumstances; kept by the caller.
    """
    if around is None or not commitments:
        return [_of_words(commitment) for commitment in commitments]
    known = {} if known is None else known
    result = []
    for commitment in commitments:
        province = _province(around, commitment)
        key = (around.now, province)
        if key not in known:
            known[key] = _anywhere(around) | _of_place(around, province)
        result.append(known[key] | _of_words(commitment))
    return result


def _of_words(commitment: Commitment | None) -> Facts:
    return {"of_money": ""} if commitment is not None and not _MONEY.isdisjoint(commitment.said) else {}


def _anywhere(around: Circumstances) -> Facts:
    names = list(_STATUS.get(around.order.status or "", ())) if around.order is not None else []
    if around.policy is None:
        return dict.fromkeys(names, "")
    names += [*_of_policy(around.policy), *_of_time(around, around.policy)]
    return _values(around.policy) | dict.fromkeys(names, "")


def _values(policy: ShopPolicy) -> Facts:
    values: Facts = {}
    if policy.same_day_cutoff is not None:
        values["cutoff"] = policy.same_day_cutoff
    if policy.dispatch_hours is not None:
        values["hours"] = f"{policy.dispatch_hours:g}"
    if policy.carriers:
        values["carriers"] = "、".join(policy.carriers)
    usual = policy.usual_compensation_yuan
    figures = [usual.same_city, usual.other_province, usual.high_value] if usual is not None else []
    if known := [figure for figure in figures if figure is not None]:
        values["usual"] = "/".join(f"{figure:g}" for figure in known)
    return values


def _of_policy(policy: ShopPolicy) -> Iterator[str]:
    if policy.invoice in ("free_on_request", "none"):
        yield "invoice_free" if policy.invoice == "free_on_request" else "invoice_none"
    if policy.gifts is not None:
        yield "gifts_listed" if policy.gifts == "listed_only" else "no_gifts"


def _of_time(around: Circumstances, policy: ShopPolicy) -> Iterator[str]:
    if _can_keep("ship_by", around, said="今天") == "yes":
        yield "today"
    if policy.same_day_cutoff is not None and f"{around.local_now:%H:%M}" > policy.same_day_cutoff:
        yield "after_cutoff"
    if around.order is not None and _late(around.order, around, policy):
        yield "late"


def _late(order: Order, around: Circumstances, policy: ShopPolicy) -> bool:
    """Whether an order that waits should have left by the shop's own settings."""
    owed = order.status == "paid" or (order.status == "placed" and order.payment_method == "cash_on_delivery")
    if not owed or order.placed_at is None or order.placed_at > around.now:
        return False
    if policy.same_day_cutoff is not None:
        try:
            placed = order.placed_at.astimezone(around.local_now.tzinfo)
        except OverflowError:
            return False
        if f"{placed:%H:%M}" <= policy.same_day_cutoff:
            return placed.date() < around.local_now.date()
    if policy.dispatch_hours is None:
        return False
    return (around.now - order.placed_at).total_seconds() > policy.dispatch_hours * 3600


def _of_place(around: Circumstances, province: str | None) -> Facts:
    named = {"province": province} if province is not None else {}
    return named | (dict.fromkeys(_reached(around, around.policy, province), "") if around.policy is not None else {})


def _reached(around: Circumstances, policy: ShopPolicy, province: str | None) -> Iterator[str]:
    if province is not None and any(province_of(name) == province for name in policy.unserved_provinces):
        yield "unserved"
        return
    # as if nothing were ordered yet, for the place that is meant
    there = around._replace(order=None, mentioned_province=province)
    free, cod = _can_keep("free_shipping", there), _can_keep("cash_on_delivery", there)
    if policy.free_shipping == "none":
        yield "never_free"
    elif free == "unknown" and policy.free_shipping is not None:
        yield "free_for_some"
    elif free == "no":
        yield "not_free"
    elif free == "yes" and _can_keep("free_shipping", around) == "yes":
        yield "ships_free"
    if policy.cash_on_delivery == "none":
        yield "cod_never"
    elif cod == "unknown" and policy.cash_on_delivery is not None:
        yield "cod_for_some"
    elif cod == "no":
        yield "cod_not_there"
    ordered = around.order is not None and around.order.payment_method == "cash_on_delivery"
    if ordered and _can_keep("cash_on_delivery", around) == "no":
        yield "cod_ordered_in_vain"


def _can_keep(kind: str, around: Circumstances, said: str = "") -> str:
    return judge(Commitment("", kind, None, kind, 0, 0, said, None, kind), around).can_keep


def _province(around: Circumstances, commitment: Commitment | None) -> str | None:
    texts = (commitment.said, commitment.question) if commitment is not None else ()
    named = (province_in(text) for text in texts if text)
    return next((province for province in named if province), around.province)
