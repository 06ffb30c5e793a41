"""A time authority of our own on this machine: a root, a certificate under it, and a server that stamps."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from service.evidence.bag import MANIFEST

STAMPED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""After the last message of the case."""
_FROM, _TO = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


class Authority:
    """A root and a stamping certificate under it; `fault` makes it answer wrongly."""

    def __init__(self, name: str) -> None:
        self._root_key, self.key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.root = self._certificate(f"{name} root", self._root_key, None)
        self.certificate = self._certificate(f"{name} stamps", self.key, self.root)

    def _certificate(self, name: str, key: rsa.RSAPrivateKey, issuer: x509.Certificate | None) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_FROM)
            .not_valid_after(_TO)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if issuer:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._root_key, hashes.SHA256())

    def answer(self, question: bytes, at: datetime = STAMPED_AT) -> bytes:
        """Stamp a time-stamp query."""
        request = tsp.TimeStampReq.load(question)
        secret = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = asn1.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))
        stamper = DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(secret), SimpleCertificateStore(), at)
        return stamper.request_tsa_response(request).dump()

    def stamp(self, files: dict[str, bytes], at: datetime = STAMPED_AT) -> bytes:
        """Stamp a bag's files without a network, as `build_bundle` wants it."""
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        builder = TimestampRequestBuilder().data(files[MANIFEST]).hash_algorithm(HashAlgorithm.SHA256)
        return self.answer(builder.build().as_bytes(), at)


@cache
def authority(name: str = "ours") -> Authority:
    """One authority of each name in a test run, because keys take a while."""
    return Authority(name)


@contextmanager
def serving(answer: object) -> Iterator[str]:
    """Serve an authority, bytes that are always the answer, a status, or seconds to be silent; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if isinstance(answer, float):
                time.sleep(answer)
            if isinstance(answer, int):
                self.send_error(answer)
                return
            content = answer.answer(question) if hasattr(answer, "answer") else answer
            self.send_response(200)
            self.end_headers()
            if isinstance(content, bytes):
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
