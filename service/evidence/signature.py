"""The signature: a detached Ed25519 signature over the bytes of ``tagmanifest-sha256.txt``.

The tag manifest names the manifest, which names every payload file, so one signature covers the bag.
``signature.json`` holds ``algorithm``, ``fingerprint_sha256`` (of the 32 raw bytes of the public key), ``public_key``,
``signature`` (these three in lower-case hexadecimal) and ``signed_file``. It is itself in no manifest, so it has
exactly one spelling: keys in order, one a line; anything else is refused.
"""

from __future__ import annotations

import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.evidence.bag import TAG_MANIFEST
from service.evidence.failures import WrongSignature

__all__ = ["check_signature", "fingerprint", "sign"]

_MAX_BYTES = 2_000


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of the raw public key, 64 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def sign(tag_manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the content of ``signature.json``. Ed25519 has no chance in it: same input, same bytes."""
    return _spell(key.public_key(), key.sign(tag_manifest))


def check_signature(content: bytes, tag_manifest: bytes) -> str:
    """Return the fingerprint of the key that signed the tag manifest.

    Raises
    ------
    WrongSignature
        The content is not a signature in its one spelling, or it does not fit the tag manifest.
    """
    try:
        if len(content) > _MAX_BYTES:
            raise ValueError("too long")
        fields = json.loads(content)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(fields["public_key"]))
        signature = bytes.fromhex(fields["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WrongSignature("signature.json cannot be read") from None
    if content != _spell(key, signature):
        raise WrongSignature("signature.json was changed")
    try:
        key.verify(signature, tag_manifest)
    except InvalidSignature:
        raise WrongSignature(TAG_MANIFEST) from None
    return fingerprint(key)


def _spell(key: Ed25519PublicKey, signature: bytes) -> bytes:
    fields = {
        "algorithm": "Ed25519",
        "fingerprint_sha256": fingerprint(key),
        "public_key": key.public_bytes_raw().hex(),
        "signature": signature.hex(),
        "signed_file": TAG_MANIFEST,
    }
    return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode("ascii")
