"""The code by which whoever runs the service makes its first user in the browser.

It is shown on the terminal that the service was started from, and nowhere else: no log, no file and no stranger gets
it. It is good while nobody can sign in, and for an hour. Without a terminal there is none, and
``baitwatch users create`` makes the first user.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from flask import Flask

from service.store.engine import Store
from service.store.errors import StoreError
from service.store.users import is_anyone

__all__ = ["Invitation", "invitation_of", "invite", "show"]

GOOD_FOR: Final = 3600  # seconds
_RANDOM: Final = 10  # bytes: nobody guesses 80 bits in an hour, so that tries need not be counted
_GROUP: Final = 4


class Invitation(NamedTuple):
    """What the workers know of the code: its hash, and until when it is good by the clock of the system."""

    digest: bytes
    until: float

    @classmethod
    def of(cls, code: str) -> Invitation:
        """To a code that is given out now."""
        return cls(_digest(code), time.time() + GOOD_FOR)

    @property
    def holds(self) -> bool:
        """Whether it is still good."""
        return time.time() < self.until

    def accepts(self, code: str) -> bool:
        """Whether this is the code, however it is grouped and in whichever case, and still good."""
        return self.holds and hmac.compare_digest(self.digest, _digest(code))


def invite(settings: Mapping[str, Any]) -> tuple[str | None, Invitation | None]:
    """A fresh code and what the workers know of it, where there is a terminal to show it on and nobody can sign in."""
    if not sys.stderr.isatty():
        return None, None
    store = Store(settings["DATABASE_URL"])
    try:
        with store.reading() as connection:
            if is_anyone(connection):
                return None, None
    except StoreError:  # the service says so itself
        return None, None
    finally:
        store.close()
    text = base64.b32encode(secrets.token_bytes(_RANDOM)).decode()
    code = "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))
    return code, Invitation.of(code)


def show(code: str, address: str) -> None:
    """Say on the terminal where to go with the code."""
    sys.stderr.write(
        f"还没有人可以登录：请在浏览器打开 {address}/console/first ，输入一次性代码 {code}（一小时内有效）。\n"
        f"Nobody can sign in yet: open {address}/console/first and enter the one-time code {code}, good for an hour.\n"
    )
    sys.stderr.flush()


def invitation_of(app: Flask) -> Invitation | None:
    """The invitation that this service was started with, where it is still good."""
    found: Invitation | None = app.config.get("INVITATION")
    return found if found is not None and found.holds else None


def _digest(code: str) -> bytes:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
