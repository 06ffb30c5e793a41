"""Facts: what is known of this shop and order, by which texts are chosen."""

from __future__ import annotations

from typing import Any

import pytest
from contexts import OFFERED, order, talk_state

from riskmodel.promises import Commitment
from riskmodel.reply.facts import facts_of_each, known_facts

HOUR = "2026-03-03T09:00:00+08:00"  # the buyer's message


def facts(
    shop: dict[str, Any] | None, placed: dict[str, Any] | None = None, *, said: str = "", question: str | None = None
) -> dict[str, str]:
    state = talk_state("b:在吗", shop=shop, orders=[placed] if placed else [])
    return known_facts(state.circumstances(), Commitment("", "", None, None, 0, 0, said, question))


def test_nothing_is_known_before_the_first_message() -> None:
    """Without a moment nothing of the shop counts."""
    assert known_facts(talk_state(shop=OFFERED).circumstances()) == {}


def test_silence_is_no_fact() -> None:
    """A policy that says nothing makes no condition hold."""
    assert facts(None) == facts({}) == {}


@pytest.mark.parametrize(
    ("shop", "placed_at", "status", "late"),
    [
        ({"dispatch_hours": 48}, "2026-03-01T08:59:00+08:00", "paid", True),
        ({"dispatch_hours": 48}, "2026-03-01T09:00:00+08:00", "paid", False),
        ({"dispatch_hours": 48}, "2026-03-01T08:59:00+08:00", "shipped", False),
        ({"dispatch_hours": 48}, "2026-03-01T08:59:00+08:00", "placed", False),
        ({"same_day_cutoff": "16:00"}, "2026-03-02T15:59:00+08:00", "paid", True),
        ({"same_day_cutoff": "16:00", "dispatch_hours": 48}, "2026-03-02T16:01:00+08:00", "paid", False),
        ({"same_day_cutoff": "16:00"}, "2026-03-02T16:01:00+08:00", "paid", False),
        ({"same_day_cutoff": "16:00"}, "2026-03-02T07:59:00Z", "paid", True),
        ({"same_day_cutoff": "16:00"}, "2026-03-03T08:00:00+08:00", "paid", False),
        ({"dispatch_hours": 1e300}, "2026-03-01T08:59:00+08:00", "paid", False),
        ({"dispatch_hours": 1}, "0001-01-01T00:00:00+14:00", "paid", True),
        ({"same_day_cutoff": "16:00"}, "0001-01-01T00:00:00+14:00", "paid", False),
        ({"dispatch_hours": 48}, None, "paid", False),
    ],
)
def test_late_order(shop: dict[str, Any], placed_at: str | None, status: str, late: bool) -> None:
    """An order that waits is late once the shop's own time of dispatch has passed, in the shop's zone."""
    assert ("late" in facts(shop, order(status, placed_at=placed_at))) is late


def test_place_that_is_meant_goes_before_the_order() -> None:
    """A province in the draft or the question counts before the order's, which counts before that of the talk."""
    placed = order(province="浙江")
    assert facts(OFFERED, placed)["province"] == "浙江"
    assert "ships_free" in facts(OFFERED, placed)
    asked = facts(OFFERED, placed, question="发新疆包邮吗")
    assert asked["province"] == "新疆"
    assert "not_free" in asked
    assert "ships_free" not in asked
    assert facts(OFFERED, placed, said="西藏也行", question="发新疆包邮吗")["province"] == "西藏"


def test_nothing_is_free_where_nothing_goes() -> None:
    """For a province that is not served no other fact about the place holds."""
    shop = {"unserved_provinces": ["西藏"], "free_shipping": "everywhere", "cash_on_delivery": "none"}
    found = facts(shop, order(province="西藏"))
    assert "unserved" in found
    assert not {"ships_free", "cod_never"} & found.keys()


def test_facts_of_several_commitments() -> None:
    """Each of several commitments has the facts that it would have alone."""
    around = talk_state("b:在吗", shop=OFFERED, orders=[order("paid", "浙江")]).circumstances()
    commitments = [
        Commitment("", "", None, None, 0, 0, said, None) for said in ("包邮", "新疆包邮", "退款", "西藏包邮")
    ]
    for each in (around, None):
        assert facts_of_each(each, commitments) == [known_facts(each, commitment) for commitment in commitments]


def test_values_read_as_written() -> None:
    """Hours and sums come without needless decimals, couriers as a list."""
    shop = {
        "dispatch_hours": 48.0,
        "carriers": ["中通", "圆通"],
        "usual_compensation_yuan": {"same_city": 5, "other_province": 12.5},
    }
    assert facts(shop) == {"hours": "48", "carriers": "中通、圆通", "usual": "5/12.5"}
