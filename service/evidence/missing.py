"""What a bundle does not hold, said openly: a record that names its gaps is believed."""

from __future__ import annotations

from itertools import pairwise

from service.evidence.record import Record
from service.evidence.wordings import missing_codes, wording

__all__ = ["list_missing"]

_ORDER_FACTS = ("placed_at", "status", "payment_method", "amount", "ship_to", "items")


def list_missing(record: Record, *, stamped: bool = False) -> list[dict[str, object]]:
    """Return what is missing or weak: ``code``, ``text_zh``, ``text_en`` and ``details`` (ids, names of fields).

    Parameters
    ----------
    stamped
        Whether a time authority stamps the bundle.
    """
    found = {**_always(), **_in_messages(record), **_in_facts(record), **_in_assessments(record)}
    if stamped:
        del found["no_trusted_time"]
    return [
        {
            "code": code,
            "text_zh": wording("missing", code, "zh"),
            "text_en": wording("missing", code, "en"),
            "details": found[code],
        }
        for code in missing_codes()
        if code in found
    ]


def _always() -> dict[str, list[str]]:
    return {
        code: []
        for code in (
            *("before_first", "after_last", "off_platform", "exported_by_shop"),
            *("no_trusted_time", "no_logistics", "other_personal_data"),
        )
    }


def _in_messages(record: Record) -> dict[str, list[str]]:
    messages = record.conversation.messages
    senders = {message.sender for message in messages}
    found: dict[str, list[str]] = {}
    if "buyer" not in senders:
        found["no_buyer_messages"] = []
    if "agent" not in senders:
        found["no_agent_messages"] = []
    if early := [after.message_id for before, after in pairwise(messages) if after.sent_at < before.sent_at]:
        found["times_out_of_order"] = early
    if len({message.sent_at.utcoffset() for message in messages}) > 1:
        found["mixed_offsets"] = []
    sent = ((exhibit.message_id, exhibit.file) for exhibit in record.exhibits)
    if absent := [message_id for message_id, file in sent if file is None and message_id is not None]:
        found["attachments_by_digest"] = list(dict.fromkeys(absent))
    filed = [exhibit for exhibit in record.exhibits if exhibit.message_id is None]
    if listed := [exhibit.number for exhibit in filed if exhibit.file is None]:
        found["exhibits_by_digest"] = listed
    if filed:
        found["exhibits_filed"] = [exhibit.number for exhibit in filed]
    if any(exhibit.file is not None for exhibit in record.exhibits):
        found["exhibits_as_sent"] = []
    covered = [entry.where for entry in record.masked if entry.where.startswith("messages.")]
    if covered and not record.untouched:
        found["personal_data_in_texts"] = list(dict.fromkeys(covered))
    return found


def _in_facts(record: Record) -> dict[str, list[str]]:
    orders, shop = record.conversation.orders, record.conversation.shop
    found: dict[str, list[str]] = {}
    if not orders:
        found["no_orders"] = []
    gaps = [
        f"orders.{index}.{name}"
        for index, order in enumerate(orders)
        for name in _ORDER_FACTS
        if not getattr(order, name)
    ]
    if gaps:
        found["order_facts_incomplete"] = gaps
    if shop is None:
        found["no_policy"] = []
    if shop is None or shop.timezone is None:
        found["no_zone"] = []
    return found


def _in_assessments(record: Record) -> dict[str, list[str]]:
    if not record.assessments:
        return {"no_assessments": []}
    found: dict[str, list[str]] = {"assessment_is_advice": []}
    if any(assessment.abstained for assessment in record.assessments):
        found["abstained"] = []
    return found
