"""The columns: their catalogue, their bounds, and what each is read from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from strategies import Talk, clock, dialogue, talks

from riskmodel.conversation import parse_conversation
from riskmodel.features import FEATURES, compute
from riskmodel.patterns import PATTERNS
from riskmodel.signals import load_catalogue
from riskmodel.state import ConversationState, walk

NAMES = [feature.name for feature in FEATURES]


def columns(*lines: str, **more: Any) -> dict[str, float]:
    state = ConversationState()
    for state in walk(parse_conversation(json.dumps(dialogue(*lines, **more)))):  # noqa: B007  # the last is wanted
        pass
    return {name: value for name, (value, _) in zip(NAMES, compute(state), strict=True) if value}


def test_catalogue_of_columns() -> None:
    """Names are unique, patterns are the contract's, and what speaks for the buyer belongs to no kind of abuse."""
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert set(feature.patterns) <= set(PATTERNS)
        assert bool(feature.patterns) == (feature.direction == 1)


def test_no_column_is_about_region_or_payment() -> None:
    """Where the goods go, how they are paid for and how new an account is are columns only together with conduct."""
    for feature in FEATURES:
        if feature.name.startswith(("setup.", "history.")):
            assert " and " in feature.reads
        else:
            assert not set(feature.reads.replace(",", "").split()) & {"buyer", "region", "account"}


@given(talk=talks())
def test_columns_are_bounded(talk: Talk) -> None:
    """Each column is at least zero, at most what its unit states, and has evidence wherever it is not zero."""
    for state in walk(parse_conversation(json.dumps(talk))):
        for feature, (value, evidence) in zip(FEATURES, compute(state), strict=True):
            last = feature.unit.rpartition(" ")[2]
            assert 0 <= value <= (float(last) if last.isdigit() and "from" not in feature.unit else 1e6), feature.name
            assert (evidence is not None) == (value != 0), feature.name


def test_plain_columns_are_signals() -> None:
    """A column that counts messages counts a signal of the catalogue or something that the state notes."""
    plain = {feature.name for feature in FEATURES if feature.unit.startswith("messages,")}
    assert plain <= set(load_catalogue().signals) | {"press.after_careful", "care.accepts_careful"}


NOTHING_YET = ("b:在的吗我问一下", "a:您好请讲")


@pytest.mark.parametrize(
    ("column", "lines", "more"),
    [
        ("press.after_careful", ("b:今天能发走吗", "a:以订单页为准,帮您核实", "b:今天到底能不能发走"), {}),
        ("press.insists", ("b:给个准话",), {}),
        ("press.confirms", ("b:你可是答应了啊,说话算话",), {}),
        ("press.keeps_record", ("b:我已经截图了",), {}),
        ("press.without_interest", ("b:别绕弯,给个准话",), {}),
        ("invoice.under_pressure", ("b:有发票吗", "a:稍等", "b:不开票我就投诉"), {}),
        ("ask.other_account_data", ("b:换了个号来问,那单的地址念一下",), {}),
        ("ask.pay_outside", ("b:我没网银,能直接汇款给你不",), {}),
        ("ask.close_order", ("b:你们后台取消一下吧",), {}),
        ("ask.phone", ("b:电话多少告诉我", "a:在这里说", "b:给个电话号码"), {}),
        ("demand.review_for_money", ("b:转我八十元我把差评删了",), {}),
        ("demand.withdrawal_for_money", ("b:给我两千块就撤诉",), {}),
        ("demand.money_outside", ("b:直接微信转我",), {}),
        ("demand.over_loss", ("b:赔我300元",), {"orders": [{"order_id": "o", "amount": "20"}]}),
        ("demand.without_defect", ("b:必须给我赔偿",), {}),
        ("threat.ultimatum", ("b:要么退钱,否则差评",), {}),
        ("demand.keeps_goods", ("b:仅退款,东西我留着",), {}),
        ("demand.refuses_evidence", ("b:凭什么要照片",), {}),
        ("demand.many_accounts", ("b:我手里好几个号,都给差评",), {}),
        ("move.off_platform", ("b:加个微信说",), {}),
        ("move.in_dispute", ("b:我要投诉", "a:抱歉", "b:加个微信说"), {}),
        ("history.refused_cod", ("b:能货到付款吗",), {"buyer": {"refused_cod_parcels": 3}}),
        ("history.refund_share", ("b:仅退款,货我留着",), {"buyer": {"orders_in_shop": 10, "refunds_in_shop": 6}}),
        ("care.goods", ("b:这个面料会不会缩水,尺码准吗",), {}),
        ("care.names_defect", ("b:盖子裂开了",), {}),
        ("care.shows", ("b:给你拍照看",), {}),
        ("care.remedy", ("b:帮我换货吧",), {}),
        ("care.accepts", ("b:好的谢谢,不急",), {}),
        ("care.accepts_careful", ("b:今天能发走吗", "a:以订单页为准,帮您核实", "b:好的谢谢"), {}),
    ],
)
def test_column_is_read(column: str, lines: tuple[str, ...], more: dict[str, Any]) -> None:
    """Each column can be set by a talk, and is not there before the talk comes to it."""
    assert column not in columns(*NOTHING_YET, **more)
    assert column in columns(*NOTHING_YET, *lines, **more)


TRAP = ("b:今天能发走吗", "a:尽量,以订单页为准", "b:别绕,你就说能不能今天发走", "a:可以的今天发走")
SHOP = {"same_day_cutoff": "16:00", "dispatch_hours": 24, "unserved_provinces": ["西藏"]}


def test_order_after_the_promise() -> None:
    """An order minutes after a pressed promise that it makes impossible shows both; late or unpressed it does not."""
    soon = [{"order_id": "o", "placed_at": clock(65), "ship_to": {"province": "西藏"}}]
    late = [{**soon[0], "placed_at": clock(63 + 31)}]
    near = [{**soon[0], "ship_to": {"province": "浙江"}}]
    later = ["b:拍了", *["b:嗯"] * 40]
    both = {"setup.order_after_promise", "setup.order_makes_impossible"}
    assert both <= set(columns(*TRAP, *later, shop=SHOP, orders=soon))
    assert both & set(columns(*TRAP, *later, shop=SHOP, orders=late)) == {"setup.order_makes_impossible"}
    assert not both & set(columns(*TRAP, *later, shop=SHOP, orders=near))
    assert not both & set(columns("b:今天能发走吗", "a:可以的今天发走", *later, shop=SHOP, orders=soon))


def test_history_is_nothing_by_itself() -> None:
    """Refunds and refused parcels of the past say nothing in a talk that does not call for them, nor do few orders."""
    buyer = {"refused_cod_parcels": 5, "orders_in_shop": 10, "refunds_in_shop": 9}
    assert not {"history.refused_cod", "history.refund_share"} & set(columns("b:这个还有货吗", buyer=buyer))
    few = {"orders_in_shop": 2, "refunds_in_shop": 2}
    assert "history.refund_share" not in columns("b:仅退款,货我留着", buyer=few)


def test_demand_is_measured_against_the_order() -> None:
    """Each doubling over the largest order counts one, up to four; a demand below it counts nothing."""
    amounts = {"10": 0.0, "20": 1.0, "40": 2.0, "100000": 4.0}
    for demand, expected in amounts.items():
        found = columns(f"b:赔我{demand}元", orders=[{"order_id": "o", "amount": "10.00"}])
        assert found.get("demand.over_loss", 0.0) == pytest.approx(expected)
    assert "demand.over_loss" not in columns("b:赔我50元")
