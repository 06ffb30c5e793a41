"""Warnings: what in the input makes an answer less certain. They name fields and provinces, never personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from riskmodel.conversation import Conversation, Message, Order, ShipTo, ShopPolicy
from riskmodel.promises import Circumstances, Commitment, Judgement, is_fault
from riskmodel.regions import order_province, province_in, province_of, unknown_provinces
from riskmodel.state import ConversationState
from riskmodel.text import normalize
from riskmodel.yaml_files import read_yaml

__all__ = ["Warned", "Warnings", "says_nothing", "warnings_on_draft", "warnings_on_input"]

Warned = dict[str, str]
Warnings = Iterator[Warned]

_FAR = timedelta(days=366)
_YEARS = range(2003, 2100)  # Taobao, the first of the platforms, began in 2003
_LONGEST_NAME = 12  # signs; 新疆维吾尔自治区 has 8
_MOST_NAMES = 5
_LISTS = ("cash_on_delivery_provinces", "free_shipping_excluded_provinces", "unserved_provinces")
# stickers as the platforms write them: [微笑], /:^_^, #E-s01; those that say yes are words
_STICKERS = re.compile(r"\[(?!(?:OK|ok|好的?|可以)\])[^\[\]\n]{1,12}\]|/:[!-~]{1,4}|#E-[a-z][0-9]{2}")
_ASSENTS = frozenset("👌🆗")
# what is judged by when the order was placed, how it stands or what it is worth
_BY_ORDER = frozenset({"ship_by", "refusal", "compensation", "stock_claim", "done_claim"})
# what is judged by where it goes, and where the policy then lists provinces
_BY_PLACE = {
    "free_shipping": ("free_shipping", "except_listed_provinces"),
    "surcharge": ("free_shipping", "except_listed_provinces"),
    "cash_on_delivery": ("cash_on_delivery", "listed_provinces"),
}


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


@cache
def _texts() -> dict[str, _Text]:
    content = read_yaml("riskmodel.reply", "data/warnings.yaml")
    return {name: _Text.model_validate(row) for name, row in content.items()}


def _warning(name: str, field: str, **values: object) -> dict[str, str]:
    text = _texts()[name]
    return {"field": field, "text_zh": text.zh.format(**values), "text_en": text.en.format(**values)}


def says_nothing(draft: str) -> bool:
    """Whether a draft is empty or has only emoji, stickers and punctuation. A 👌 is an answer.

    Examples
    --------
    >>> says_nothing("😀~[微笑]"), says_nothing("👌"), says_nothing("好")
    (True, False, False)
    """
    return not any(sign.isalnum() or sign in _ASSENTS for sign in _STICKERS.sub("", draft))


def warnings_on_draft(
    draft: str, judged: Sequence[tuple[Commitment, Judgement]], around: Circumstances | None
) -> Warnings:
    """What the draft leaves unsaid, and that no order is known where the answer hangs on one."""
    if says_nothing(draft):
        yield _warning("nothing_said", "draft")
    if around is None or around.order is not None:
        return
    if any(_hangs_on_order(commitment, judgement, around) for commitment, judgement in judged):
        yield _warning("no_order", "conversation.orders")


def _hangs_on_order(commitment: Commitment, judgement: Judgement, around: Circumstances) -> bool:
    kind = commitment.judged or ""
    if kind in _BY_PLACE:
        setting, listed = _BY_PLACE[kind]
        nowhere = around.province is None and judgement.can_keep == "unknown"
        return nowhere and getattr(around.policy, setting, None) == listed
    unsure = judgement.can_keep == "unknown" or is_fault(commitment, judgement)
    return kind in _BY_ORDER and unsure and around.policy is not None


def warnings_on_input(state: ConversationState, conversation: Conversation | None) -> Warnings:
    """What in policy, orders and messages is missing, unknown or contradicts itself: each kind once, where it is first.

    Parameters
    ----------
    state
        The talk as far as it has come.
    conversation
        The talk as received; without it the messages and the orders placed later are not looked at.
    """
    yield from _on_policy(state.shop)
    orders = conversation.orders if conversation is not None else state.orders
    yield from _on_orders(orders, state.as_of)
    if conversation is not None:
        yield from _on_messages(conversation.messages)
        yield from _on_distance(orders, conversation.messages)


def _on_policy(shop: ShopPolicy | None) -> Warnings:
    if shop is None or shop == ShopPolicy():
        yield _warning("no_shop", "conversation.shop")
        return
    for name in _LISTS:
        if unknown := _unknown(tuple(getattr(shop, name))):
            yield _warning("unknown_provinces", f"conversation.shop.{name}", names="、".join(unknown))


@lru_cache(maxsize=256)
def _unknown(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that are no province's, those that cannot be one by their place in the list."""
    unknown = unknown_provinces(names)
    shown = [name if name.isalpha() and len(name) <= _LONGEST_NAME else f"#{names.index(name)}" for name in unknown]
    return (*shown[:_MOST_NAMES], *(["…"] if len(shown) > _MOST_NAMES else []))


def _on_orders(orders: Sequence[Order], as_of: datetime | None) -> Warnings:
    later = [number for number, order in enumerate(orders) if _after(order, as_of)]
    counted = [order for number, order in enumerate(orders) if number not in set(later)]
    if len({(order_province(order), order.payment_method, order.status) for order in counted}) > 1:
        dated = any(order.placed_at is not None for order in counted)
        name = "orders_differ" if dated else "orders_differ_undated"
        yield _warning(name, "conversation.orders", number=len(counted))
    if later:
        yield _warning("order_later", f"conversation.orders[{later[0]}].placed_at")
    for name, wrong in (("places_differ", _contradicts_itself), ("place_unknown", _is_nowhere)):
        place = next((i for i, order in enumerate(orders) if order.ship_to is not None and wrong(order.ship_to)), None)
        if place is not None:
            yield _warning(name, f"conversation.orders[{place}].ship_to")


def _after(order: Order, as_of: datetime | None) -> bool:
    return order.placed_at is not None and as_of is not None and order.placed_at > as_of


def _province(field: str) -> str | None:
    return province_of(field) or province_in(normalize(field).text)


def _contradicts_itself(ship_to: ShipTo) -> bool:
    fields = filter(None, (ship_to.province, ship_to.city, ship_to.district))
    return len({_province(field) for field in fields} - {None}) > 1


def _is_nowhere(ship_to: ShipTo) -> bool:
    return bool(ship_to.province) and _province(ship_to.province or "") is None


def _on_messages(messages: Sequence[Message]) -> Warnings:
    steps = [after.sent_at - before.sent_at for before, after in pairwise(messages)]
    found = {
        "messages_out_of_order": next((i for i, step in enumerate(steps, 1) if step < timedelta()), None),
        "talk_far": next((i for i, step in enumerate(steps, 1) if step > _FAR), None),
        "odd_year": next((i for i, message in enumerate(messages) if message.sent_at.year not in _YEARS), None),
    }
    for name, place in found.items():
        if place is not None:
            yield _warning(name, f"conversation.messages[{place}].sent_at")


def _on_distance(orders: Sequence[Order], messages: Sequence[Message]) -> Warnings:
    if not messages:
        return
    first, last = min(message.sent_at for message in messages), max(message.sent_at for message in messages)
    for number, order in enumerate(orders):
        if order.placed_at is not None and (first - order.placed_at > _FAR or order.placed_at - last > _FAR):
            yield _warning("order_far", f"conversation.orders[{number}].placed_at")
            return
