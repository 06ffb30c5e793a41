"""The shop's data keys: what is personal is sealed before it reaches the database, and only this opens it.

A sealed value is bound to its place (`context`): moved to another row or column it no longer opens. The first data key
seals, all open; `rotated` puts a new one in front. The index key never changes: keyed hashes made with it link what
belongs together without saying what it is, and chain what was stored.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from riskmodel.errors import BaitwatchError
from service.files import make_private_folder, write_atomically

__all__ = ["KeyFile", "Keyring", "KeyringError"]

ENVIRONMENT = "BAITWATCH_KEYRING"
_KEY = 32  # bytes: AES-256, and as long as the hash of the index key
_NAME, _NONCE = 4, 12
REREAD_SECONDS = 1.0


class KeyringError(BaitwatchError):
    """Keys that are missing, cannot be read or do not fit; or a sealed value that was altered."""


class Keyring:
    """Seals and opens.

    Parameters
    ----------
    index
        The index key, 32 bytes.
    data
        Data keys of 32 bytes, the one that seals first.
    """

    def __init__(self, index: bytes, data: Sequence[bytes]) -> None:
        if len(index) != _KEY or not data or any(len(key) != _KEY for key in data):
            raise KeyringError("the keyring is damaged: each key has 32 bytes; restore it from a backup")
        self._index, self._data = index, list(data)
        self._ciphers = {_name(key): AESGCM(key) for key in self._data}
        self._first = _name(self._data[0])

    @classmethod
    def new(cls) -> Keyring:
        """Fresh keys."""
        return cls(secrets.token_bytes(_KEY), [secrets.token_bytes(_KEY)])

    @classmethod
    def from_json(cls, text: str | bytes) -> Keyring:
        """Read a keyring back; raises `KeyringError` where it is none."""
        try:
            content = json.loads(text)
            return cls(_bytes(content["index"]), [_bytes(key) for key in content["data"]])
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            raise KeyringError("the keyring is damaged or of another kind; restore it from a backup") from None

    def as_json(self) -> str:
        """The keys as they are kept."""
        keys = {"index": _text(self._index), "data": [_text(key) for key in self._data]}
        return json.dumps({"baitwatch": "keyring", "version": 1, **keys}, indent=1) + "\n"

    def rotated(self) -> Keyring:
        """The same with a fresh data key in front."""
        return Keyring(self._index, [secrets.token_bytes(_KEY), *self._data])

    def only_first(self) -> Keyring:
        """The same without the keys that no longer seal."""
        return Keyring(self._index, self._data[:1])

    @property
    def first(self) -> bytes:
        """The name of the key that seals: the first bytes of everything it has sealed."""
        return self._first

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt with AES-256-GCM; the name of the key and a random nonce stand in front."""
        nonce = os.urandom(_NONCE)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt.

        Raises
        ------
        KeyringError
            Where it was sealed by a key that is not here, for another place, or was altered.
        """
        cipher = self._ciphers.get(bytes(sealed[:_NAME]))
        if cipher is None:
            raise KeyringError("a stored value was sealed by a key that is not in the keyring; restore the keyring")
        try:
            return cipher.decrypt(sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :], context.encode())
        except (InvalidTag, ValueError):  # the latter where too little is left of it
            raise KeyringError("a stored value was altered or moved; see `baitwatch audit`") from None

    def knows(self, sealed: bytes) -> bool:
        """Whether the key that sealed this is here."""
        return bytes(sealed[:_NAME]) in self._ciphers

    def mark(self, value: bytes, purpose: str) -> bytes:
        """A keyed hash, 32 bytes: the same for the same value and purpose, and no way back."""
        return hmac.new(self._index, purpose.encode() + b"\0" + value, hashlib.sha256).digest()


class KeyFile:
    """The keyring of this deployment: of the environment where it is set there, else a file of mode 0600.

    Parameters
    ----------
    path
        The file; made with fresh keys where there is none.
    environment
        The keyring itself as JSON, which then wins over the file and is never written.
    """

    def __init__(self, path: Path, environment: str | None = None) -> None:
        self.path = path
        self.fixed = bool(environment)
        self._keyring = Keyring.from_json(environment) if environment else self._load_or_create()
        self._looked_at = time.monotonic()

    def current(self) -> Keyring:
        """The keyring as it is now: another process may have rotated it."""
        now = time.monotonic()
        if not self.fixed and now - self._looked_at > REREAD_SECONDS:
            with self._explained():
                changed = self._stamp() != self._seen
            if changed:
                self._keyring = self._read()
            self._looked_at = now  # where the file cannot be read it is looked at again: its keys may be others by now
        return self._keyring

    @contextmanager
    def changing(self) -> Iterator[Keyring]:
        """Give the keys as the file has them; meanwhile another process that wants to change it is refused."""
        if self.fixed:
            yield self._keyring
            return
        with self._explained():
            lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeyringError("keyring: another command is changing the keys; wait until it has ended") from None
            self._keyring = self._read()
            yield self._keyring
        finally:
            os.close(lock)  # which lets go of it, as does the end of the process, however it ends

    def replace(self, keyring: Keyring) -> None:
        """Put another keyring in place of this one, as a whole."""
        if self.fixed:
            raise KeyringError(f"the keyring comes from {ENVIRONMENT}; change it there")
        write_atomically(self.path, keyring.as_json().encode())
        self._keyring = self._read()

    def _load_or_create(self) -> Keyring:
        with self._explained():
            if not self.path.exists():
                make_private_folder(self.path.parent)
                self._create()
        return self._read()

    def _create(self) -> None:
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        write_atomically(draft, Keyring.new().as_json().encode())
        try:
            # a link, unlike a rename, never replaces the keys that another process has just put there
            os.link(draft, self.path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def _read(self) -> Keyring:
        with self._explained():
            seen = self._stamp()
            if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
                raise KeyringError("keyring: others can read the file; run chmod 600 on it")
            keyring = Keyring.from_json(self.path.read_bytes())
        self._seen = seen
        return keyring

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise KeyringError(f"keyring: {reason}; check BAITWATCH_HOME and its permissions") from None

    def _stamp(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_ino


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"baitwatch data key\0" + key).digest()[:_NAME]


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
