"""Makes whoever guesses passwords wait: by who is tried, and by where the tries come from, over all processes."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from flask import request

from service.backend import backend
from service.store import tries
from service.store.tries import Counted

__all__ = ["FREE_OF_ADDRESS", "FREE_OF_NAME", "TooManyTriesError", "Try", "network"]

FREE_OF_NAME, FREE_OF_ADDRESS = 5, 20  # a shop's people may share one address


class TooManyTriesError(Exception):
    """Whoever asks has to wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = math.ceil(seconds)


class Try(NamedTuple):
    """A try to sign in: where it comes from, and who is tried. It counts as failed until it has succeeded."""

    where: Counted
    who: Counted

    @classmethod
    def begin(cls, shop: str, name: str) -> Try:
        """Count one more from where this request comes; raises `TooManyTriesError` where nothing may be tried."""
        keyring = backend().keys.current()
        where = Counted.of(keyring, "address", network(request.remote_addr), FREE_OF_ADDRESS)
        who = Counted.of(keyring, "name", repr((shop, name)), FREE_OF_NAME)
        with backend().store.writing() as connection:
            wait = tries.attempt(connection, [where, who], datetime.now(UTC))
        if wait:
            raise TooManyTriesError(wait.total_seconds())
        return cls(where, who)

    def succeed(self) -> None:
        """Whoever tried knows the password."""
        with backend().store.writing() as connection:
            tries.forgive(connection, self.where)
            tries.forget(connection, self.who)


def network(address: str | None) -> str:
    """What stands for a client: its address, of IPv6 the half that names the line and not the device.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::')
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
