"""The same talk in another region."""

from __future__ import annotations

from typing import Any

from strategies import dialogue

from riskmodel.conversation import parse_conversation
from riskmodel.evaluation.region_swap import sent_to, swap_regions
from riskmodel.scorer import Scorer

ORDER = {
    "order_id": "o",
    "placed_at": "2026-03-03T09:04:00+08:00",
    "ship_to": {"province": "浙江", "phone": "13800000000"},
}
SHOP: dict[str, Any] = {
    "cash_on_delivery": "listed_provinces",
    "cash_on_delivery_provinces": ["浙江", "广东"],
    "unserved_provinces": ["西藏"],
}
LINES = ("b:你们家可以货到付款吗", "a:以结算页为准哦", "b:你就说行不行，给个准话", "a:可以货到付款的", "b:拍好了")


def test_every_order_goes_there_and_every_region_is_served() -> None:
    """Nothing of the old address is left, and the talk that was given is as it was."""
    talk = parse_conversation(dialogue(*LINES, shop=SHOP, orders=[ORDER]))
    moved = sent_to(talk, "西藏")
    (order,) = moved.orders
    assert order.ship_to is not None
    assert order.ship_to.model_dump(exclude_none=True) == {"province": "西藏"}
    assert moved.shop is not None
    assert moved.shop.unserved_provinces == []
    assert moved.messages == talk.messages
    assert talk.orders[0].ship_to.phone == "13800000000"


def test_a_region_moves_the_risk_only_where_it_breaks_the_promise(scorer: Scorer) -> None:
    """A listed province leaves all as it is, one that is not listed makes the promise impossible and counts."""
    talk = parse_conversation(dialogue(*LINES, shop=SHOP, orders=[ORDER]))
    near, far = swap_regions(talk, scorer, ["浙江", "广东", "西藏"])
    assert (near.province, near.feasible, far.feasible) == ("广东", True, False)
    assert near.moved <= 1e-9 < far.moved
    assert len(near.risks) == len(far.risks) == len(LINES)
    assert far.risks[-1] == scorer.assess(sent_to(talk, "西藏"))["risk"]


def test_a_talk_without_messages_does_not_move(scorer: Scorer) -> None:
    """There is nothing to compare, and nothing fails."""
    empty = parse_conversation({"conversation_id": "e", "messages": []})
    (found,) = swap_regions(empty, scorer, ["浙江", "西藏"])
    assert (found.moved, found.feasible, found.risks) == (0.0, True, ())
