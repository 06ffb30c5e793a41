"""A shop's policy that is to stand: read strictly, and refused where it contradicts itself.

A policy that comes with a talk is taken as it is, and what is odd in it becomes a warning. One that many talks will be
judged by is checked when it is set, while the person who wrote it is there to correct it.

Examples
--------
>>> parse_shop_policy('{"same_day_cutoff": "16:00"}').same_day_cutoff
'16:00'
>>> parse_shop_policy('{"unserved_provinces": ["西藏", "西域"]}')
Traceback (most recent call last):
    ...
riskmodel.errors.InputError: unserved_provinces.1: is not the name of a province; correct it, e.g. 新疆 or 内蒙古自治区
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from riskmodel.conversation import ShopPolicy, parse_as
from riskmodel.errors import FieldProblem, InputError
from riskmodel.regions import province_of

__all__ = ["parse_shop_policy"]

# a setting, its value that hangs on a list of provinces, and the list
_BY_LIST: Final = (
    ("cash_on_delivery", "listed_provinces", "cash_on_delivery_provinces"),
    ("free_shipping", "except_listed_provinces", "free_shipping_excluded_provinces"),
)
_LISTS: Final = (*(listed for _, _, listed in _BY_LIST), "unserved_provinces")


def parse_shop_policy(data: str | bytes | dict[str, Any]) -> ShopPolicy:
    """Read a policy from JSON text or from an already parsed object.

    Raises
    ------
    InputError
        Where a field does not fit the contract, names no province, or contradicts another one. The text never repeats
        a value that was sent.
    """
    policy = parse_as(ShopPolicy, data)
    problems = [*_names(policy), *_lists(policy), *_unserved(policy)]
    if problems:
        raise InputError(problems)
    return policy


def _names(policy: ShopPolicy) -> Iterator[FieldProblem]:
    for field in _LISTS:
        for index, name in enumerate(getattr(policy, field)):
            if province_of(name) is None:
                text = "is not the name of a province; correct it, e.g. 新疆 or 内蒙古自治区"
                yield FieldProblem(f"{field}.{index}", text)


def _lists(policy: ShopPolicy) -> Iterator[FieldProblem]:
    """A list without the setting that reads it, and the setting without a list."""
    for setting, value, listed in _BY_LIST:
        uses_list = getattr(policy, setting) == value
        if uses_list and not getattr(policy, listed):
            yield FieldProblem(listed, f"is empty, and {setting} is {value}; name the provinces, or change {setting}")
        elif getattr(policy, listed) and not uses_list:
            yield FieldProblem(setting, f"must be {value} where {listed} names any; change it, or empty the list")


def _unserved(policy: ShopPolicy) -> Iterator[FieldProblem]:
    """Cash on delivery in a province where nothing is delivered."""
    unserved = {province_of(name) for name in policy.unserved_provinces}
    for index, name in enumerate(policy.cash_on_delivery_provinces):
        if province_of(name) is not None and province_of(name) in unserved:
            yield FieldProblem(
                f"cash_on_delivery_provinces.{index}",
                "is among unserved_provinces too; a province cannot be both, take it out of one",
            )
