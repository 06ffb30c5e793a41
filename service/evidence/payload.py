"""The payload of a bundle: every file under ``data/``, made in the order in which one rests on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.conversation import Conversation
from service.evidence.appeal import Appeal, appeal_files
from service.evidence.arrival import LOG, hold_back, withheld
from service.evidence.bag import BUNDLE_VERSION
from service.evidence.claim import write_claim
from service.evidence.corrections import list_corrections
from service.evidence.disclosure import Disclosure
from service.evidence.exhibits import EXHIBITS, exhibit_files
from service.evidence.for_the_buyer import Point, points_for_the_buyer
from service.evidence.missing import list_missing
from service.evidence.openings import FORMAT, MASKING, REDACTED
from service.evidence.page import write_page
from service.evidence.pdf.part import Source
from service.evidence.pdf.typesetting import write_summary
from service.evidence.plaintext import json_bytes
from service.evidence.record import Record, shop_time
from service.evidence.redaction import COVER, MASK
from service.evidence.said import Said, what_is_said
from service.evidence.signature import fingerprint
from service.evidence.wordings import LANGUAGES, wording

__all__ = ["SUMMARY", "Payload"]

PAGE, SUMMARY = "data/transcript.html", "data/summary.pdf"


@dataclass(frozen=True)
class Payload:
    """What the files of one bundle are made of.

    Attributes
    ----------
    conversation
        As it was given, with personal data; only an untouched transcript shows it, and the commitments are made of it.
    key
        Signs the bundle; the commitments are derived from it, and the summary names its fingerprint.
    arrival
        The entries of a stored talk in the shop's log, with all salts.
    appeal
        The platform's profile that the bundle is made for.
    attachments
        Content of the files that came with messages, by SHA-256.
    stamped
        Whether a time authority will stamp the bundle.
    sign_pdf
        Signs the summary itself.
    """

    record: Record
    conversation: Conversation
    key: Ed25519PrivateKey | None = None
    arrival: Mapping[str, Any] | None = None
    appeal: Appeal | None = None
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    stamped: bool = False
    sign_pdf: Callable[[bytes], bytes] | None = None

    def files(self) -> dict[str, bytes]:
        """Return all files by path: first what was said, then what it comes to, last the pages that list the rest."""
        files = self._said()
        if self.appeal is not None:
            enclosed = {exhibit.sha256 for exhibit in self.record.exhibits if exhibit.file is not None}
            files |= appeal_files(self.record, self.appeal, files, enclosed, self._what_is_said)
        return files | self._pages(files)

    def _said(self) -> dict[str, bytes]:
        record = self.record
        claims = (write_claim(record, language) for language in LANGUAGES)
        files = {
            "data/transcript.json": json_bytes(self._transcript),
            "data/orders.json": json_bytes(self._orders()),
            "data/assessments.json": record.written_assessments,
            "data/missing.json": json_bytes(self._missing),
            MASKING: json_bytes(self._masking()),
            "data/claim.txt": "\n\n".join(claims).encode() + b"\n",
            "data/corrections.json": json_bytes([each._asdict() for each in list_corrections(record)]),
            EXHIBITS: json_bytes({"exhibits": [exhibit._asdict() for exhibit in record.exhibits]}),
            **exhibit_files(record.exhibits, self.attachments),
        }
        return files if self.arrival is None else {**files, LOG: json_bytes(hold_back(self.arrival, self._transcript))}

    def _pages(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        page = write_page(self.record, missing=self._missing, files=files, version=BUNDLE_VERSION, points=self._points)
        files = {**files, PAGE: page}
        signer = None if self.key is None else fingerprint(self.key.public_key())
        summary = write_summary(Source(self.record, self._missing, files, BUNDLE_VERSION, signer, self._points)).content
        if self.sign_pdf is not None:
            summary = self.sign_pdf(summary)
        return {PAGE: page, SUMMARY: summary}

    @cached_property
    def _what_is_said(self) -> Said:
        return what_is_said(self.record)

    @cached_property
    def _points(self) -> list[Point]:
        return points_for_the_buyer(self.record, self._what_is_said)

    @cached_property
    def _missing(self) -> list[dict[str, object]]:
        return list_missing(self.record, stamped=self.stamped)

    @cached_property
    def _transcript(self) -> dict[str, Any]:
        shown = self.conversation if self.record.untouched else self.record.conversation
        return shown.model_dump(mode="json", exclude_none=True)

    def _orders(self) -> dict[str, object]:
        orders = []
        for order in self.record.conversation.orders:
            entry = order.model_dump(mode="json", exclude_none=True)
            if order.placed_at is not None:
                entry["placed_at_shop_zone"] = shop_time(order.placed_at, self.record.zone)
            orders.append(entry)
        return {"timezone": self.record.zone.key, "orders": orders}

    def _masking(self) -> dict[str, object]:
        disclosure = Disclosure.of(self.key, self.conversation) if self.key is not None else None
        untouched = self.record.untouched
        notes = ["how", "lengths", "limits", "measured", "commitments" if disclosure else "no_commitments"]
        notes += ["untouched"] if untouched else []
        return {
            "transcript": "untouched" if untouched else REDACTED,
            "mask_in_fields": MASK,
            "cover_in_texts": COVER,
            "notes": {code: {language: wording("masking", code, language) for language in LANGUAGES} for code in notes},
            "commitments": disclosure and self._commitments(disclosure),
            "masked": [
                {
                    **masked.place,
                    "number": masked.number,
                    "commitment": disclosure and disclosure.commitment(self.conversation, masked),
                }
                for masked in self.record.masked
            ],
        }

    def _commitments(self, disclosure: Disclosure) -> dict[str, object]:
        salts = withheld(self.arrival, self._transcript) if self.arrival is not None else {}
        return {
            "form": FORMAT,
            "context": disclosure.context.hex(),
            "log_salts": {where: disclosure.veil(where, salt).hex() for where, salt in salts.items()},
        }
