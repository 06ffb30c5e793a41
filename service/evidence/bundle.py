"""Building a bundle: the payload from a record, the bag around it, the signature, the zip.

Nothing here reads the clock, the locale, the machine's time zone or anything but its arguments and the package's own
data, so the same case and key give the same bytes. What others add, a time-stamp or a signature in the PDF, is new each
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.arrival import LOG, hold_back
from service.evidence.bag import BASE, BUNDLE_VERSION, SIGNATURE, TAG_MANIFEST, make_bag
from service.evidence.claim import write_claim
from service.evidence.container import write_container
from service.evidence.exhibits import EXHIBITS, exhibit_files
from service.evidence.masking import COVER, MASK
from service.evidence.missing import list_missing
from service.evidence.page import write_page
from service.evidence.plaintext import json_bytes, one_line
from service.evidence.record import Record, make_record, shop_time
from service.evidence.signature import sign
from service.evidence.wordings import LANGUAGES

__all__ = ["build_bundle"]

SUMMARY = "data/summary.pdf"


def build_bundle(
    conversation: Conversation,
    assessments: Iterable[Mapping[str, Any]],
    key: Ed25519PrivateKey | None,
    arrival: Mapping[str, Any] | None = None,
    *,
    attachments: Mapping[str, bytes] | None = None,
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
    sign_pdf: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Return the evidence bundle of one conversation, a canonical zip.

    Parameters
    ----------
    conversation
        With at least one message; orders, shop and buyer may be absent and are then listed as missing.
    assessments
        Assessments of this conversation as the contract has them, usually one after each message; may be empty. An
        iterator is read one at a time, so that a long talk need not be held.
    key
        The shop's signing key; without one the bundle is not signed and a verification says so.
    arrival
        The entries of a stored talk in the shop's log, with all salts; see `service.evidence.stored`.
    attachments
        Files that came with messages, by SHA-256; those that are not given are listed as missing.
    stamp
        Asks a time authority to stamp the bag's files, see `service.evidence.authority`; other bytes each time.
    sign_pdf
        Signs ``summary.pdf`` itself, see `service.evidence.pades`; other bytes each time.

    Raises
    ------
    InputError
        No messages, an assessment or attachment that does not fit the conversation, or more than one bundle can hold.
    """
    if not conversation.messages:
        raise InputError([FieldProblem("messages", "is empty; a bundle needs at least one message to show")])
    record = make_record(conversation, assessments, attachments)
    identifier = one_line(record.personal.cover(conversation.conversation_id)).strip()
    payload = {
        **_payload(record, arrival, stamped=stamp is not None),
        **exhibit_files(record.exhibits, attachments or {}),
    }
    if sign_pdf is not None:
        payload[SUMMARY] = sign_pdf(payload[SUMMARY])
    info = {"Bag-Software-Agent": "baitwatch", "External-Identifier": identifier or "(blank)"}
    files = make_bag(payload, info, stamp)
    if key is not None:
        files[SIGNATURE] = sign(files[TAG_MANIFEST], key)
    try:
        return write_container({BASE + name: content for name, content in files.items()})
    except ValueError as error:
        raise InputError([FieldProblem("messages", f"too much for one bundle: {error}")]) from None


def _payload(record: Record, arrival: Mapping[str, Any] | None, *, stamped: bool) -> dict[str, bytes]:
    missing = list_missing(record, stamped=stamped)
    transcript = record.conversation.model_dump(mode="json", exclude_none=True)
    files = {
        "data/transcript.json": json_bytes(transcript),
        "data/orders.json": json_bytes(_orders(record)),
        "data/assessments.json": record.written_assessments,
        "data/missing.json": json_bytes(missing),
        "data/masking.json": json_bytes(_masking(record)),
        EXHIBITS: json_bytes({"exhibits": [exhibit._asdict() for exhibit in record.exhibits]}),
        "data/claim.txt": "\n\n".join(write_claim(record, language) for language in LANGUAGES).encode() + b"\n",
    }
    if arrival is not None:
        files[LOG] = json_bytes(hold_back(arrival, transcript))
    return {**files, "data/transcript.html": write_page(record, missing=missing, files=files, version=BUNDLE_VERSION)}


def _orders(record: Record) -> dict[str, object]:
    orders = []
    for order in record.conversation.orders:
        entry = order.model_dump(mode="json", exclude_none=True)
        if order.placed_at is not None:
            entry["placed_at_shop_zone"] = shop_time(order.placed_at, record.zone)
        orders.append(entry)
    return {"timezone": record.zone.key, "orders": orders}


def _masking(record: Record) -> dict[str, object]:
    return {
        "mask_in_fields": MASK,
        "cover_in_views": COVER,
        "note_zh": "订单中的个人信息字段已替换；消息原文在 transcript.json 中保持不变，只在网页视图中遮盖相同内容。",
        "note_en": "Personal fields of the orders were replaced. Message texts stay verbatim in transcript.json; only "
        "the page covers the same values inside them.",
        "masked": [
            {
                "where": entry.where,
                "what": entry.what,
                "times": entry.times,
                "files": ["data/transcript.html"]
                if entry.view_only
                else ["data/orders.json", "data/transcript.html", "data/transcript.json"],
            }
            for entry in record.masked
        ],
    }
