"""Building a bundle: the payload from a record, the bag around it, the signature, the zip.

Nothing here reads the clock, the locale, the machine's time zone or anything but its arguments and the package's own
data, so the same case and key give the same bytes. What others add, a time-stamp or a signature in the PDF, is new each
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.appeal import Appeal
from service.evidence.bag import BASE, SIGNATURE, TAG_MANIFEST, make_bag
from service.evidence.container import Container
from service.evidence.filed import CaseFile
from service.evidence.payload import Payload
from service.evidence.plaintext import one_line
from service.evidence.record import GivenLabel, Record, make_record
from service.evidence.signature import sign

__all__ = ["build_bundle", "seal_record"]


def build_bundle(
    conversation: Conversation,
    assessments: Iterable[Mapping[str, Any]],
    key: Ed25519PrivateKey | None,
    arrival: Mapping[str, Any] | None = None,
    *,
    untouched: bool = False,
    labels: Sequence[GivenLabel] = (),
    appeal: Appeal | None = None,
    attachments: Mapping[str, bytes] | None = None,
    case: CaseFile | None = None,
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
    untouched
        Put the conversation as it is, with personal data, in ``transcript.json``; the views stay covered and say so.
    labels
        What persons of the shop said that the talk turned out to be, oldest first; shown as corrections.
    appeal
        The platform's profile that the bundle is made for: adds a checklist and, where the record bears one out, a
        letter.
    attachments
        Files that came with messages, by SHA-256; those that are not given are listed as missing.
    case
        The case that the bundle is made of: its files stand among the exhibits, its steps in the timeline.
    stamp
        Asks a time authority to stamp the bag's files, see `service.evidence.authority`; other bytes each time.
    sign_pdf
        Signs ``summary.pdf`` itself, see `service.evidence.pades`; other bytes each time.

    Raises
    ------
    InputError
        No messages, an assessment or attachment that does not fit the conversation, or more than one bundle can hold.
    """
    case = case or CaseFile()
    attachments = {**case.contents, **(attachments or {})}
    record = make_record(conversation, assessments, labels, attachments, untouched=untouched, case=case)
    return bytes(
        seal_record(
            record, conversation, key, arrival, appeal=appeal, attachments=attachments, stamp=stamp, sign_pdf=sign_pdf
        )
    )


def seal_record(
    record: Record,
    conversation: Conversation,
    key: Ed25519PrivateKey | None,
    arrival: Mapping[str, Any] | None = None,
    *,
    appeal: Appeal | None = None,
    attachments: Mapping[str, bytes] | None = None,
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
    sign_pdf: Callable[[bytes], bytes] | None = None,
) -> Container:
    """Return the bundle of a record that was made of this conversation and these attachments; see `build_bundle`."""
    payload = Payload(
        record, conversation, key, arrival, appeal, attachments or {}, stamped=stamp is not None, sign_pdf=sign_pdf
    )
    identifier = one_line(record.conversation.conversation_id).strip()
    info = {"Bag-Software-Agent": "baitwatch", "External-Identifier": identifier or "(blank)"}
    files = make_bag(payload.files(), info, stamp)
    if key is not None:
        files[SIGNATURE] = sign(files[TAG_MANIFEST], key)
    try:
        return Container.of({BASE + name: content for name, content in files.items()})
    except ValueError as error:
        raise InputError([FieldProblem("messages", f"too much for one bundle: {error}")]) from None
