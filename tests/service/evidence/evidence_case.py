"""A small case of our own for the evidence tests: a talk, what an imagined model said of it, and a fixed key."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pypdfium2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.conversation import Conversation, parse_conversation
from service.evidence.bag import BASE, MANIFEST, SIGNATURE, TAG_MANIFEST
from service.evidence.bundle import build_bundle
from service.evidence.container import read_container, write_container
from service.evidence.signature import sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))

DETAIL, RECIPIENT, PHONE = "云杉路 77号 2单元901", "欧阳试样", "13900001234"

PHOTO = {hashlib.sha256(bytes(5120)).hexdigest(): bytes(5120)}
"""The attachment of the talk, by its SHA-256."""
(_DIGEST,) = PHOTO

TALK: dict[str, Any] = {
    "conversation_id": "case-1",
    "platform": "taobao",
    "shop_id": "shop-1",
    "messages": [
        {
            "message_id": "a",
            "sender": "buyer",
            "sent_at": "2026-05-06T15:58:00+08:00",
            "text": "现在下单，晚上前能寄走不？",
        },
        {"message_id": "b", "sender": "agent", "sent_at": "2026-05-06T15:59:10+08:00", "text": "好的😀没问题，今晚寄"},
        {
            "message_id": "c",
            "sender": "buyer",
            "sent_at": "2026-05-07T02:00:00Z",
            "text": "包装破了，照片发你了",
            "attachments": [{"name": "box.jpg", "media_type": "image/jpeg", "sha256": _DIGEST, "size_bytes": 5120}],
        },
        {"message_id": "d", "sender": "buyer", "sent_at": "2026-05-07T10:05:00+08:00", "text": "转我三百，评价就删"},
    ],
    "buyer": {"buyer_id": "buyer-1", "orders_in_shop": 1},
    "orders": [
        {
            "order_id": "order-1",
            "placed_at": "2026-05-06T16:03:00+08:00",
            "status": "shipped",
            "payment_method": "online",
            "amount": "12.50",
            "ship_to": {"province": "青海", "detail": DETAIL, "recipient": RECIPIENT, "phone": PHONE},
            "items": [{"title": "搪瓷杯", "quantity": 2, "unit_price": "6.25"}],
        }
    ],
    "shop": {"timezone": "Asia/Shanghai", "same_day_cutoff": "15:00"},
}


def talk(**changes: Any) -> Conversation:
    """Return the case's conversation with some of its fields changed."""
    return parse_conversation(json.dumps({**TALK, **changes}))


def talk_saying(*texts: str, **changes: Any) -> Conversation:
    """Return a conversation in which the buyer says these texts."""
    messages = [
        {"message_id": f"m{n}", "sender": "buyer", "sent_at": f"2026-05-06T09:00:{n:02d}+08:00", "text": text}
        for n, text in enumerate(texts)
    ]
    return talk(messages=messages, **changes)


def reason(
    code: str, contribution: float, message_id: str | None = None, span: list[int] | None = None
) -> dict[str, Any]:
    """Return a reason in contract form."""
    return {
        "code": code,
        "contribution": contribution,
        "message_id": message_id,
        "span": span,
        "text_zh": f"{code} 的中文说明",
        "text_en": f"English for {code}",
    }


def assessment(as_of: str | None, risk: float, *reasons: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an assessment in contract form."""
    return {
        "conversation_id": "case-1",
        "as_of_message_id": as_of,
        "risk": risk,
        "band": "high" if risk > 0.5 else "low",
        "action": "hold" if risk > 0.5 else "proceed",
        "patterns": [{"pattern": "review_extortion", "likelihood": risk}],
        "reasons": list(reasons),
        "promises": [],
        "model": {"name": "imagined", "version": "0", "sha256": "cd" * 32},
        "abstained": False,
        **changes,
    }


ASKED = reason("bait.dispatch", 0.7, "a", [5, 13])
DEFECT = reason("buyer.names_defect", -0.9, "c", [0, 4])
FOR_SALE = reason("demand.review_for_money", 2.5, "d", [0, 9])
ORDER = reason("order.after_promise", 0.2)
PROMISE = {
    "kind": "ship_by",
    "message_id": "b",
    "span": [7, 10],
    "due_at": "2026-05-06T15:59:59Z",
    "can_keep": "no",
    "why_zh": "已过当日截单",
    "why_en": "after the cutoff",
}
TRAJECTORY = [
    assessment("a", 0.1, ASKED, abstained=True),
    assessment("b", 0.3, ASKED, promises=[{**PROMISE, "can_keep": "unknown"}]),
    assessment("c", 0.2, ASKED, DEFECT, promises=[PROMISE]),
    assessment("d", 0.91, FOR_SALE, ASKED, DEFECT, ORDER, promises=[PROMISE]),
]


def sealed(key: Ed25519PrivateKey | None = KEY) -> bytes:
    """Return the case's bundle."""
    return build_bundle(talk(), TRAJECTORY, key)


def payload(bundle: bytes) -> dict[str, bytes]:
    """Return a bundle's files by path, without the base folder."""
    return {name.removeprefix(BASE): content for name, content in read_container(bundle).items()}


def pdf_text(content: bytes, *pages: int) -> str:
    """Return what a PDF says on these pages, or on all, without any white space: lines break where they will."""
    document = pypdfium2.PdfDocument(content)
    texts = [document[number].get_textpage().get_text_range() for number in pages or range(len(document))]
    document.close()
    return squeezed("".join(texts))


def squeezed(text: str) -> str:
    """Return a text without white space and without places to break at."""
    return "".join(text.replace("\u200b", "").split())


def readable(files: dict[str, bytes]) -> dict[str, str]:
    """Return what each file of a bundle says."""
    return {name: pdf_text(content) if name.endswith(".pdf") else content.decode() for name, content in files.items()}


def page(conversation: Conversation, assessments: list[dict[str, Any]] | None = None) -> str:
    """Return the readable page of a conversation's bundle."""
    return payload(build_bundle(conversation, assessments or [], KEY))["data/transcript.html"].decode()


def pack(files: dict[str, bytes]) -> bytes:
    """Return a canonical bundle of these files, whatever they are."""
    return write_container({BASE + name: content for name, content in files.items()})


def manifest(files: dict[str, bytes]) -> bytes:
    """Return a manifest of these files, written without the code under test."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def resealed(files: dict[str, bytes], key: Ed25519PrivateKey | None) -> bytes:
    """Return a bundle whose manifests fit the files again, signed with a key or not at all."""
    files = {name: content for name, content in files.items() if name != SIGNATURE}
    files[MANIFEST] = manifest({name: content for name, content in files.items() if name.startswith("data/")})
    tags = {name: content for name, content in files.items() if not name.startswith("data/") and name != TAG_MANIFEST}
    files[TAG_MANIFEST] = manifest(tags)
    if key is not None:
        files[SIGNATURE] = sign(files[TAG_MANIFEST], key)
    return pack(files)
