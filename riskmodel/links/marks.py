"""What of a talk can link it to others of its shop, as keyed hashes: nobody can read it or compare it between shops."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.conversation import Conversation, Order, ShipTo
from riskmodel.links.wording import Wording
from riskmodel.text import normalize

__all__ = ["Marks", "marks_of"]

_MOBILE = re.compile("1[3-9][0-9]{9}")
_LEAST_DETAIL = 4  # characters of an address below province and city
_COVERED = "*"  # platforms cover digits and names with it; what is covered is not the same as anything


class Marks(NamedTuple):
    """The marks of a talk as of its last message.

    Attributes
    ----------
    moment
        When its last message was sent; what is not known by then is not in here.
    account
        The buyer; None where unknown, and then nothing links.
    phones, addresses, devices
        Of the orders placed by then.
    wording
        Signature of the buyer's messages, or None where too little is said.
    """

    moment: datetime
    account: bytes | None
    phones: frozenset[bytes]
    addresses: frozenset[bytes]
    devices: frozenset[bytes]
    wording: NDArray[np.uint32] | None


def marks_of(talk: Conversation, key: bytes, devices: Iterable[str] = ()) -> Marks | None:
    """The marks of a talk; None where its shop is unknown or nothing was said.

    Parameters
    ----------
    talk
        With `shop_id`.
    key
        Secret of the run, at least 16 bytes: with it hashes of phone numbers could be tried out.
    devices
        Device marks that the shop's system knows of the buyer; the contract has none.
    """
    if talk.shop_id is None or not talk.messages:
        return None
    shop = hmac.digest(key, talk.shop_id.encode(), "sha256")
    moment = max(message.sent_at for message in talk.messages)
    placed = [order for order in talk.orders if order.placed_at is None or order.placed_at <= moment]
    buyer = talk.buyer.buyer_id if talk.buyer else None
    return Marks(
        moment,
        _hashed(shop, "account", buyer) if buyer else None,
        frozenset(_hashed(shop, "phone", phone) for order in placed if (phone := _phone(order))),
        frozenset(_hashed(shop, "address", address) for order in placed if (address := _address(order))),
        frozenset(_hashed(shop, "device", device) for device in devices if device),
        _wording(shop).signature([message.text for message in talk.messages if message.sender == "buyer"]),
    )


def _hashed(shop: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(shop, f"{kind}\0{value}".encode(), "sha256")[:16]


@lru_cache(maxsize=1024)
def _wording(shop: bytes) -> Wording:
    return Wording(shop)


def _phone(order: Order) -> str | None:
    """A whole mobile number; one that is covered or a switchboard's is many people's."""
    given = order.ship_to.phone if order.ship_to else None
    digits = "".join(char for char in normalize(given or "").text if char in "0123456789*")
    found = _MOBILE.fullmatch(digits.removeprefix("86"))
    return found.group() if found else None


def _address(order: Order) -> str | None:
    """The whole address down to a number; without one it is a street or a village."""
    place: ShipTo | None = order.ship_to
    detail = _plain(place.detail) if place else ""
    if place is None or len(detail) < _LEAST_DETAIL or _COVERED in detail or not any(map(str.isdigit, detail)):
        return None
    return "\0".join([*(_plain(part) for part in (place.province, place.city, place.district)), detail])


def _plain(text: str | None) -> str:
    return "".join(char for char in normalize(text or "").text if char.isalnum() or char == _COVERED)
