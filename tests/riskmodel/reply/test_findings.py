"""What a finding says: one line with what, why and the rule, in both languages."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from contexts import OFFERED, UNSAFE, check, order, settings

from riskmodel.errors import CatalogueError
from riskmodel.reply import check_draft
from riskmodel.reply.findings import load_phrases, read_phrases
from riskmodel.signals.catalogue import Polarity

CUTOFF = {**OFFERED, "same_day_cutoff": "08:30"}


@pytest.mark.parametrize(
    ("code", "shop", "placed", "rule"),
    [
        ("promise.ship_by", CUTOFF, None, "店铺设置:截单08:30"),
        ("promise.ship_by", {"dispatch_hours": 48}, None, "店铺设置:48小时内发货"),
        ("promise.ship_by", None, None, "平台规则:违背承诺"),
        ("promise.ship_by", {"unserved_provinces": ["西藏"]}, order(province="西藏"), "店铺设置:不配送西藏"),
        ("promise.ship_by", OFFERED, order(payment_method="cash_on_delivery"), "店铺设置:货到付款范围"),
        ("promise.deliver_by", OFFERED, None, "平台规则:违背承诺"),
        ("promise.carrier", OFFERED, None, "店铺设置:合作快递圆通速递"),
        ("promise.gift", OFFERED, None, "店铺设置:无赠品"),
        ("promise.gift", {"gifts": "listed_only"}, None, "店铺设置:赠品以页面列出的为准"),
        ("promise.compensation", OFFERED, None, "店铺设置:惯常补偿15元"),
        ("promise.free_shipping", OFFERED, order(province="新疆"), "店铺设置:新疆不包邮"),
        ("promise.free_shipping", OFFERED, None, "店铺设置:部分省份不包邮"),
        ("promise.free_shipping", {"free_shipping": "none"}, None, "店铺设置:不包邮"),
        ("deny.freight", {"free_shipping": "everywhere"}, None, "店铺设置:包邮"),
        ("promise.cash_on_delivery", OFFERED, None, "店铺设置:不支持货到付款"),
        ("deny.invoice", {"invoice": "none"}, None, "发票管理办法:收款方应当开具发票"),
        ("promise.untrue_invoice", None, None, "发票管理办法:如实开具"),
        ("deny.returns", None, None, "消费者权益保护法、平台七天无理由规则"),
        ("disclose.delivery_data", None, None, "个人信息保护法"),
        ("claim.absolute", None, None, "广告法"),
        ("review.offer", None, None, "平台评价规则:不得以利益换取评价"),
        ("procedure.pay_outside", None, None, "平台规则:站内付款"),
        ("move.agent_off_platform", None, None, "平台规则:站内沟通"),
        ("claim.done", None, order("paid"), "消费者权益保护法:如实答复"),
        ("excuse.stock", None, None, "平台售后规则:退款原因如实填写"),
    ],
)
def test_rule_that_a_finding_rests_on(
    code: str, shop: dict[str, Any] | None, placed: dict[str, Any] | None, rule: str
) -> None:
    """The setting that decides is named with its value, and where none does the platform's rule or the law."""
    question, draft = UNSAFE[code]
    found = check(draft, question, shop=shop, orders=[placed] if placed else [])
    assert rule in [finding["rule_zh"] for finding in found["findings"]]


def test_one_line_in_both_languages() -> None:
    """A finding is one line: what was said, why that is unsafe, and the rule, in Chinese and in English."""
    finding = check("今天一定发出", "b:今天能发吗", shop=OFFERED)["findings"][0]
    assert finding["text_zh"] == (
        "承诺了发货时间:已过当日08:30截单,按店铺设置要到03-04 23:59前才能保证发出(依据店铺设置:截单08:30)"
    )
    assert finding["text_en"] == (
        "promises a time of dispatch: past the 08:30 cutoff; by the shop's settings dispatch is certain only before "
        "03-04 23:59 (by the shop's settings: cutoff 08:30)"
    )


def test_every_finding_is_a_short_line() -> None:
    """In every setting: one line of at most 120 signs, ending in its rule, with no Chinese in the English but names."""
    seen = set()
    for setting in settings():
        for question, draft in UNSAFE.values():
            for finding in check_draft(setting.state(question), draft)["findings"]:
                assert finding["text_zh"].endswith(f"(依据{finding['rule_zh']})")
                assert finding["text_en"].endswith(f"(by {finding['rule_en']})")
                assert "\n" not in finding["text_zh"] + finding["text_en"]
                assert len(finding["text_zh"]) <= 120
                seen.add((finding["polarity"], finding["rule_zh"]))
    assert {polarity for polarity, _ in seen} == set(get_args(Polarity))


def test_every_polarity_has_a_reason() -> None:
    """Where nothing is judged, the polarity says why."""
    assert load_phrases().reasons.keys() == set(get_args(Polarity))


@pytest.mark.parametrize(
    ("reasons", "problem"),
    [
        ({"rudeness": {"zh": "无礼", "en": "rude"}}, "rudeness"),
        ({"provocation": {"zh": "无礼"}}, "provocation"),
    ],
)
def test_bad_reason_is_named(reasons: dict[str, Any], problem: str) -> None:
    """A reason for no polarity, or in one language only, is refused by name."""
    with pytest.raises(CatalogueError, match=f"findings: {problem}"):
        read_phrases({"reasons": reasons, "rules": {}})
