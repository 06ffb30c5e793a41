"""The shop's signing key: one Ed25519 private key in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from riskmodel.errors import BaitwatchError
from service.files import make_private_folder

__all__ = ["KeyFileError", "load_key", "load_or_create_key"]

_PRIVATE_FILE = 0o600


class KeyFileError(BaitwatchError):
    """A key file that cannot be read, written or trusted."""


def load_or_create_key(path: Path) -> Ed25519PrivateKey:
    """Return the key in this file; where there is no file, make a key and write it.

    The file is PEM (PKCS#8, not encrypted), mode 0600. It appears whole or not at all, and where two processes create
    it at once both get the same key.

    Raises
    ------
    KeyFileError
        Not readable or writable, not an Ed25519 private key, or readable by others than its owner.
    """
    try:
        if not path.exists():
            _create(path)
        return _load(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KeyFileError(f"signing key: {reason}; check the path and its permissions") from None


def load_key(path: Path) -> Ed25519PrivateKey:
    """Return the key in this file, which has to be there; errors as for `load_or_create_key`."""
    try:
        return _load(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KeyFileError(f"signing key: {reason}; give the key that signed the bundle") from None


def _load(path: Path) -> Ed25519PrivateKey:
    with path.open("rb") as file:
        if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFileError("signing key: others can read the file; run chmod 600 on it, or use a new key")
        content = file.read(10_000)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError("signing key: the file holds no unencrypted Ed25519 key in PEM; use another path")
    return key


def _create(path: Path) -> None:
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    make_private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # a link, unlike a rename, never replaces the key that another process has just put there
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
