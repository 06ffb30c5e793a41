"""An optional PAdES signature in the PDF itself, by a certificate of the shop's, for who looks at the PDF alone."""

from __future__ import annotations

import io
from pathlib import Path

from riskmodel.errors import BaitwatchError

__all__ = ["PadesError", "PdfSigner"]

_FIELD = "Baitwatch"


class PadesError(BaitwatchError):
    """The PDF cannot be signed."""


class PdfSigner:
    """Signs PDFs with a key and certificate in a PKCS #12 file; its time makes each signature other bytes.

    Parameters
    ----------
    file
        PKCS #12 (``.p12``, ``.pfx``).
    password
        Of the file, None where it has none.

    Raises
    ------
    PadesError
        The extra is not installed, or the file cannot be read with this password.
    """

    def __init__(self, file: Path, password: str | None = None) -> None:
        try:
            from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415  # of the extra `pades`
        except ImportError:
            raise PadesError("--pades needs the extra `pades`: pip install 'baitwatch[pades]'") from None
        content = file.read_bytes()
        try:
            signer = SimpleSigner.load_pkcs12_data(content, (), password.encode() if password else None)
        except (ValueError, TypeError):
            signer = None
        if signer is None:
            raise PadesError("--pades: no key and certificate can be read; is it PKCS #12, and is the password right?")
        self._signer = signer

    def sign(self, pdf: bytes) -> bytes:
        """Return the PDF with the signature added at its end."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415  # of the extra `pades`
        from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415  # of the extra `pades`
        from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf  # noqa: PLC0415  # of the extra `pades`

        output = io.BytesIO()
        meta = PdfSignatureMetadata(field_name=_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=self._signer, output=output)
        return output.getvalue()
