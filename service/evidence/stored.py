"""The bundle of a stored talk: what was said, what was answered, and that it stands in the shop's log as it arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select

from service.evidence.appeal import Appeal
from service.evidence.arrival import LOG_VERSION
from service.evidence.arrived import Arrived, conversation_of, find_talk, name_of, read_arrived
from service.evidence.bundle import seal_record
from service.evidence.container import Container
from service.evidence.filed import CaseFile
from service.evidence.record import GivenLabel, make_record
from service.store.access import log_access
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.labels import LabelStore
from service.store.record import written
from service.store.schema import bundles, shops
from service.store.seal import seal_log, sign_again
from service.store.talks import Talk, TalkStore

__all__ = ["bundle_of_talk"]

ACTION, UNTOUCHED = "evidence", "untouched evidence"
"""As the access log calls a bundle, and one with personal data in it."""
_MOST_LABELS = 100  # the latest


def bundle_of_talk(
    store: Store,
    keys: KeyFile,
    key: Ed25519PrivateKey,
    shop_id: int,
    conversation_id: str,
    *,
    actor: str,
    now: datetime,
    untouched: bool = False,
    appeal: Appeal | None = None,
    attachments: Mapping[str, bytes] | None = None,
    stamp: Callable[[Mapping[str, bytes]], bytes] | None = None,
    case: CaseFile | None = None,
    sign_pdf: Callable[[bytes], bytes] | None = None,
    move: Callable[[int, int], None] = lambda _done, _total: None,
) -> Container:
    """Seal the shop's log and make the bundle of a talk as it stands; who had it made is noted.

    Parameters
    ----------
    store, keys
        Where the talk is kept, and what opens it.
    key
        Signs the head of the log and the bundle.
    shop_id, conversation_id
        Which talk.
    actor, now
        Who asks, and when.
    untouched, appeal, attachments, stamp, sign_pdf, case
        As `build_bundle` takes them.
    move
        Told how many of the talk's assessments have been read.

    Raises
    ------
    NotFoundError
        Where the shop has no such talk.
    InputError
        Where nothing was said in it, or it is more than one bundle can hold.
    """
    with store.writing() as connection:
        find_talk(TalkStore(connection, keys.current(), shop_id), conversation_id)
        head = seal_log(connection, shop_id, key, now)
    with store.reading() as connection:
        shop = connection.execute(select(shops.c.name).where(shops.c.id == shop_id)).scalar_one()
        stored = TalkStore(connection, keys.current(), shop_id)
        talk = find_talk(stored, conversation_id)
        arrived = read_arrived(connection, stored, talk, head)
        conversation = conversation_of(talk, stored.facts(talk), [each.item for each in arrived.values()])
        given = LabelStore(connection, keys.current(), shop_id).page(_MOST_LABELS, conversation_id=conversation_id)
        labels = [GivenLabel(label.label, label.made_at) for label in reversed(given)]
        # while the connection is open: the assessments of a long talk are more than can be held
        assessments = _assessments(stored, talk, arrived, move)
        case = case or CaseFile()
        attachments = {**case.contents, **(attachments or {})}
        record = make_record(conversation, assessments, labels, attachments, untouched=untouched, case=case)
    log = _log(talk, sign_again(head, shop, key, now).as_dict(shop), key, arrived) if head else None
    del arrived  # of a long talk some tens of megabytes, from here on in the way
    content = seal_record(
        record, conversation, key, log, appeal=appeal, attachments=attachments, stamp=stamp, sign_pdf=sign_pdf
    )
    with store.writing() as connection:
        _note(connection, talk, content, actor, now, untouched=untouched)
    return content


def _assessments(
    stored: TalkStore, talk: Talk, arrived: Mapping[int, Arrived], move: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    there = (item.assessment for item in stored.each_assessment(talk) if item.position in arrived)
    for done, assessment in enumerate(there, start=1):
        yield assessment
        move(done, len(arrived))


def _log(talk: Talk, head: dict[str, object], key: Ed25519PrivateKey, arrived: Mapping[int, Arrived]) -> dict[str, Any]:
    """The content of ``log.json``, with all salts."""
    latest = {name_of(one.item): position for position, one in arrived.items()}
    return {
        "version": LOG_VERSION,
        "talk": talk.talk,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "head": head,
        "entries": [
            {
                "position": position,
                "kind": one.entry.kind,
                # an order that has changed since is not shown
                "id": name_of(one.item)[1] if latest[name_of(one.item)] == position else None,
                "received_at": written(one.entry.received_at),
                "salt": one.salt.hex(),
                "commitment": one.entry.commitment.hex(),
                "place": one.inclusion.place,
                "proof": [step.hex() for step in one.inclusion.proof],
            }
            for position, one in arrived.items()
        ],
    }


def _note(
    connection: Connection, talk: Talk, content: Container, actor: str, now: datetime, *, untouched: bool
) -> None:
    digest = hashlib.sha256()
    for piece in content.pieces:
        digest.update(piece)
    row = {
        "shop_id": talk.shop_id,
        "talk": talk.talk,
        "sha256": digest.hexdigest(),
        "size": sum(map(len, content.pieces)),
        "made_by": actor,
        "made_at": now,
    }
    connection.execute(insert(bundles), row)
    log_access(connection, talk.shop_id, actor, UNTOUCHED if untouched else ACTION, at=now, talk=talk.talk)
