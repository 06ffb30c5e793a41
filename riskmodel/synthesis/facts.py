"""The facts around a talk: platform, shop policy, buyer, orders, the hour; one set of distributions for all labels.

Nothing here sees a label, so nothing here can give one away; what a story itself needs (its surface) is shared by both
families of a pair. All figures are guesses chosen for variety, not statistics of any shop.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from hashlib import sha1
from random import Random
from typing import Any, NamedTuple

from riskmodel.synthesis.steps import Pools, Surface
from riskmodel.yaml_files import read_yaml

__all__ = [
    "Facts",
    "Place",
    "draw_facts",
    "draw_order",
    "opaque_id",
    "place_named",
    "remote_provinces",
    "start_at",
    "timestamp",
]

_CHINA = timezone(timedelta(hours=8))
_FIRST_DAY = int(datetime(2025, 3, 1, tzinfo=_CHINA).timestamp())
_DAYS = 480
# share of talks that begin in each hour of the day: few at night, peaks before noon and in the evening
_HOURS = (3, 1, 1, 0.5, 0.5, 0.5, 1, 3, 6, 9, 10, 9, 7, 8, 9, 9, 9, 8, 8, 9, 10, 10, 9, 6)
_PLATFORMS = {"taobao": 35, "tmall": 20, "pinduoduo": 18, "jd": 12, "douyin": 12, "other": 3}
_CARRIERS = ("中通", "圆通", "申通", "韵达", "顺丰", "极兔", "邮政", "京东")
_BUYER_UNKNOWN = 0.1
_POLICY_UNKNOWN = 0.2
_FIELD_UNKNOWN = 0.1
# a shop's export often lacks a field, and the status above all
_ORDER_UNKNOWN = {"status": 0.25, "payment_method": 0.04, "amount": 0.04, "ship_to": 0.04}


class Place(NamedTuple):
    """A county of a province; `short` is the province as people say it."""

    province: str
    short: str
    city: str
    district: str
    remote: bool


class Facts(NamedTuple):
    """What is known around one talk. `start` is in seconds since 1970; `price` in yuan."""

    platform: str | None
    shop_id: str
    buyer: dict[str, Any] | None
    policy: dict[str, Any] | None
    place: Place
    payment: str
    title: str
    price: float
    quantity: int
    carrier: str
    start: int
    older_orders: int


class _Regions(NamedTuple):
    places: list[tuple[str, str, bool, list[tuple[str, list[str]]]]]
    weights: list[float]


@lru_cache(maxsize=2)
def _regions(remote_only: bool) -> _Regions:
    data = read_yaml("riskmodel.synthesis", "regions.yaml")
    chosen = [one for one in data["provinces"] if one["remote"] or not remote_only]
    return _Regions(
        [(one["name"], one["short"], one["remote"], list(one["cities"].items())) for one in chosen],
        [one["weight"] for one in chosen],
    )


@lru_cache(maxsize=1)
def remote_provinces() -> frozenset[str]:
    """The provinces that freight templates commonly except, as people say them."""
    return frozenset(short for _, short, _, _ in _regions(True).places)


def opaque_id(*parts: object, length: int = 12) -> str:
    """An identifier that tells nothing of what it was made from: the start of a digest.

    >>> opaque_id(1, 2) == opaque_id(1, 2) != opaque_id(2, 1)
    True
    """
    return sha1(":".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()[:length]


def timestamp(seconds: int) -> str:
    """Seconds since 1970 as the contract writes a time, with China's offset.

    >>> timestamp(1767229200)
    '2026-01-01T09:00:00+08:00'
    """
    return datetime.fromtimestamp(seconds, _CHINA).isoformat()


def _place(rng: Random, regions: str) -> Place:
    known = _regions(regions == "remote")
    name, short, remote, cities = rng.choices(known.places, known.weights)[0]
    city, districts = rng.choice(cities)
    return Place(name, short, city, rng.choice(districts), remote)


def place_named(region: str, city: str | None, rng: Random) -> Place:
    """A place in a region that a story names, by its full name or as people say it; its city and district are drawn.

    A region that the table does not have is taken at its word, without a district.
    """
    for name, short, remote, cities in _regions(False).places:
        if region in (name, short):
            drawn, districts = rng.choice(cities)
            if city is None or city == drawn:
                return Place(name, short, drawn, rng.choice(districts), remote)
            return Place(name, short, city, "", remote)
    return Place(region, region, city or "", "", False)


def start_at(seconds: int, time_of_day: timedelta) -> int:
    """The same day in China at another time of day, in seconds since 1970."""
    midnight = datetime.fromtimestamp(seconds, _CHINA).replace(hour=0, minute=0, second=0)
    return int((midnight + time_of_day).timestamp())


def _some(rng: Random, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if rng.random() > _FIELD_UNKNOWN}


def _buyer(rng: Random, key: str, older: int) -> dict[str, Any] | None:
    if rng.random() < _BUYER_UNKNOWN:
        return None
    orders = older + (0 if rng.random() < 0.55 else int(rng.expovariate(0.4)))
    fields = _some(
        rng,
        {
            "account_age_days": int(rng.lognormvariate(6.6, 1.2)),
            "credit_level": min(int(rng.expovariate(0.28)), 15),
            "identity_verified": rng.random() < 0.85,
            "orders_in_shop": orders,
            "refunds_in_shop": sum(rng.random() < 0.12 for _ in range(orders)),
            "disputes_in_shop": sum(rng.random() < 0.03 for _ in range(orders)),
            "refused_cod_parcels": sum(rng.random() < 0.03 for _ in range(orders)),
            "good_review_ratio": round(min(rng.betavariate(9, 1), 1.0), 2),
        },
    )
    return {"buyer_id": opaque_id(key, "buyer"), **fields}


def _listed(rng: Random, full: bool) -> list[str]:
    known = _regions(True).places
    chosen = rng.sample(known, rng.randint(2, len(known)))
    return [name if full else short for name, short, _, _ in chosen]


def _policy(rng: Random, surface: Surface, place: Place, payment: str) -> dict[str, Any] | None:
    if rng.random() < _POLICY_UNKNOWN:
        return None
    full = rng.random() < 0.3
    policy = _some(
        rng,
        {
            "timezone": "Asia/Shanghai",
            "same_day_cutoff": rng.choice(("12:00", "14:00", "15:00", "16:00", "16:30", "17:00", "18:00")),
            "dispatch_hours": rng.choice((24, 48, 48, 72)),
            "cash_on_delivery": rng.choice(("everywhere", "listed_provinces", "none")),
            "free_shipping": rng.choice(("everywhere", "except_listed_provinces", "except_listed_provinces", "none")),
            "invoice": rng.choices(("free_on_request", "extra_charge", "none"), (80, 8, 12))[0],
            "carriers": rng.sample(_CARRIERS, rng.randint(1, 3)),
            "gifts": rng.choice(("listed_only", "none")),
            "usual_compensation_yuan": {"same_city": 10, "other_province": rng.choice((10, 12, 15)), "high_value": 50},
        },
    )
    policy |= surface.policy
    # what the shop says must not make this order impossible in ways that the story knows nothing of
    if payment == "cash_on_delivery" and policy.get("cash_on_delivery") == "none" != surface.policy.get(
        "cash_on_delivery"
    ):
        policy["cash_on_delivery"] = "everywhere"
    for field, key, value in (
        ("cash_on_delivery", "cash_on_delivery_provinces", "listed_provinces"),
        ("free_shipping", "free_shipping_excluded_provinces", "except_listed_provinces"),
    ):
        if policy.get(field) == value and key not in policy:
            policy[key] = _listed(rng, full)
    if policy.get("cash_on_delivery") == "listed_provinces" and "cash_on_delivery_provinces" not in surface.policy:
        name = place.province if full else place.short
        listed = policy["cash_on_delivery_provinces"]
        if payment == "cash_on_delivery" and name not in listed:
            listed.append(name)
    return policy


def draw_facts(rng: Random, key: str, surface: Surface, where: Surface, pools: Pools) -> Facts:
    """Draw the facts of one talk.

    Parameters
    ----------
    rng
        The talk's own source of chance.
    key
        What the opaque identifiers are made from.
    surface
        The story's own: kind of goods, policy.
    where
        The surface that gives region, payment and amount: the story's own, or a borrowed one (see `generate`).
    pools
        For the title of the item.
    """
    place = _place(rng, where.regions)
    payment = "cash_on_delivery" if rng.random() < where.cash_on_delivery else "online"
    low, high = where.amount
    amount = low + (high - low) * rng.random() ** 1.5
    quantity = rng.choices((1, 2, 3, 5), (78, 14, 5, 3))[0]
    older = rng.choices((0, 1, 2), (75, 18, 7))[0]
    policy = _policy(rng, surface, place, payment)
    carriers = (policy or {}).get("carriers") or _CARRIERS
    day = _FIRST_DAY + 86400 * rng.randrange(_DAYS)
    return Facts(
        platform=rng.choices(list(_PLATFORMS), list(_PLATFORMS.values()))[0] if rng.random() > 0.03 else None,
        shop_id=opaque_id("shop", rng.randrange(400)),
        buyer=_buyer(rng, key, older),
        policy=policy,
        place=place,
        payment=payment,
        title=rng.choice(pools.items[surface.items]),
        price=max(round(amount / quantity, rng.choice((0, 1, 1, 2))), 0.5),
        quantity=quantity,
        carrier=rng.choice(carriers),
        start=day + 3600 * rng.choices(range(24), _HOURS)[0] + rng.randrange(3600),
        older_orders=older,
    )


def yuan(value: float) -> str:
    """A sum as the contract writes it.

    >>> yuan(12.5)
    '12.50'
    """
    return f"{value:.2f}"


def draw_order(
    rng: Random, facts: Facts, placed_at: int, status: str | None, title: str | None = None
) -> dict[str, Any]:
    """One order of this buyer, placed at a time in seconds; another `title` makes it an order of something else."""
    price = facts.price if title is None else round(facts.price * rng.uniform(0.6, 1.6), 2)
    quantity = facts.quantity if title is None else 1
    if status is None or (status == "paid" and facts.payment == "cash_on_delivery"):
        status = "placed" if facts.payment == "cash_on_delivery" else "paid"
    place = facts.place
    ship_to = {"province": place.province if rng.random() < 0.85 else place.short}
    if place.city:
        ship_to["city"] = place.city
    if rng.random() < 0.85 and place.district:
        ship_to["district"] = place.district
    order: dict[str, Any] = {
        "order_id": str(rng.randrange(10**17, 10**18)),
        "placed_at": timestamp(placed_at),
        "status": status,
        "payment_method": facts.payment,
        "amount": yuan(price * quantity),
        "ship_to": ship_to,
        "items": [{"title": title or facts.title, "quantity": quantity, "unit_price": yuan(price)}],
    }
    for name, unknown in _ORDER_UNKNOWN.items():
        if rng.random() < unknown:
            del order[name]
    return order
