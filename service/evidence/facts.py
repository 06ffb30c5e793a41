"""Facts of an order, of the shop's policy and of the account, as rows for the views."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from riskmodel.conversation import OrderItem, ShipTo, UsualCompensation
from service.evidence.record import Record, shop_time
from service.evidence.redaction import MASK
from service.evidence.wordings import label

__all__ = ["list_facts"]

_LABELLED = {"status": "order_status", "payment_method": "payment_method"}
_POLICIES = ("cash_on_delivery", "free_shipping", "invoice", "gifts")


def list_facts(model: BaseModel, record: Record) -> list[tuple[str, str]]:
    """Return label and value of each fact that is known; the record has them without personal data."""
    return [
        (label("fact", name), _value(name, value, record)) for name, value in model if value is not None and value != []
    ]


def _value(name: str, value: Any, record: Record) -> str:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if name == "placed_at":
        time, given = shop_time(value, record.zone), value.isoformat(sep=" ")
        return time if time == given else f"{time}（原始 as given {given}）"
    if name in _LABELLED:
        return label(_LABELLED[name], value)
    if name in _POLICIES:
        return label("policy", value)
    if isinstance(value, ShipTo):
        parts = [part for _, part in value if part]
        # several masked fields are one sign
        shown = [part for part in parts if part != MASK]
        return " ".join([*shown, MASK] if MASK in parts else shown)
    if isinstance(value, UsualCompensation):
        return "；".join(f"{label('compensation', kind)} {yuan:g}" for kind, yuan in value if yuan is not None)
    if name == "items":
        return "；".join(map(_item, value))
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, float):
        return f"{value:g}"
    # the number of an order stays, unless it is a value that the order names
    return record.personal.cover_known(value) if name == "order_id" else str(value)


def _item(item: OrderItem) -> str:
    quantity = f" ×{item.quantity}" if item.quantity else ""
    price = f" @{item.unit_price}" if item.unit_price else ""
    return item.title + quantity + price + (f"（{item.sku}）" if item.sku else "")
