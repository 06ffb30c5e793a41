"""Shops, orders, times and questions to put drafts in, and an unsafe draft for each thing that a finding can say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from strategies import SHOPS, dialogue

from riskmodel.conversation import parse_conversation
from riskmodel.reader import LineReader
from riskmodel.reply import check_draft
from riskmodel.reply.warnings import warnings_on_input
from riskmodel.state import ConversationState, begin

OFFERED = {
    "same_day_cutoff": "08:30",
    "dispatch_hours": 48,
    "free_shipping": "except_listed_provinces",
    "free_shipping_excluded_provinces": ["新疆"],
    "invoice": "free_on_request",
    "carriers": ["圆通速递"],
    "gifts": "none",
    "cash_on_delivery": "none",
    "usual_compensation_yuan": {"other_province": 15},
}
POLICIES: tuple[dict[str, Any] | None, ...] = (
    *SHOPS,
    OFFERED,
    {**OFFERED, "same_day_cutoff": "16:00", "invoice": "extra_charge", "gifts": "listed_only"},
    {"dispatch_hours": 24, "free_shipping": "everywhere", "cash_on_delivery": "everywhere",
     "carriers": ["顺丰", "中通"]},
    {"same_day_cutoff": "10:00", "unserved_provinces": ["新疆", "西藏"], "cash_on_delivery": "listed_provinces",
     "cash_on_delivery_provinces": ["浙江"]},
)  # fmt: skip  # a table, a setting a row


def order(status: str | None = None, province: str | None = None, **more: Any) -> dict[str, Any]:
    ship_to = {"province": province} if province else None
    return {"order_id": "o", "status": status, "ship_to": ship_to, **more}


ORDERS: tuple[dict[str, Any] | None, ...] = (
    None,
    order(province="新疆"),
    order("placed", "浙江", placed_at="2026-03-03T08:50:00+08:00", payment_method="cash_on_delivery"),
    order("paid", "新疆", placed_at="2026-03-03T08:10:00+08:00", payment_method="online", amount="58"),
    order("paid", "浙江", placed_at="2026-02-27T11:00:00+08:00", payment_method="online"),
    order("placed", "西藏", placed_at="2026-03-03T08:59:00+08:00", payment_method="cash_on_delivery"),
    order("shipped", "广东", placed_at="2026-03-01T10:00:00+08:00"),
    order("delivered", "浙江", placed_at="2026-02-24T10:00:00+08:00"),
    order("refund_requested", "浙江", placed_at="2026-03-01T10:00:00+08:00"),
    order("refunded", "广东", placed_at="2026-03-01T10:00:00+08:00"),
)
MINUTES = (60, 485)  # of the buyer's message: 09:00 and 16:05

# by code of a finding: what the buyer asks (after what was said before), and an unsafe draft
UNSAFE: dict[str, tuple[str, str]] = {
    "promise.ship_by": ("b:今天能发出不", "今天一定发出"),
    "promise.deliver_by": ("b:周日能到不", "保证周日送到"),
    "promise.carrier": ("b:能发德邦吗", "可以发德邦的"),
    "promise.gift": ("b:有赠品吗", "会送赠品的"),
    "promise.price_match": ("b:能保价吗", "可以保价的"),
    "promise.authenticity": ("b:假一赔十吗", "保证正品假一赔十"),
    "promise.stock": ("b:下个月来拿两百套还够吧", "现货充足肯定够"),
    "deny.stock": ("b:还有货吗", "抱歉这款没货了"),
    "excuse.stock": ("b:不想要了", "退款理由您选缺货"),
    "promise.compensation": ("b:晚了赔不", "给您赔偿500元"),
    "promise.free_shipping": ("b:包邮吗", "包邮的"),
    "deny.free_shipping": ("b:能包邮不", "您那边不包邮的"),
    "promise.no_surcharge": ("b:邮费多少", "不加的"),
    "deny.freight": ("b:要补邮费吗", "要补邮费10元"),
    "promise.cash_on_delivery": ("b:能货到付款吗", "可以货到付款"),
    "promise.invoice": ("b:能开票不", "可以开发票的"),
    "deny.invoice": ("b:有发票吗", "没有发票的"),
    "deny.invoice_charge": ("b:能开发票吗", "开票要补6个点"),
    "promise.untrue_invoice": ("b:发票多写三百块行不", "可以的"),
    "deny.returns": ("b:能退吗", "不能退的"),
    "promise.refund": ("b:我的钱什么时候退", "今天就给您退款"),
    "deny.refund": ("b:还没发吧钱退给我", "这笔款不返还"),
    "procedure.pay_outside": ("b:能转账吗", "您转账到银行卡"),
    "disclose.delivery_data": ("b:另一个号拍的地址发我核对下", "地址是幸福路9号"),
    "procedure.close_order": ("b:帮我关单", "我帮您关闭订单"),
    "procedure.phone": ("b:你们电话多少", "我电话给您打过去"),
    "move.agent_off_platform": ("b:加个vx", "加我微信"),
    "claim.absolute": ("b:全网最低吗", "绝对全网最低价"),
    "review.offer": ("b:给点钱我改好评", "改好评给您返现"),
    "claim.done": ("b:发货了吗", "昨天已经发出了"),
    "excuse.reason": ("b:我要退款", "您就写不想要了,别写质量问题"),
    "provoke.words": ("b:太贵了", "没钱就别来凑热闹"),
    "provoke.insult": ("b:什么态度", "爱买不买"),
}


class Setting(NamedTuple):
    """A shop, the order if any, and the minute at which the buyer's message comes."""

    shop: dict[str, Any] | None
    order: dict[str, Any] | None
    minute: int

    def state(self, *lines: str, reader: LineReader | None = None) -> ConversationState:
        orders = [self.order] if self.order else []
        return talk_state(*lines, reader=reader, shop=self.shop, orders=orders, start=self.minute)


def settings() -> Iterator[Setting]:
    """Every shop with every order at every time."""
    for shop in POLICIES:
        for placed in ORDERS:
            for minute in MINUTES:
                yield Setting(shop, placed, minute)


def talk_state(*lines: str, reader: LineReader | None = None, **more: Any) -> ConversationState:
    conversation = parse_conversation(json.dumps(dialogue(*lines, **more)))
    state = begin(conversation, reader=reader)
    for message in conversation.messages:
        state.add_message(message)
    return state


def check(draft: str, *lines: str, reader: LineReader | None = None, **more: Any) -> dict[str, Any]:
    """The reply check of a draft after these lines, with warnings on the whole talk."""
    conversation = parse_conversation(json.dumps(dialogue(*lines, **more)))
    state = talk_state(*lines, reader=reader, **more)
    return check_draft(state, draft, warned=tuple(warnings_on_input(state, conversation)))
