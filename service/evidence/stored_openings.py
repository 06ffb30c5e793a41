"""Opening single values of a bundle that was made of a stored talk, for whoever may see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from riskmodel.errors import FieldProblem, InputError
from service.evidence.arrival import LOG
from service.evidence.arrived import conversation_of, find_talk, kept_items
from service.evidence.bag import take_base_off
from service.evidence.container import read_container
from service.evidence.disclosure import reveal
from service.store.access import log_access
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import bundles
from service.store.talks import Talk, TalkStore

__all__ = ["open_values"]

ACTION = "openings"
"""As the access log calls it."""


def open_values(
    store: Store,
    keys: KeyFile,
    key: Ed25519PrivateKey,
    shop_id: int,
    conversation_id: str,
    *,
    bundle: bytes,
    chosen: Sequence[str],
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the content of a file of openings; who had them opened is noted.

    Only a bundle that was made here of this very talk is opened. Any other, though it be signed by the same key, would
    let a shop try out guesses at values in a bundle of somebody else's.

    Parameters
    ----------
    store, keys
        Where the talk is kept, and what opens it.
    key
        The one that signed the bundle.
    shop_id, conversation_id
        Which talk.
    bundle
        As it was given out. The talk may have gone on since.
    chosen
        What to open, as `reveal` takes it.
    actor, now
        Who asks, and when.

    Raises
    ------
    NotFoundError
        Where the shop has no such talk.
    InputError
        Where this is no bundle of the talk, or nothing, or not what is kept, can be opened in it.
    """
    with store.reading() as connection:
        stored = TalkStore(connection, keys.current(), shop_id)
        talk = find_talk(stored, conversation_id)
        if not _was_made(connection, talk, bundle):
            problem = "is none that was made here of this conversation; send one to the byte as it was given out"
            raise InputError([FieldProblem("bundle", problem)])
        files = take_base_off(read_container(bundle))
        # as it was then: an order may have another form by now
        count = len(json.loads(files[LOG])["entries"])
        items = [kept.item for position, kept in kept_items(stored, talk).items() if position < count]
        conversation = conversation_of(talk, stored.facts(talk), items)
    openings = reveal(files, conversation, key, chosen)
    with store.writing() as connection:
        log_access(connection, shop_id, actor, ACTION, at=now, talk=talk.talk)
    return openings


def _was_made(connection: Connection, talk: Talk, bundle: bytes) -> bool:
    digest = hashlib.sha256(bundle).hexdigest()
    query = select(bundles.c.id).where(bundles.c.shop_id == talk.shop_id, bundles.c.talk == talk.talk)
    return connection.execute(query.where(bundles.c.sha256 == digest)).first() is not None
