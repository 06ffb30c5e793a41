"""Facts: drawn from one set of distributions, coherent with each other and with the story."""

from random import Random

import pytest

from riskmodel.synthesis.facts import Facts, draw_facts, draw_order
from riskmodel.synthesis.scenarios import load_pools
from riskmodel.synthesis.steps import Surface

REMOTE = {"新疆", "西藏", "青海", "甘肃", "宁夏", "内蒙古", "海南"}


def surface(**changes: object) -> Surface:
    fields = {"regions": "any", "cash_on_delivery": 0.5, "amount": (5, 50), "items": "food"}
    return Surface.model_validate(fields | changes)


def draw(count: int, **changes: object) -> list[Facts]:
    pools, one = load_pools(), surface(**changes)
    return [draw_facts(Random(seed), str(seed), one, one, pools) for seed in range(count)]


def test_remote_surface_gives_remote_provinces_only() -> None:
    """A story set in remote provinces is set nowhere else, and in all of them."""
    assert {facts.place.short for facts in draw(300, regions="remote")} == REMOTE


def test_any_surface_gives_both() -> None:
    """A story set anywhere is set in remote provinces now and then, and in most of the 34."""
    places = [facts.place for facts in draw(600)]
    assert 0.1 < sum(place.remote for place in places) / 600 < 0.3
    assert len({place.province for place in places}) > 30


def test_buyer_and_policy_are_sometimes_unknown() -> None:
    """About a tenth of the chats know nothing of the buyer, about a fifth nothing of the policy."""
    drawn = draw(1500)
    assert 0.07 < sum(facts.buyer is None for facts in drawn) / 1500 < 0.13
    assert 0.16 < sum(facts.policy is None for facts in drawn) / 1500 < 0.24


def test_story_policy_is_kept() -> None:
    """What the story needs of the policy is there whenever the policy is."""
    for facts in draw(200, policy={"same_day_cutoff": "16:00", "carriers": ["中通"]}):
        if facts.policy is not None:
            assert facts.policy["same_day_cutoff"] == "16:00"
            assert facts.carrier == "中通"


def test_cash_on_delivery_order_is_possible_for_the_shop() -> None:
    """A shop that takes no cash on delivery has no such order, unless the story says so."""
    for facts in draw(400, cash_on_delivery=1.0):
        policy = facts.policy or {}
        assert policy.get("cash_on_delivery") != "none"
        if policy.get("cash_on_delivery") == "listed_provinces":
            assert {facts.place.short, facts.place.province} & set(policy["cash_on_delivery_provinces"])


@pytest.mark.parametrize("title", [None, "别的"])
def test_order_adds_up(title: str | None) -> None:
    """An order's amount is its price times its quantity."""
    rng = Random(1)
    for facts in draw(100):
        order = draw_order(rng, facts, facts.start, None, title)
        item = order["items"][0]
        if "amount" in order:
            assert float(order["amount"]) == pytest.approx(float(item["unit_price"]) * item["quantity"], abs=0.03)


def test_amount_stays_in_range() -> None:
    """The order's amount is within the surface's range, but for rounding."""
    for facts in draw(300, amount=(20, 50)):
        assert 18 <= facts.price * facts.quantity <= 53
