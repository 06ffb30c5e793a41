"""Asking a time authority (RFC 3161 over HTTP): all of a bundle that needs a network, and only where asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cryptography import x509

from riskmodel.errors import BaitwatchError
from service.evidence.bag import MANIFEST, TIMESTAMP
from service.evidence.failures import EvidenceFailure
from service.evidence.timestamp import check_timestamp, read_response

__all__ = ["TimeAuthority", "TimeAuthorityError"]

_MAX_BYTES = 64_000
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimeAuthorityError(BaitwatchError):
    """The time authority gave no time-stamp that can be used; nothing was written."""


class TimeAuthority:
    """Somebody who stamps digests with the time.

    Parameters
    ----------
    url
        Where it answers, http or https.
    authorities
        Certificates that its answer has to lead to; where None, that is not checked.
    timeout
        Seconds after which it is given up.
    """

    def __init__(self, url: str, authorities: Sequence[x509.Certificate] | None = None, timeout: float = 15.0) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise TimeAuthorityError("time authority: give its address as http://… or https://…")
        self._url = url
        self._authorities = authorities
        self._timeout = timeout

    def stamp(self, files: Mapping[str, bytes]) -> bytes:
        """Return the time-stamp over the manifest among these files, checked as the verifier will check it.

        Raises
        ------
        TimeAuthorityError
            No answer, or none that can be used.
        """
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415  # loaded only where a bundle is stamped

        builder = TimestampRequestBuilder().data(files[MANIFEST]).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        content = self._ask(request.as_bytes())
        try:
            if read_response(content).tst_info.nonce != request.nonce:
                raise TimeAuthorityError("time authority: it answered another question; use another authority")
            check_timestamp({**files, TIMESTAMP: content}, self._authorities)
        except EvidenceFailure as failure:
            raise TimeAuthorityError(f"time authority: {failure.explain('en')}; nothing was written") from None
        return content

    def _ask(self, question: bytes) -> bytes:
        request = Request(self._url, data=question, headers={"Content-Type": _QUERY, "Accept": _REPLY})  # noqa: S310  # http and https only
        try:
            with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310  # http and https alone came so far
                content: bytes = answer.read(_MAX_BYTES + 1)
        except TimeoutError:
            raise TimeAuthorityError(_no_answer(f"no answer within {self._timeout:g} s")) from None
        except HTTPError as error:
            error.close()
            raise TimeAuthorityError(_no_answer(f"it answered HTTP {error.code}")) from None
        except URLError as error:
            late = isinstance(error.reason, TimeoutError)
            reason = f"no answer within {self._timeout:g} s" if late else str(error.reason)
            raise TimeAuthorityError(_no_answer(reason)) from None
        except (OSError, ValueError) as error:
            raise TimeAuthorityError(_no_answer(type(error).__name__)) from None
        return content


def _no_answer(reason: str) -> str:
    return f"time authority: {reason}; try again later, or without a time-stamp; nothing was written"
