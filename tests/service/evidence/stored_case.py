"""A talk in a store, as evidence: an order that changed, one that is masked, and another talk beside it in the log."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from evidence_case import KEY, TALK, payload, resealed
from service_time import NOW
from time_case import authority

from benchmarks.mutations import Case
from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from service.evidence.arrival import LOG
from service.evidence.plaintext import json_bytes
from service.evidence.signature import fingerprint
from service.evidence.stored import bundle_of_talk
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.talks import Talks

PLAIN_ORDER = {"order_id": "order-2", "status": "paid", "amount": "8.00", "items": [{"title": "杯垫", "quantity": 1}]}
TOLD = {**TALK, "orders": [{**TALK["orders"][0], "status": "paid"}, PLAIN_ORDER]}


def fill(talks: Talks, shop: int) -> None:
    """Store the case's talk twice over, the second time with a changed order, between two others."""
    talks.add_conversations(shop, [parse_conversation(TALK | {"conversation_id": "before"})])
    talks.add_conversations(shop, [parse_conversation(TOLD), parse_conversation(TALK | {"conversation_id": "between"})])
    talks.add_conversations(shop, [parse_conversation(TALK)])


def evidence(
    store: Store,
    keys: KeyFile,
    shop: int,
    name: str = "case-1",
    *,
    key: Ed25519PrivateKey = KEY,
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
) -> bytes:
    """The bundle of a stored talk."""
    return bytes(bundle_of_talk(store, keys, key, shop, name, actor="key 1", now=NOW, stamp=stamp))


def made_once(scorer: Scorer) -> bytes:
    """The bundle of the case, from a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store, keys = Store(f"sqlite:///{folder}/store.db"), KeyFile(Path(folder) / "keyring.json")
        with store.writing() as connection:
            shop, _ = find_or_make_shop(connection, "甲店", NOW)
        fill(Talks(store, keys, lambda: scorer, lambda: NOW), shop)
        bundle = evidence(store, keys, shop)
        store.close()
    return bundle


def real_case(scorer: Scorer) -> Case:
    """Two bundles of one shop, from a store, signed and stamped, as they are given out."""
    with tempfile.TemporaryDirectory() as folder:
        store, keys = Store(f"sqlite:///{folder}/store.db"), KeyFile(Path(folder) / "keyring.json")
        with store.writing() as connection:
            shop, _ = find_or_make_shop(connection, "甲店", NOW)
        fill(Talks(store, keys, lambda: scorer, lambda: NOW), shop)
        bundle, other = (evidence(store, keys, shop, name, stamp=authority().stamp) for name in ("case-1", "between"))
        store.close()
    return Case(bundle, other, fingerprint(KEY.public_key()), authority().root)


def log_of(bundle: bytes) -> dict[str, Any]:
    """The content of a bundle's log."""
    found: dict[str, Any] = json.loads(payload(bundle)[LOG])
    return found


def with_files(bundle: bytes, **changed: object) -> bytes:
    """The bundle with other content in ``log``, ``transcript`` or ``masking``, signed again by the same key."""
    files = payload(bundle)
    for name, content in changed.items():
        files[f"data/{name}.json"] = json_bytes(content)
    return resealed(files, KEY)


def alterations(value: Any) -> Iterator[tuple[str, Any]]:
    """Each way to alter one thing in plain JSON, with its place: another value, one more, one less, one left out."""
    if isinstance(value, dict):
        yield "+", {**value, "more": 1}
        for name, inner in value.items():
            yield f"{name} gone", {key: kept for key, kept in value.items() if key != name}
            for place, other in alterations(inner):
                yield f"{name}.{place}", {**value, name: other}
    elif isinstance(value, list):
        if value:
            yield "+", [*value, value[-1]]
        for index, inner in enumerate(value):
            yield f"{index} gone", value[:index] + value[index + 1 :]
            for place, other in alterations(inner):
                yield f"{index}.{place}", [*value[:index], other, *value[index + 1 :]]
    else:
        others: list[Any] = [None, True, 1.5, [], {}, "", "x"]
        if isinstance(value, int):
            others += [value + 1, value - 1, str(value), float(value), 10**30]
        if isinstance(value, str):
            others += [value.upper(), f"{value} ", value[:-1], value[:-1] + ("0" if value[-1:] != "0" else "1")]
        yield from ((repr(other), other) for other in others if other != value or type(other) is not type(value))
