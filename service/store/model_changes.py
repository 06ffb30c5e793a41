"""Changes of the model in use, as the store remembers them: who may make one, and that it was made.

The registry's journal says which model was put in use, when and why. The store vouches for its lines: each is an entry
of the signed log of the shop whose user did it, which commits to the line by its hash.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from riskmodel.errors import BaitwatchError
from service.store.access import log_access
from service.store.grants import enter
from service.store.keyring import Keyring
from service.store.record import Entry
from service.store.users import User, list_users

__all__ = ["RIGHT", "changes_name", "note_change", "who_may"]

RIGHT: Final = "settings"
"""Of `service.store.users.RIGHTS`: who may set up a shop may say by which model its talks are judged."""
_KIND: Final = "model"


def who_may(connection: Connection, keyring: Keyring, name: str, shop: str | None = None) -> User:
    """The user of this name who may put a model in use.

    Raises
    ------
    BaitwatchError
        Where there is none, or there are several and no shop is given.
    """
    found = [user for user in list_users(connection, keyring, shop) if user.name == name and user.genuine]
    allowed = [user for user in found if RIGHT in user.rights and user.disabled_at is None]
    if not found:
        raise BaitwatchError("--by: there is no such user; `baitwatch users list` shows them")
    if not allowed:
        raise BaitwatchError("--by: this user may not put a model in use; an admin or owner who is not disabled may")
    if len(allowed) > 1:
        raise BaitwatchError("--by: users of several shops have this name; say which with --shop")
    return allowed[0]


def note_change(
    connection: Connection, keyring: Keyring, user: User, *, action: str, version: str, line: bytes, now: datetime
) -> None:
    """Note that a user put a model in use: in the shop's access log, and with the journal's line in its signed log."""
    log_access(connection, user.shop_id, user.actor, f"model {action} {version}", at=now)
    name = changes_name(keyring, user.shop_id)
    enter(connection, keyring, user.shop_id, Entry(name, 0, _KIND, now, hashlib.sha256(line).digest()))


def changes_name(keyring: Keyring, shop_id: int) -> str:
    """What the record of arrival calls a shop's changes of the model, as if they were a talk."""
    return keyring.mark(str(shop_id).encode(), "log of models")[:16].hex()
