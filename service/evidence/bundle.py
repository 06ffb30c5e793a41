"""Building a bundle: the payload from a record, the bag around it, the signature, the zip.

Nothing here reads the clock, the locale, the machine's time zone or anything but its arguments and the package's own
data, so the same case and key give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.appeal import Appeal, appeal_files
from service.evidence.arrival import LOG, hold_back, withheld
from service.evidence.bag import BASE, BUNDLE_VERSION, SIGNATURE, TAG_MANIFEST, make_bag
from service.evidence.claim import write_claim
from service.evidence.container import write_container
from service.evidence.corrections import list_corrections
from service.evidence.disclosure import Disclosure
from service.evidence.missing import list_missing
from service.evidence.openings import FORMAT, MASKING, REDACTED
from service.evidence.page import write_page
from service.evidence.pdf.typesetting import write_summary
from service.evidence.pdf.view import Source
from service.evidence.plaintext import json_bytes, one_line
from service.evidence.record import GivenLabel, Record, make_record, shop_time
from service.evidence.redaction import COVER, MASK
from service.evidence.signature import fingerprint, sign
from service.evidence.wordings import LANGUAGES, wording

__all__ = ["build_bundle"]


def build_bundle(
    conversation: Conversation,
    assessments: Sequence[Mapping[str, Any]],
    key: Ed25519PrivateKey | None,
    arrival: Mapping[str, Any] | None = None,
    *,
    untouched: bool = False,
    labels: Sequence[GivenLabel] = (),
    appeal: Appeal | None = None,
) -> bytes:
    """Return the evidence bundle of one conversation, a canonical zip.

    Parameters
    ----------
    conversation
        With at least one message; orders, shop and buyer may be absent and are then listed as missing.
    assessments
        Assessments of this conversation as the contract has them, usually one after each message; may be empty.
    key
        The shop's signing key; without one the bundle is not signed and a verification says so.
    arrival
        The entries of a stored talk in the shop's log, with all salts; see `service.evidence.stored`.
    untouched
        Put the conversation as it is, with personal data, in ``transcript.json``; the views stay covered and say so.
    labels
        What persons of the shop said that the talk turned out to be, oldest first; shown as corrections.
    appeal
        The platform's profile that the bundle is made for: adds a checklist and, where the record bears one out, a
        letter.

    Raises
    ------
    InputError
        No messages, an assessment that does not fit the conversation, or more than one bundle can hold.
    """
    if not conversation.messages:
        raise InputError([FieldProblem("messages", "is empty; a bundle needs at least one message to show")])
    record = make_record(conversation, assessments, labels, untouched=untouched)
    disclosure = Disclosure.of(key, conversation) if key is not None else None
    identifier = one_line(record.conversation.conversation_id).strip()
    files = make_bag(
        _payload(
            record, conversation, disclosure, arrival, appeal, None if key is None else fingerprint(key.public_key())
        ),
        {"Bag-Software-Agent": "baitwatch", "External-Identifier": identifier or "(blank)"},
    )
    if key is not None:
        files[SIGNATURE] = sign(files[TAG_MANIFEST], key)
    try:
        return write_container({BASE + name: content for name, content in files.items()})
    except ValueError as error:
        raise InputError([FieldProblem("messages", f"too much for one bundle: {error}")]) from None


def _payload(
    record: Record,
    conversation: Conversation,
    disclosure: Disclosure | None,
    arrival: Mapping[str, Any] | None,
    appeal: Appeal | None,
    signer: str | None,
) -> dict[str, bytes]:
    missing = list_missing(record)
    shown = conversation if record.untouched else record.conversation
    transcript = shown.model_dump(mode="json", exclude_none=True)
    log_salts = withheld(arrival, transcript) if arrival is not None else {}
    files = {
        "data/transcript.json": json_bytes(transcript),
        "data/orders.json": json_bytes(_orders(record)),
        "data/assessments.json": json_bytes(list(record.given_assessments)),
        "data/missing.json": json_bytes(missing),
        MASKING: json_bytes(_masking(record, conversation, disclosure, log_salts)),
        "data/claim.txt": "\n\n".join(write_claim(record, language) for language in LANGUAGES).encode() + b"\n",
    }
    files["data/corrections.json"] = json_bytes([each._asdict() for each in list_corrections(record)])
    if arrival is not None:
        files[LOG] = json_bytes(hold_back(arrival, transcript))
    if appeal is not None:
        files |= appeal_files(record, appeal, files)
    files["data/transcript.html"] = write_page(record, missing=missing, files=files, version=BUNDLE_VERSION)
    summary = write_summary(Source(record, missing, files, BUNDLE_VERSION, signer))
    return {**files, "data/summary.pdf": summary.content}


def _orders(record: Record) -> dict[str, object]:
    orders = []
    for order in record.conversation.orders:
        entry = order.model_dump(mode="json", exclude_none=True)
        if order.placed_at is not None:
            entry["placed_at_shop_zone"] = shop_time(order.placed_at, record.zone)
        orders.append(entry)
    return {"timezone": record.zone.key, "orders": orders}


def _masking(
    record: Record, conversation: Conversation, disclosure: Disclosure | None, log_salts: Mapping[str, bytes]
) -> dict[str, object]:
    notes = ["how", "lengths", "limits", "measured", "commitments" if disclosure else "no_commitments"]
    notes += ["untouched"] if record.untouched else []
    commitments = (
        {
            "form": FORMAT,
            "context": disclosure.context.hex(),
            "log_salts": {where: disclosure.veil(where, salt).hex() for where, salt in log_salts.items()},
        }
        if disclosure
        else None
    )
    return {
        "transcript": "untouched" if record.untouched else REDACTED,
        "mask_in_fields": MASK,
        "cover_in_texts": COVER,
        "notes": {code: {language: wording("masking", code, language) for language in LANGUAGES} for code in notes},
        "commitments": commitments,
        "masked": [
            {
                **masked.place,
                "number": masked.number,
                "commitment": disclosure and disclosure.commitment(conversation, masked),
            }
            for masked in record.masked
        ],
    }
