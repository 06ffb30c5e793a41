"""``timestamp.tsr``: an RFC 3161 time-stamp, by which somebody else than the shop says when the payload was there.

It is the answer of a time authority to the SHA-256 of ``manifest-sha256.txt``, and with it of every payload file. It is
listed in the tag manifest, so the signature covers it, too: nobody can take it out or exchange it, and no bit of it can
change. It shows that the payload existed at that time, not that what it says is true, nor when it was signed.

The check works offline. `rfc3161_client` is loaded only where there is a time-stamp.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509

from service.evidence.bag import MANIFEST, TIMESTAMP
from service.evidence.failures import StaleTimestamp, UnknownAuthority, WrongTimestamp

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

__all__ = ["Stamp", "check_timestamp", "read_authorities"]

_MAX_BYTES = 64_000
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_NO_CHAIN = "certificate verify error"  # OpenSSL's reason where a certificate leads to none of those trusted
_CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True)
class Stamp:
    """What a time-stamp says.

    Attributes
    ----------
    time
        When the payload was there, in UTC, by the authority's clock.
    authority
        The name in the authority's certificate.
    authority_trusted
        Whether its certificate leads to a trusted one; None where no trusted authorities were given.
    """

    time: datetime
    authority: str
    authority_trusted: bool | None

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values."""
        return {**vars(self), "time": self.time.isoformat()}


def read_authorities(pem: bytes) -> list[x509.Certificate]:
    """Read the certificates of trusted time authorities, PEM; raises ValueError where there is none."""
    return x509.load_pem_x509_certificates(pem)


def check_timestamp(files: Mapping[str, bytes], authorities: Sequence[x509.Certificate] | None) -> Stamp:
    """Check the time-stamp of a bag that fits its manifests.

    Parameters
    ----------
    files
        With a time-stamp, by path.
    authorities
        Certificates that the authority's has to lead to; where None, who signed the time-stamp, if anybody did, stays
        open.

    Raises
    ------
    EvidenceFailure
        `WrongTimestamp`, `StaleTimestamp` or `UnknownAuthority`.
    """
    response = read_response(files[TIMESTAMP])
    info = response.tst_info
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != hashlib.sha256(files[MANIFEST]).digest():
        raise WrongTimestamp(f"{TIMESTAMP}, of other content")
    signer = _signer(response)
    if not signer.not_valid_before_utc <= info.gen_time <= signer.not_valid_after_utc:
        raise StaleTimestamp(f"{info.gen_time.isoformat()}, outside its certificate's validity")
    said = _last_said(files)
    if said is not None and info.gen_time + _CLOCKS_DIFFER < said:
        raise StaleTimestamp(f"{info.gen_time.isoformat()}, before a message of {said.isoformat()}")
    if authorities is not None:
        _check_authority(response, files[MANIFEST], authorities, signer)
    return Stamp(info.gen_time, signer.subject.rfc4514_string(), None if authorities is None else True)


def read_response(content: bytes) -> TimeStampResponse:
    """Read an authority's answer; `WrongTimestamp` where it is none or was not granted."""
    from rfc3161_client import PKIStatus, decode_timestamp_response  # noqa: PLC0415  # only where there is a time-stamp

    if len(content) > _MAX_BYTES:
        raise WrongTimestamp(f"{TIMESTAMP}, too long")
    try:
        response = decode_timestamp_response(content)
        if response.status != PKIStatus.GRANTED or response.as_bytes() != content:
            raise WrongTimestamp(f"{TIMESTAMP}, not granted")
        response.tst_info  # noqa: B018  # what cannot be read fails here
    except (ValueError, TypeError, OverflowError):
        raise WrongTimestamp(f"{TIMESTAMP} cannot be read") from None
    return response


def _signer(response: TimeStampResponse) -> x509.Certificate:
    try:
        (signed,) = response.signed_data.signer_infos
        for content in response.signed_data.certificates:
            certificate = x509.load_der_x509_certificate(content)
            if (certificate.issuer, certificate.serial_number) == (signed.issuer, signed.serial_number):
                return certificate
    except ValueError:
        pass
    raise WrongTimestamp(f"{TIMESTAMP}, no certificate")


def _check_authority(
    response: TimeStampResponse, message: bytes, authorities: Sequence[x509.Certificate], signer: x509.Certificate
) -> None:
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415  # only where authorities are trusted

    builder = VerifierBuilder()
    for certificate in dict.fromkeys(authorities):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, message)
    except (VerificationError, ValueError) as error:
        if _NO_CHAIN in str(error):
            raise UnknownAuthority(signer.subject.rfc4514_string()) from None
        raise WrongTimestamp(f"{TIMESTAMP}, signature") from None


def _last_said(files: Mapping[str, bytes]) -> datetime | None:
    try:
        messages = json.loads(files["data/transcript.json"])["messages"]
        return max(datetime.fromisoformat(message["sent_at"]) for message in messages)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # what is wrong with a transcript is no matter of the time-stamp
