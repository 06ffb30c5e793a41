"""The acts that writers mark, and which of them are told apart when a message is heard."""

from __future__ import annotations

__all__ = ["BUYER_ACTS", "HEARD", "LOWERING", "RAISING"]

_ALIKE = {
    "ask": "ask_dispatch ask_delivery ask_courier ask_freight ask_invoice ask_return ask_price ask_gift ask_stock "
    "ask_claim",
    "plain": "greet close ordered info other ask_other",
    "threat": "threat_review threat_complaint right",
}
_ALONE = (
    "goods ask_data ask_contact ask_procedure press nail reason accept urge problem show vague remedy keeps "
    "no_evidence sell_review sell_complaint hint cite money deadline off_platform group vent"
)

HEARD: dict[str, str] = {act: name for name, acts in _ALIKE.items() for act in acts.split()} | {
    act: act for act in _ALONE.split()
}
"""For each act that a writer may mark the name under which it is heard; threats and rights are heard, but count not."""
BUYER_ACTS: tuple[str, ...] = tuple(HEARD)
"""What a buyer's message does, as its writer marked it."""
RAISING: tuple[str, ...] = (
    "sell_review", "sell_complaint", "hint", "keeps", "no_evidence", "money", "deadline", "off_platform", "group",
    "press", "nail", "cite", "ask_data", "ask_procedure", "vague",
)  # fmt: skip  # names in rows, read at a glance
"""Acts that may raise the risk; the likeliest message counts."""
LOWERING: tuple[str, ...] = ("problem", "show", "goods", "accept", "reason", "remedy", "urge", "plain")
"""Acts that may lower it; they add up over messages, to a bound."""
