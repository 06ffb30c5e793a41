"""Selective disclosure, the shop's part: salts that only its signing key can make, and the opening of single values.

From the private key a secret is derived (HKDF-SHA-256). Each bundle has a ``context``, a keyed hash of the untouched
conversation, which stands in ``masking.json``; a value's salt is a keyed hash of the context and the value's place. So
the same case and key give the same bytes, bundles of two cases never share a salt, and openings can be made later from
bundle, chat and key, with nothing else kept. Whoever gets the private key can guess masked numbers from their
commitments.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from riskmodel.conversation import Conversation
from riskmodel.errors import FieldProblem, InputError
from service.evidence.bag import take_base_off
from service.evidence.container import read_container
from service.evidence.failures import UnsupportedVersion
from service.evidence.openings import FORMAT, MASKING, SALT, commit, place_of
from service.evidence.plaintext import json_bytes
from service.evidence.redaction import Masked, value_at
from service.evidence.verify import Status, verify_bundle

__all__ = ["Disclosure", "read_sealed", "reveal"]

_ALL = "all"


class Disclosure:
    """Salts for the values of one bundle."""

    def __init__(self, key: Ed25519PrivateKey, context: bytes) -> None:
        secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"baitwatch redaction 1")
        self._secret = secret.derive(key.private_bytes_raw())
        self.context = context

    @classmethod
    def of(cls, key: Ed25519PrivateKey, conversation: Conversation) -> Disclosure:
        """For a bundle that is being made of an untouched conversation."""
        told = hashlib.sha256(json_bytes(conversation.model_dump(mode="json", exclude_none=True))).digest()
        return cls(key, cls(key, b"")._mark(b"context", told))

    def salt(self, place: Mapping[str, Any]) -> bytes:
        """The salt of the value at a place."""
        return self._mark(b"salt", json.dumps(place_of(place), sort_keys=True).encode("ascii"))[:SALT]

    def veil(self, where: str, salt: bytes) -> bytes:
        """A salt of the shop's log made unreadable without the key, or readable again."""
        pad = self._mark(b"log salt", where.encode())[:SALT]
        return bytes(left ^ right for left, right in zip(salt, pad, strict=True))

    def _mark(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\n" + self.context + content, "sha256")

    def commitment(self, conversation: Conversation, masked: Masked) -> str:
        """The commitment to a value that was masked in this untouched conversation."""
        value = value_at(conversation, masked.where, masked.start, masked.end)
        assert value is not None
        return commit(self.salt(masked.place), masked.place, value)


def reveal(
    files: Mapping[str, bytes], conversation: Conversation, key: Ed25519PrivateKey, select: Iterable[str]
) -> dict[str, Any]:
    """Open values of a bundle.

    Parameters
    ----------
    files
        Of the bundle, by path.
    conversation
        The untouched conversation, from which the bundle was made.
    key
        The shop's signing key, as it was when the bundle was made.
    select
        Numbers (``M3``), messages or orders as a whole (``messages.3``), or ``all``.

    Returns
    -------
    dict
        The content of a file of openings.

    Raises
    ------
    InputError
        The bundle has no commitments, nothing of that name, or chat and key are not those it was made from.
    """
    masking = json.loads(files[MASKING])
    if masking["commitments"] is None:
        raise _wrong("bundle", "has no commitments, because it was made without a signing key; nothing can be opened")
    disclosure = Disclosure(key, bytes.fromhex(masking["commitments"]["context"]))
    chosen = _chosen(masking["masked"], list(select))
    openings = []
    for entry in chosen:
        salt, value = disclosure.salt(entry), value_at(conversation, entry["where"], entry["start"], entry["end"])
        if value is None or commit(salt, entry, value) != entry["commitment"]:
            raise _wrong(
                entry["number"], "cannot be opened: the chat or the key is not the one the bundle was made from"
            )
        openings.append({"number": entry["number"], **place_of(entry), "value": value, "salt": salt.hex()})
    return {"format": FORMAT, "openings": openings, "log_salts": _log_salts(disclosure, masking, chosen)}


def read_sealed(path: Path) -> Mapping[str, bytes]:
    """The files of a bundle in which nothing was changed.

    Raises
    ------
    InputError
        Something was, or it is no bundle.
    """
    report = verify_bundle(path)
    newer = [failure for failure in report.failures if isinstance(failure, UnsupportedVersion)]
    if newer or (report.failures and report.status is not Status.NOT_DEMONSTRATED):
        wrong = (newer or report.failures)[0]
        raise _wrong("bundle", f"does not verify ({wrong.code}: {wrong}); nothing is opened for such a bundle")
    return take_base_off(read_container(path.read_bytes()))


def _chosen(masked: Sequence[dict[str, Any]], select: Sequence[str]) -> list[dict[str, Any]]:
    if not select:
        raise _wrong("select", f"names nothing; masking.json lists {_range_of(masked)}, or open all")
    chosen: set[str] = set()
    for name in select:
        found = [
            entry
            for entry in masked
            if name in (_ALL, entry["number"], entry["where"]) or entry["where"].startswith(f"{name}.")
        ]
        if not found:
            raise _wrong("select", f"names nothing that is masked; masking.json lists {_range_of(masked)}")
        chosen |= {entry["number"] for entry in found}
    return [entry for entry in masked if entry["number"] in chosen]


def _range_of(masked: Sequence[Mapping[str, Any]]) -> str:
    return f"{masked[0]['number']} to {masked[-1]['number']}" if masked else "nothing"


def _log_salts(
    disclosure: Disclosure, masking: Mapping[str, Any], chosen: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Salts of the log for messages and orders of which everything is opened."""
    opened = {entry["number"] for entry in chosen}
    return [
        {"where": where, "salt": disclosure.veil(where, bytes.fromhex(veiled)).hex()}
        for where, veiled in masking["commitments"]["log_salts"].items()
        if all(entry["number"] in opened for entry in masking["masked"] if entry["where"].startswith(f"{where}."))
    ]


def _wrong(field: str, message: str) -> InputError:
    return InputError([FieldProblem(field, message)])
