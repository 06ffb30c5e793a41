"""Feasibility: can this shop keep this promise, for this order, said at this moment?"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from riskmodel.conversation import Order, ShopPolicy
from riskmodel.promises.find import Commitment
from riskmodel.regions import order_province, province_in, province_of, unknown_provinces
from riskmodel.signals import load_catalogue
from riskmodel.text import find_amounts, normalize
from riskmodel.text.when import find_cutoff, find_due, find_dues
from riskmodel.yaml_files import read_yaml

__all__ = ["Circumstances", "Judgement", "is_fault", "judge"]

CanKeep = Literal["yes", "no", "unknown"]


class Circumstances(NamedTuple):
    """What a promise is judged against: the policy, the latest order, when it is said, and the province talked of."""

    policy: ShopPolicy | None
    order: Order | None
    now: datetime
    mentioned_province: str | None = None
    in_stock: bool = False

    @property
    def local_now(self) -> datetime:
        """`now` in the shop's zone; as it came where the calendar ends."""
        zone = (self.policy or ShopPolicy()).zone
        try:
            return self.now.astimezone(zone)
        except OverflowError:
            return self.now

    @property
    def province(self) -> str | None:
        """Where the goods go: from the order, else from the talk."""
        return order_province(self.order) or self.mentioned_province


class Judgement(NamedTuple):
    """Whether a promise can be kept, until when it binds, and why."""

    can_keep: CanKeep
    due_at: datetime | None
    why_zh: str
    why_en: str


@cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml("riskmodel.promises", "data/judgements.yaml")
    # YAML reads a bare yes as a boolean
    return {
        kind: {("yes" if key is True else key): text for key, text in rows.items()} for kind, rows in loaded.items()
    }


def _judgement(can_keep: CanKeep, kind: str, outcome: str, due: datetime | None = None, **values: object) -> Judgement:
    row = _texts().get(kind, {}).get(outcome) or _texts()["unknown"]
    values["due"] = due
    zh = {name: _shown(value, "zh") for name, value in values.items()}
    en = {name: _shown(value, "en") for name, value in values.items()}
    return Judgement(can_keep, due, row["zh"].format(**zh), row["en"].format(**en))


def _shown(value: object, language: str) -> str:
    if isinstance(value, datetime):
        return value.strftime("%m-%d %H:%M")
    if value is None:
        return "该地区" if language == "zh" else "this region"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def judge(commitment: Commitment, around: Circumstances) -> Judgement:
    """Judge one commitment; a denial or disclosure is judged only where the policy decides whether it is wrong.

    Returns
    -------
    Judgement
        `can_keep` is ``unknown`` wherever the policy or the order is silent.
    """
    kind = commitment.judged or ""
    decide = _JUDGES.get(kind)
    return decide(commitment, around) if decide else _judgement("unknown", kind, "unknown")


def is_fault(commitment: Commitment, judgement: Judgement) -> bool:
    """Whether the shop should not have said it: a promise that it may not keep, a denied duty, a disclosure."""
    if commitment.polarity is None:
        return False  # a promise of what the law or the platform demands anyway
    if commitment.judged is None:
        return True
    if judgement.can_keep == "unknown":
        return commitment.in_doubt == "fault"
    return judgement.can_keep == "no"


def _listed(provinces: list[str], province: str | None) -> bool:
    return province is not None and any(province_of(name) == province for name in provinces)


def _unserved(around: Circumstances) -> bool:
    return around.policy is not None and _listed(around.policy.unserved_provinces, around.province)


def _dispatch_deadline(policy: ShopPolicy, placed: datetime) -> tuple[datetime | None, str]:
    """The latest moment at which an order placed then has left, and which setting says so.

    An order placed after the cutoff was placed before the next day's, and leaves by then.
    """
    within = None
    try:
        if policy.dispatch_hours is not None:
            within = placed + timedelta(hours=policy.dispatch_hours)
        if policy.same_day_cutoff is not None:
            in_time = f"{placed:%H:%M}" <= policy.same_day_cutoff
            day = placed if in_time else placed + timedelta(days=1)
            end = day.replace(hour=23, minute=59, second=59, microsecond=0)
            return (end if in_time or within is None else min(end, within)), "cutoff"
    except OverflowError:
        return None, "unknown"
    return within, "hours"


def _ship_by(commitment: Commitment, around: Circumstances) -> Judgement:
    now, policy = around.local_now, around.policy
    # of several times the last one binds: 今天不行,明天发
    due = max((named.at for named in find_dues(commitment.said, now)), default=None)
    if due is None and commitment.question:
        due = find_due(commitment.question, now)
    if policy is None:
        return _judgement("unknown", "ship_by", "unknown", due)
    if _unserved(around):
        return _judgement("no", "ship_by", "unserved", due, province=around.province)
    if around.order is not None and around.order.payment_method == "cash_on_delivery":
        offered = _cash_on_delivery(commitment, around)
        if offered.can_keep == "no":
            return _judgement("no", "cod_order", "no", due, province=around.province)
    placed = now
    if around.order is not None and around.order.placed_at is not None and around.order.placed_at <= around.now:
        placed = _local(around.order.placed_at, now)
    stated = find_cutoff(commitment.said)
    if stated is not None and policy.same_day_cutoff is not None:
        # 四点前拍的今天发 states the rule itself: true where the shop's cutoff is no earlier
        due = due or now.replace(hour=23, minute=59, second=59, microsecond=0)
        if f"{stated[0]:02d}:{stated[1]:02d}" <= policy.same_day_cutoff:
            return _judgement("yes", "ship_by", "yes", due)
        return _judgement("no", "ship_by", "later_cutoff", due, cutoff=policy.same_day_cutoff)
    deadline, setting = _dispatch_deadline(policy, placed)
    if deadline is None:
        return _judgement("unknown", "ship_by", "unknown", due)
    if due is None:
        return _judgement("unknown", "ship_by", "no_time")
    if deadline < now:
        return _judgement("unknown", "ship_by", "late", due, deadline=deadline)
    if deadline <= due:
        return _judgement("yes", "ship_by", "yes", due)
    return _judgement(
        "no",
        "ship_by",
        f"no_{setting}",
        due,
        cutoff=policy.same_day_cutoff,
        hours=policy.dispatch_hours,
        deadline=deadline,
    )


def _local(moment: datetime, now: datetime) -> datetime:
    """The moment in the shop's zone; as it came where the calendar ends."""
    try:
        return moment.astimezone(now.tzinfo)
    except OverflowError:
        return moment


def _deliver_by(commitment: Commitment, around: Circumstances) -> Judgement:
    due = find_due(commitment.said, around.local_now)
    if due is None and commitment.question:
        due = find_due(commitment.question, around.local_now)
    if _unserved(around):
        return _judgement("no", "deliver_by", "unserved", due, province=around.province)
    return _judgement("unknown", "deliver_by", "unknown", due)


def _carrier(commitment: Commitment, around: Circumstances) -> Judgement:
    if around.policy is None or not around.policy.carriers:
        return _judgement("unknown", "carrier", "unknown")
    # what the agent names counts; the buyer's words only where the answer names none
    for text in (commitment.said, commitment.question or ""):
        named = load_catalogue().lexicon.read(text)
        spans = named.concepts.get("carrier_name", [])
        if not spans:
            continue
        last = named.folded.text[slice(*spans[-1])]
        for carrier in around.policy.carriers:
            if normalize(carrier).text[:2] == last[:2]:
                return _judgement("yes", "carrier", "yes", carrier=carrier)
        return _judgement("no", "carrier", "no", carriers="、".join(around.policy.carriers))
    return _judgement("unknown", "carrier", "unknown")


def _gift(commitment: Commitment, around: Circumstances) -> Judgement:
    gifts = around.policy.gifts if around.policy else None
    if gifts is None:
        return _judgement("unknown", "gift", "unknown")
    if gifts == "none":
        return _judgement("no", "gift", "no")
    listed = any(word in f"{commitment.said} {commitment.question}" for word in _texts()["gift"]["page"])
    return _judgement("yes", "gift", "yes") if listed else _judgement("unknown", "gift", "listed")


def _free_shipping(commitment: Commitment, around: Circumstances) -> Judgement:
    policy = around.policy
    if policy is None or policy.free_shipping is None:
        return _judgement("unknown", "free_shipping", "unknown")
    province = _province_for(commitment, around)
    if _unserved(around):
        return _judgement("no", "free_shipping", "unserved", province=around.province)
    if policy.free_shipping == "everywhere":
        return _judgement("yes", "free_shipping", "yes")
    if policy.free_shipping == "none":
        return _judgement("no", "free_shipping", "none")
    if province is None:
        return _judgement("unknown", "free_shipping", "province")
    if _listed(policy.free_shipping_excluded_provinces, province):
        return _judgement("no", "free_shipping", "no", province=province)
    if unknown_provinces(policy.free_shipping_excluded_provinces):
        return _judgement("unknown", "free_shipping", "names")
    return _judgement("yes", "free_shipping", "yes")


def _surcharge(commitment: Commitment, around: Circumstances) -> Judgement:
    """Asking for freight is wrong exactly where shipping is free."""
    free = _free_shipping(commitment, around)
    if free.can_keep == "yes":
        return _judgement("no", "surcharge", "no")
    if free.can_keep == "no":
        return Judgement("yes", None, free.why_zh, free.why_en)
    return free


def _province_for(commitment: Commitment, around: Circumstances) -> str | None:
    named = province_in(commitment.said) or (province_in(commitment.question) if commitment.question else None)
    return named or around.province


def _cash_on_delivery(commitment: Commitment, around: Circumstances) -> Judgement:
    offered = around.policy.cash_on_delivery if around.policy else None
    if around.policy is None or offered is None:
        return _judgement("unknown", "cash_on_delivery", "unknown")
    if offered == "everywhere":
        return _judgement("yes", "cash_on_delivery", "yes")
    if offered == "none":
        return _judgement("no", "cash_on_delivery", "none")
    province = _province_for(commitment, around)
    if province is None:
        return _judgement("unknown", "cash_on_delivery", "province")
    if _listed(around.policy.cash_on_delivery_provinces, province):
        return _judgement("yes", "cash_on_delivery", "yes")
    if unknown_provinces(around.policy.cash_on_delivery_provinces):
        return _judgement("unknown", "cash_on_delivery", "names")
    return _judgement("no", "cash_on_delivery", "no", province=province)


def _invoice(_: Commitment, around: Circumstances) -> Judgement:
    terms = around.policy.invoice if around.policy else None
    if terms == "free_on_request":
        return _judgement("yes", "invoice", "yes")
    return _judgement("no", "invoice", "no") if terms == "none" else _judgement("unknown", "invoice", "unknown")


def _compensation(commitment: Commitment, around: Circumstances) -> Judgement:
    usual = around.policy.usual_compensation_yuan if around.policy else None
    amounts = [amount.yuan for amount in find_amounts(commitment.said)]
    if usual is None or not amounts:
        return _judgement("unknown", "compensation", "unknown")
    paid = around.order.amount if around.order is not None else None
    ordinary = [value for value in (usual.same_city, usual.other_province) if value is not None]
    if paid is None or float(paid) >= _texts()["compensation"]["expensive_from"]:
        ordinary += [usual.high_value] if usual.high_value is not None else []
    if not ordinary:
        return _judgement("unknown", "compensation", "unknown")
    most = max(ordinary)
    within = max(amounts) <= most
    return _judgement("yes" if within else "no", "compensation", "yes" if within else "no", usual=most)


def _return_free(commitment: Commitment, _: Circumstances) -> Judgement:
    if any(word in commitment.said for word in ("运费", "邮费", "免费", "上门取")):
        return _judgement("unknown", "return_free", "freight")
    return _judgement("yes", "return_free", "yes")


# Seven days from receipt by the platforms' rule, and up to three weeks on the way.
_RETURN_WINDOW = timedelta(days=28)


def _refusal(commitment: Commitment, around: Circumstances) -> Judgement:
    """Declining a return is no fault where its time has passed or the law excepts the goods.

    Excepted are goods made to order, fresh goods, opened recordings and software, downloads, newspapers. Source: Law on
    the Protection of Consumer Rights and Interests, article 25.
    """
    order = around.order
    placed = order.placed_at if order is not None and order.status in ("delivered", "completed") else None
    if placed is not None and around.now - placed > _RETURN_WINDOW:
        return _judgement("yes", "refusal", "late")
    titles = "".join(item.title for item in order.items) if order is not None else ""
    spoken_of = f"{commitment.said} {titles}"
    for word in _texts()["refusal"]["not_excepted"]:
        spoken_of = spoken_of.replace(word, "")
    if any(word in spoken_of for word in _texts()["refusal"]["excepted"]):
        return _judgement("yes", "refusal", "lawful")
    return _judgement("no", "refusal", "no")


def _refund_time(commitment: Commitment, around: Circumstances) -> Judgement:
    """A refund may be promised; when the money arrives is the bank's."""
    due = find_due(commitment.said, around.local_now)
    if due is None or (around.order is not None and around.order.status == "refunded"):
        return _judgement("yes", "refund_time", "yes")
    return _judgement("unknown", "refund_time", "unknown", due)


def _stock_claim(_: Commitment, around: Circumstances) -> Judgement:
    """Saying that goods are out of stock is untrue where the talk says they are there, or an order awaits dispatch."""
    waiting = around.order is not None and around.order.status in ("placed", "paid")
    if waiting or around.in_stock:
        return _judgement("no", "stock_claim", "no")
    return _judgement("unknown", "stock_claim", "unknown")


def _done_claim(commitment: Commitment, around: Circumstances) -> Judgement:
    """Saying that it has been sent or refunded is untrue where the order says that it has not."""
    status = around.order.status if around.order is not None else None
    if status is None:
        return _judgement("unknown", "done_claim", "unknown")
    if any(word in commitment.said for word in ("退", "钱", "款项", "退款", "货款", "到账")):
        return _judgement(
            "yes" if status == "refunded" else "no", "done_claim", "yes" if status == "refunded" else "refund"
        )
    if status in ("placed", "paid"):
        return _judgement("no", "done_claim", "no")
    return _judgement("yes", "done_claim", "yes")


_JUDGES = {
    "refund_time": _refund_time,
    "refusal": _refusal,
    "stock_claim": _stock_claim,
    "done_claim": _done_claim,
    "ship_by": _ship_by,
    "deliver_by": _deliver_by,
    "carrier": _carrier,
    "gift": _gift,
    "free_shipping": _free_shipping,
    "surcharge": _surcharge,
    "cash_on_delivery": _cash_on_delivery,
    "invoice": _invoice,
    "compensation": _compensation,
    "return_free": _return_free,
}
