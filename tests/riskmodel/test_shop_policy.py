"""A policy that is to stand: what contradicts itself is refused by the name of its field, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from riskmodel.errors import InputError
from riskmodel.shop_policy import parse_shop_policy

WHOLE = {
    "timezone": "Asia/Shanghai",
    "same_day_cutoff": "16:00",
    "dispatch_hours": 48,
    "cash_on_delivery": "listed_provinces",
    "cash_on_delivery_provinces": ["浙江省", "上海"],
    "free_shipping": "except_listed_provinces",
    "free_shipping_excluded_provinces": ["新疆", "西藏"],
    "unserved_provinces": ["西藏自治区"],
    "invoice": "free_on_request",
    "carriers": ["圆通"],
    "gifts": "none",
    "usual_compensation_yuan": {"same_city": 10},
}


@pytest.mark.parametrize("policy", [{}, WHOLE, {"same_day_cutoff": "16:00"}, {"unserved_provinces": ["内蒙"]}])
def test_a_policy_that_fits_is_taken_as_it_is(policy: dict[str, Any]) -> None:
    """Nothing is filled in; a province that is not served may be one without free shipping."""
    assert parse_shop_policy(policy).model_dump(exclude_defaults=True) == policy


@pytest.mark.parametrize(
    ("policy", "field", "said"),
    [
        ({"same_day_cutoff": "25:00"}, "same_day_cutoff", "match pattern"),
        ({"refunds": "always"}, "refunds", "unknown field"),
        ({"unserved_provinces": ["西藏", "西域"]}, "unserved_provinces.1", "not the name of a province"),
        (
            {"cash_on_delivery": "listed_provinces", "cash_on_delivery_provinces": ["江浙沪"]},
            "cash_on_delivery_provinces.0",
            "not the name of a province",
        ),
        ({"cash_on_delivery": "listed_provinces"}, "cash_on_delivery_provinces", "name the provinces"),
        ({"free_shipping": "except_listed_provinces"}, "free_shipping_excluded_provinces", "name the provinces"),
        (
            {"free_shipping": "everywhere", "free_shipping_excluded_provinces": ["新疆"]},
            "free_shipping",
            "must be except_listed_provinces",
        ),
        (
            {"cash_on_delivery": "none", "cash_on_delivery_provinces": ["浙江"]},
            "cash_on_delivery",
            "must be listed_provinces",
        ),
        ({"cash_on_delivery_provinces": ["浙江"]}, "cash_on_delivery", "must be listed_provinces"),
        (WHOLE | {"unserved_provinces": ["上海市"]}, "cash_on_delivery_provinces.1", "cannot be both"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(policy: dict[str, Any], field: str, said: str) -> None:
    """One field is named, with what to do; the value is not repeated."""
    with pytest.raises(InputError) as caught:
        parse_shop_policy(policy)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert said in problem.message
    assert not any(value in problem.message for value in ("西域", "江浙沪", "上海市", "always", "25:00"))
