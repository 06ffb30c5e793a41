"""``log.json``: that a talk's messages and orders are those that arrived, as the shop's log has them.

A bundle of a stored talk has this file. It holds the signed head of the shop's log and, of each message and order of
the talk, its entry in the log with the proof that it stands under that head. An entry commits to its content by a
salted hash; the salt is given where the content is shown as it arrived, so that anyone can compare. Where a part of a
content is masked the salt is kept back: with it the masked part could be guessed. Such an entry, and an earlier form of
an order that changed, is there, but its content is not checked, unless all of it and the salt are opened (`openings`).

What it cannot show: that nothing came after the last entry, or that the shop has not kept two logs. Standard library
and `cryptography` only, because the verifier depends on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.evidence.failures import (
    EvidenceFailure,
    MissingFromTalk,
    NotAsLogged,
    NotCanonical,
    NotInLog,
    NotLogged,
    UnsupportedVersion,
    WrongHead,
)
from service.evidence.openings import MASKING, REDACTED
from service.evidence.plaintext import json_bytes
from service.evidence.signature import fingerprint
from service.store.merkle import is_included, leaf_hash
from service.store.signed import commitment, entry_data, head_data

__all__ = ["LOG", "LOG_VERSION", "Arrival", "check_log", "hold_back", "withheld"]

LOG, TRANSCRIPT = "data/log.json", "data/transcript.json"
LOG_VERSION = 1
_KINDS = {"message": "messages", "order": "orders"}
# what a content is made of, in the order in which it was hashed; the contract's own
_FIELDS: dict[str, dict[str, Any]] = {
    "message": {
        **dict.fromkeys(("message_id", "sender", "sent_at", "text")),
        "attachments": dict.fromkeys(("name", "media_type", "sha256", "size_bytes")),
    },
    "order": {
        **dict.fromkeys(("order_id", "placed_at", "status", "payment_method", "amount")),
        "ship_to": dict.fromkeys(("province", "city", "district", "township", "detail", "recipient", "phone")),
        "items": dict.fromkeys(("title", "sku", "quantity", "unit_price")),
    },
}
_HEAD = {"shop": str, "size": int, "root": str, "signed_at": str, "key": str, "signature": str}
_LOG = {"version": int, "talk": str, "public_key": str, "head": dict, "entries": list}
_ENTRY = {
    **{"position": int, "kind": str, "id": str, "received_at": str},
    **{"salt": str, "commitment": str, "place": int, "proof": list},
}
_MAY_BE_NULL = ("id", "salt")
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


@dataclass
class Arrival:
    """What a bundle's log shows.

    Attributes
    ----------
    shop, size, root, signed_at, key
        Of the head: whose log, of how many entries, when it was signed and by the key of which fingerprint.
    checked
        How many messages and orders are, to the byte, what was logged.
    covered
        Those that are in the log but shown in part, so that their content is covered, not checked: ``orders.0``.
    earlier
        How many earlier forms of orders are in the log and not shown.
    """

    shop: str = ""
    size: int = 0
    root: str = ""
    signed_at: str = ""
    key: str = ""
    checked: int = 0
    covered: list[str] = field(default_factory=list)
    earlier: int = 0

    def as_dict(self) -> dict[str, object]:
        """The same as plain JSON values."""
        return dict(vars(self))


def hold_back(log: Mapping[str, Any], transcript: Mapping[str, Any]) -> dict[str, Any]:
    """The log as it may be given out beside this transcript: with the salts of what is shown as it arrived, no others.

    Parameters
    ----------
    log
        With all salts; an entry's ``id`` is that of a message or order of the transcript, None of what is not shown.
    transcript
        As in ``transcript.json``.
    """
    shown = {(kind, item[f"{kind}_id"]): item for kind, several in _KINDS.items() for item in transcript[several]}
    entries = []
    for entry in log["entries"]:
        item = shown.get((entry["kind"], entry["id"]))
        open_to_all = item is not None and _is_as_logged(entry["kind"], item, entry)
        entries.append({**entry, "salt": entry["salt"] if open_to_all else None})
    return {**log, "entries": entries}


def withheld(log: Mapping[str, Any], transcript: Mapping[str, Any]) -> dict[str, bytes]:
    """By their place in the transcript, the salts of messages and orders that `hold_back` keeps back from it."""
    given = {(entry["kind"], entry["id"]): entry["salt"] for entry in hold_back(log, transcript)["entries"]}
    salts = {(entry["kind"], entry["id"]): entry["salt"] for entry in log["entries"]}
    return {
        f"{several}.{index}": bytes.fromhex(salts[name])
        for kind, several in _KINDS.items()
        for index, item in enumerate(transcript[several])
        if (name := (kind, item[f"{kind}_id"])) in given and given[name] is None
    }


def check_log(
    files: Mapping[str, bytes], arrival: Arrival, whole: Mapping[str, tuple[dict[str, Any], str]]
) -> Iterator[EvidenceFailure]:
    """Yield each way in which the talk is not what its log says, and note in `arrival` what was found.

    Parameters
    ----------
    files
        Of a bag that fits its manifests and has a log.
    arrival
        Filled in.
    whole
        Messages and orders that are masked in the bundle and were opened, with their salts; by their place.
    """
    try:
        log, transcript, masking = (_canonical(files, name) for name in (LOG, TRANSCRIPT, MASKING))
        if log["version"] != LOG_VERSION:
            raise UnsupportedVersion(f"{LOG} {log['version']}")
        _see_shape(log, _LOG)
        _see_shape(log["head"], _HEAD)
        yield from _check_head(log["head"], log["public_key"], arrival)
        yield from _check_entries(log)
        masked = _masked_places(masking)
        for kind in _KINDS:
            entries = [entry for entry in log["entries"] if entry["kind"] == kind]
            yield from _check_contents(kind, entries, transcript[_KINDS[kind]], masked, whole=whole, arrival=arrival)
    except EvidenceFailure as failure:
        yield failure
    except _MALFORMED:
        yield NotCanonical(LOG)


def _check_head(head: Mapping[str, Any], public_key: str, arrival: Arrival) -> Iterator[EvidenceFailure]:
    key = Ed25519PublicKey.from_public_bytes(_bytes(public_key, 32))
    _bytes(head["root"], 32)
    signed = head_data(shop=head["shop"], size=head["size"], root=head["root"], signed_at=head["signed_at"])
    try:
        key.verify(_bytes(head["signature"], 64), signed)
    except InvalidSignature:
        yield WrongHead(LOG)
    if head["key"] != fingerprint(key):
        yield WrongHead(LOG)
    arrival.shop, arrival.size, arrival.root = head["shop"], head["size"], head["root"]
    arrival.signed_at, arrival.key = head["signed_at"], head["key"]


def _check_entries(log: Mapping[str, Any]) -> Iterator[EvidenceFailure]:
    """Each entry stands in the log, and none of the talk before the last one is left out."""
    head = log["head"]
    root = _bytes(head["root"], 32)
    for expected, entry in enumerate(log["entries"]):
        _see_shape(entry, _ENTRY)
        position = entry["position"]
        if position != expected or entry["kind"] not in _KINDS:
            raise MissingFromTalk(f"position {expected}")
        data = entry_data(
            talk=log["talk"],
            position=position,
            kind=entry["kind"],
            received_at=entry["received_at"],
            committed=entry["commitment"],
        )
        proof = [_bytes(step, 32) for step in entry["proof"]]
        if not is_included(leaf_hash(data), entry["place"], head["size"], proof, root):
            yield NotInLog(f"position {position}")


def _check_contents(
    kind: str,
    entries: Sequence[Mapping[str, Any]],
    shown: Sequence[Mapping[str, Any]],
    masked: set[str],
    *,
    whole: Mapping[str, tuple[dict[str, Any], str]],
    arrival: Arrival,
) -> Iterator[EvidenceFailure]:
    """What is shown is all that was logged and no more; what is shown whole is, to the byte, what was logged."""
    names = [item[f"{kind}_id"] for item in shown]
    logged = {entry["id"]: entry for entry in entries if entry["id"] is not None}
    earlier = len(entries) - len(logged)
    if len(set(names)) != len(names) or sum(entry["id"] is None for entry in entries) != earlier:
        raise ValueError("an id that occurs twice")
    if earlier and kind == "message":
        raise ValueError("a message does not change")
    arrival.earlier += earlier
    for entry in entries:
        if entry["id"] is not None and entry["id"] not in names:
            yield MissingFromTalk(f"position {entry['position']}")
        if entry["id"] is None and entry["salt"] is not None:
            raise ValueError("the salt of what is not shown")
    for index, (name, item) in enumerate(zip(names, shown, strict=True)):
        place = f"{_KINDS[kind]}.{index}"
        if name not in logged:
            yield NotLogged(place)
        elif place in masked and logged[name]["salt"] is None and place not in whole:
            arrival.covered.append(place)
        elif _is_as_logged(kind, *_opened(item, logged[name], whole.get(place))):
            arrival.checked += 1
        else:
            yield NotAsLogged(place)
    if kind == "message" and set(logged) == set(names) and list(logged) != names:
        yield NotAsLogged("messages, in another order")


def _opened(
    item: Mapping[str, Any], entry: Mapping[str, Any], whole: tuple[dict[str, Any], str] | None
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if whole is None or entry["salt"] is not None:
        return item, entry
    return whole[0], {**entry, "salt": whole[1]}


def _is_as_logged(kind: str, item: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    if entry["salt"] is None:
        return False
    found = commitment(_bytes(entry["salt"], 16) + _content_bytes(kind, item)).hex()
    return bool(found == entry["commitment"])


def _content_bytes(kind: str, shown: Mapping[str, Any]) -> bytes:
    """A message or order of ``transcript.json`` in the spelling in which it was hashed when it arrived."""
    ordered = _ordered(shown, _FIELDS[kind])
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _masked_places(masking: Mapping[str, Any]) -> set[str]:
    """What ``transcript.json`` shows in part, by its place in it: ``orders.0``."""
    if masking["transcript"] != REDACTED:
        return set()
    return {".".join(entry["where"].split(".")[:2]) for entry in masking["masked"]}


def _canonical(files: Mapping[str, bytes], name: str) -> Any:
    value = json.loads(files[name])
    if json_bytes(value) != files[name]:
        raise NotCanonical(name)
    return value


def _see_shape(value: Mapping[str, Any], shape: Mapping[str, type]) -> None:
    fits = set(value) == set(shape) and all(
        type(value[name]) is kind or (value[name] is None and name in _MAY_BE_NULL) for name, kind in shape.items()
    )
    if not fits:
        raise ValueError("another shape")


def _bytes(text: str, size: int) -> bytes:
    # one spelling only: bytes.fromhex alone would take capitals and spaces too
    if re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text) is None:
        raise ValueError("not so many bytes in hexadecimal")
    return bytes.fromhex(text)


def _ordered(value: Any, fields: Mapping[str, Any] | None) -> Any:
    if isinstance(value, list):
        return [_ordered(item, fields) for item in value]
    if isinstance(value, dict):
        if fields is None or set(value) - set(fields):
            raise ValueError("a field that the contract does not have")
        return {name: _ordered(value[name], fields[name]) for name in fields if name in value}
    return value
