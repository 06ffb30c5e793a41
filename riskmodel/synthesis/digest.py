"""A digest of labelled chats: the same data, the same digest, whoever trains on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from riskmodel.synthesis.scribe import LabelledChat

__all__ = ["data_digest"]


def data_digest(chats: Iterable[LabelledChat]) -> str:
    """SHA-256 over labelled talks, in their order: what they say, their labels, and what they were written with."""
    found = hashlib.sha256()
    for chat in chats:
        row = [
            chat.conversation,
            chat.label,
            list(chat.patterns),
            chat.family,
            chat.pair,
            list(chat.acts),
            chat.written,
        ]
        found.update(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return found.hexdigest()
