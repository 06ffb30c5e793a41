"""What a shop has set for itself: kept sealed, of that shop alone, and noted."""

from __future__ import annotations

import pytest
from record_case import Case
from service_time import NOW
from sqlalchemy import update

from riskmodel.conversation import ShopPolicy
from riskmodel.errors import BaitwatchError
from service.store.access import find_or_make_shop
from service.store.keyring import KeyringError
from service.store.schema import access_log, shops
from service.store.shops import list_shops, policy_of, set_policy, set_retention

POLICY = ShopPolicy(same_day_cutoff="16:00", carriers=["标记快递"])


def set_to(case: Case, policy: ShopPolicy | None) -> None:
    with case.store.writing() as connection:
        set_policy(connection, case.keyring, case.shop, policy, actor="tests", now=NOW)


def get(case: Case) -> ShopPolicy | None:
    with case.store.reading() as connection:
        return policy_of(connection, case.keyring, case.shop)


def test_a_policy_is_kept_until_there_is_another(case: Case) -> None:
    """As it was set; one that says nothing is none; each change is noted, with who made it."""
    assert get(case) is None
    for policy, kept in ((POLICY, POLICY), (ShopPolicy(gifts="none"),) * 2, (ShopPolicy(), None), (None, None)):
        set_to(case, policy)
        assert get(case) == kept
    assert {(row.actor, row.action, row.talk) for row in case.rows(access_log)} == {("tests", "policy", None)}
    assert len(case.rows(access_log)) == 4


def test_a_policy_is_sealed_and_opens_in_its_shop_only(case: Case) -> None:
    """The database does not tell what the shop pays; moved to another shop it is refused."""
    set_to(case, POLICY)
    (row,) = case.rows(shops)
    assert "标记快递".encode() not in row.policy
    with case.store.writing() as connection:
        case.shop, _ = find_or_make_shop(connection, "乙店", NOW)
    assert get(case) is None
    case.run(update(shops).where(shops.c.id == case.shop).values(policy=row.policy))
    with pytest.raises(KeyringError):
        get(case)
    (found,) = case.findings()
    assert str(found) == f"shops row {case.shop}: altered: the shop's policy does not open; set it again"
    set_to(case, POLICY)
    assert (get(case), case.findings()) == (POLICY, [])


def test_a_limit_is_kept_or_taken_back(case: Case) -> None:
    """In days, as the list shows it; what is no limit is refused, and nothing changes."""
    for days in (30, None, 36_500, 1):
        with case.store.writing() as connection:
            set_retention(connection, case.shop, days, actor="tests", now=NOW)
        with case.store.reading() as connection:
            (shop,) = list_shops(connection)
        assert (shop.name, shop.has_policy, shop.retention_days) == ("甲店", False, days)
    for wrong in (0, -1, 36_501):
        with pytest.raises(BaitwatchError, match="1 to 36500 days"), case.store.writing() as connection:
            set_retention(connection, case.shop, wrong, actor="tests", now=NOW)
    assert case.rows(shops)[0].retention_days == 1
    assert {row.action for row in case.rows(access_log)} == {"retention"}
