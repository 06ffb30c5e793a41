"""The signature inside the PDF: made by the shop's certificate, refused in plain words where it cannot be."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from evidence_case import KEY, TRAJECTORY, payload, sealed, talk
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from time_case import Authority, authority

from service.evidence import verify_bundle
from service.evidence.bundle import build_bundle
from service.evidence.pades import PadesError, PdfSigner
from service.evidence.payload import SUMMARY


def pdf() -> bytes:
    """A page with nothing on it."""
    import typst

    return bytes(typst.compile(b"#set page(width: 9cm, height: 9cm)\n", pdf_standards=["a-3b"]))


def keys_in(folder: Path, owner: Authority, password: bytes | None = None) -> Path:
    secured = BestAvailableEncryption(password) if password else NoEncryption()
    path = folder / "shop.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"shop", owner.key, owner.certificate, [owner.root], secured)
    )
    return path


def signature_of(content: bytes) -> object:
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return signature


def test_a_signed_pdf_is_intact_and_the_shops(tmp_path: Path) -> None:
    """The signature covers the whole file, by the certificate that was given, in the form of PAdES."""
    plain = pdf()
    signed = PdfSigner(keys_in(tmp_path, authority(), b"secret"), "secret").sign(plain)
    assert signed.startswith(plain)
    signature = signature_of(signed)
    root = asn1.Certificate.load(authority().root.public_bytes(Encoding.DER))
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]), skip_diff=False)
    assert status.intact
    assert status.valid
    assert status.signing_cert.subject.native["common_name"] == "ours stamps"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_a_bundle_with_a_signed_pdf_verifies(tmp_path: Path) -> None:
    """The manifests are those of the signed summary, which is the unsigned one with a signature at its end."""
    bundle = build_bundle(talk(), TRAJECTORY, KEY, sign_pdf=PdfSigner(keys_in(tmp_path, authority())).sign)
    assert verify_bundle(bundle).status == 0
    signed = payload(bundle)[SUMMARY]
    assert signature_of(signed)
    assert signed.startswith(payload(sealed())[SUMMARY])


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_wrong_password_is_told(password: str | None, tmp_path: Path) -> None:
    """In one line that says what to look at."""
    with pytest.raises(PadesError, match="password"):
        PdfSigner(keys_in(tmp_path, authority(), b"secret"), password)


def test_another_file_is_told(tmp_path: Path) -> None:
    """A file that is no PKCS #12 is refused."""
    path = tmp_path / "shop.p12"
    path.write_bytes(b"nothing")
    with pytest.raises(PadesError, match="PKCS #12"):
        PdfSigner(path)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library is an extra, and its absence no stack trace."""
    monkeypatch.setitem(sys.modules, "pyhanko.sign.signers", None)
    with pytest.raises(PadesError, match=r"baitwatch\[pades\]"):
        PdfSigner(tmp_path / "shop.p12")
