"""Tokens for the frame: each opens one talk of one shop, for a quarter of an hour, and is signed from the keyring."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from service.store.keyring import Keyring

__all__ = ["GOOD_FOR", "Opened", "open_token", "sign_token"]

GOOD_FOR: Final = timedelta(minutes=15)


class Opened(NamedTuple):
    """What a token opens."""

    shop_id: int
    talk: str


def sign_token(keyring: Keyring, opened: Opened) -> tuple[str, datetime]:
    """A token for a talk by its random name, and when it ends."""
    token = _signer(keyring).dumps(list(opened))
    return str(token), datetime.now(UTC) + GOOD_FOR


def open_token(keyring: Keyring, token: str) -> Opened | None:
    """What the token opens; None where it is not one of ours or too old."""
    try:
        shop_id, talk = _signer(keyring).loads(token, max_age=int(GOOD_FOR.total_seconds()))
    except BadData:
        return None
    return Opened(shop_id, talk)


def _signer(keyring: Keyring) -> URLSafeTimedSerializer:
    key = keyring.mark(b"tokens of frames", "embed")
    return URLSafeTimedSerializer(key, salt="embed", signer_kwargs={"digest_method": hashlib.sha256})
