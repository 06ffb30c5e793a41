"""What is hashed and what is signed, to the byte. Standard library only, because the verifier depends on it."""

from __future__ import annotations

import hashlib
import json

__all__ = ["commitment", "entry_data", "head_data"]


def entry_data(*, talk: str, position: int, kind: str, received_at: str, committed: str) -> bytes:
    """An entry of the record of arrival as it is hashed to a leaf: plain JSON with sorted keys, the time in UTC."""
    fields = {
        "version": 1,
        "talk": talk,
        "position": position,
        "kind": kind,
        "received_at": received_at,
        "commitment": committed,
    }
    return _spelled(fields)


def head_data(*, shop: str, size: int, root: str, signed_at: str) -> bytes:
    """A head as it is signed: plain JSON with sorted keys, the time in UTC."""
    return _spelled({"log": shop, "root": root, "signed_at": signed_at, "size": size, "version": 1})


def commitment(salted: bytes) -> bytes:
    """The hash that stands for a content in the record; its salt stands in front of it."""
    return hashlib.sha256(salted).digest()


def _spelled(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
