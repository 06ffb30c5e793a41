r"""Selective disclosure, the part that anybody can check: what a masked value was committed to, and what fits it.

As in RFC 9901 (selective disclosure for JWTs) each masked value has a commitment in the signed bundle: SHA-256 over a
salt that only the shop can make and the value with its place. To open a value the shop hands over value and salt. The
same value in two places has two salts, so that nobody can tell that it is the same.

``commitment = SHA-256( "baitwatch opening 1\n" + salt (16 bytes) + JSON )``, the JSON being
``{"end":…,"kind":…,"start":…,"value":…,"where":…}`` with keys in this order, no spaces, all outside ASCII escaped.

A file of openings may also hold salts of the shop's log (``log_salts``). Where all masked values of a message or order
are opened, the whole of it can then be compared with what was logged when it arrived.

Standard library only, because the verifier depends on it.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.evidence.failures import EvidenceFailure, OpeningDoesNotFit, OpeningsNotReadable

__all__ = [
    "FORMAT",
    "MASKING",
    "MAX_OPENINGS_BYTES",
    "REDACTED",
    "SALT",
    "Opened",
    "check_openings",
    "commit",
    "place_of",
]

MASKING = "data/masking.json"
FORMAT = "baitwatch openings 1"
REDACTED = "redacted"
SALT = 16
MAX_OPENINGS_BYTES = 4_000_000
_TAG = b"baitwatch opening 1\n"
_PLACE = ("where", "kind", "start", "end")
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


@dataclass
class Opened:
    """What openings showed.

    Attributes
    ----------
    fits
        Numbers of the values whose opening fits their commitment.
    whole
        Messages and orders of which everything masked was opened, with the salt of their entry in the shop's log:
        ``messages.3`` → (message as it was, salt).
    """

    fits: list[str] = field(default_factory=list)
    whole: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)


def place_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The place of a masked value: where, kind, start and end."""
    return {name: entry[name] for name in _PLACE}


def commit(salt: bytes, place: Mapping[str, Any], value: str) -> str:
    """The commitment to a value at its place, in hexadecimal.

    Examples
    --------
    >>> place = {"where": "messages.0.text", "kind": "name", "start": 2, "end": 4}
    >>> commit(bytes(16), place, "柳青")[:16]
    'e88131c6795c6735'
    """
    content = json.dumps({**place_of(place), "value": value}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(_TAG + salt + content.encode("ascii")).hexdigest()


def check_openings(content: bytes, files: Mapping[str, bytes], opened: Opened) -> Iterator[EvidenceFailure]:
    """Yield each opening that does not fit, and note in `opened` those that do.

    Parameters
    ----------
    content
        A file of openings.
    files
        Of a bag that fits its manifests.
    """
    try:
        values, log_salts = _read(content)
    except _MALFORMED:
        yield OpeningsNotReadable()
        return
    try:
        masking = json.loads(files[MASKING])
        entries = {entry["number"]: entry for entry in masking["masked"]}
        fitting = {}
        for number, salt, place, value in values:
            entry = entries.get(number, {})
            given = entry.get("commitment") or ""
            if entry and place == place_of(entry) and hmac.compare_digest(commit(salt, place, value), given):
                opened.fits.append(number)
                fitting[number] = value
            else:
                yield OpeningDoesNotFit(number)
        if log_salts:
            transcript = json.loads(files["data/transcript.json"])
            yield from _put_together(transcript, masking, fitting, log_salts, opened)
    except _MALFORMED:
        yield OpeningDoesNotFit(MASKING)


def _read(content: bytes) -> tuple[list[tuple[str, bytes, dict[str, Any], str]], dict[str, str]]:
    if len(content) > MAX_OPENINGS_BYTES:
        raise ValueError("too long")
    given = json.loads(content)
    if given["format"] != FORMAT:
        raise ValueError("another format")
    values = []
    for opening in given["openings"]:
        number, value, salt = opening["number"], opening["value"], opening["salt"]
        if not (isinstance(number, str) and isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{2 * SALT}}}", salt)):
            raise ValueError("not an opening")
        values.append((number, bytes.fromhex(salt), place_of(opening), value))
    return values, {entry["where"]: entry["salt"] for entry in given["log_salts"]}


def _put_together(
    transcript: Any, masking: Any, fitting: Mapping[str, str], log_salts: Mapping[str, str], opened: Opened
) -> Iterator[EvidenceFailure]:
    """Messages and orders with all their values put back."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for entry in masking["masked"]:
        parts.setdefault(".".join(entry["where"].split(".")[:2]), []).append(entry)
    for where, salt in log_salts.items():
        masked: Sequence[Mapping[str, Any]] = parts.get(where, [])
        if not masked or any(entry["number"] not in fitting for entry in masked):
            yield OpeningDoesNotFit(where)
            continue
        kind, index = where.split(".")
        item = copy.deepcopy(transcript[kind][int(index)])
        for entry in masked:
            _put_back(item, entry["where"].split(".")[2:], entry, fitting[entry["number"]])
        opened.whole[where] = item, salt


def _put_back(item: Any, steps: Sequence[str], entry: Mapping[str, Any], value: str) -> None:
    for step in steps[:-1]:
        item = item[int(step)] if isinstance(item, list) else item[step]
    if entry["start"] is not None:
        text = item[steps[-1]]
        value = text[: entry["start"]] + value + text[entry["end"] :]
    item[steps[-1]] = value
