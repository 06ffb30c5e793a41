"""The people of a shop: names, passwords and roles, and what each role may do.

Of a password an argon2id hash is kept. To look for a name that is not there takes as long as to refuse a password.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from threading import BoundedSemaphore
from typing import Final, NamedTuple, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import BaitwatchError
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.schema import shops, users

__all__ = [
    "LEAST_CHARACTERS",
    "RIGHTS",
    "ROLES",
    "PasswordRefusedError",
    "User",
    "authenticate",
    "create_user",
    "find_user",
    "list_users",
    "set_disabled",
    "set_password",
    "user_of_number",
]

RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "agent": frozenset({"talks", "replies"}),
    "supervisor": frozenset({"talks", "replies", "held", "decisions", "cases"}),
    "analyst": frozenset({"figures"}),
    "admin": frozenset({"settings", "users", "keys"}),
}
"""What each role may do: see open talks, check replies; look at held talks, decide on them, make cases; and so on."""
ROLES: Final = tuple(RIGHTS)
LEAST_CHARACTERS: Final = 12
_Rows: TypeAlias = Select[int, int, str, str, str, str, datetime, datetime | None]
_HASHER = PasswordHasher()  # argon2id, as RFC 9106 advises where memory is short: 64 MiB for each password checked
_AT_ONCE = BoundedSemaphore(2)  # so that many who sign in together cannot fill the memory


class PasswordRefusedError(BaitwatchError):
    """A password that is too easy to guess; `code` says why: ``short``, ``name`` or ``common``."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class User(NamedTuple):
    """A person of a shop."""

    id: int
    shop_id: int
    shop: str
    name: str
    role: str
    password: str
    made_at: datetime
    disabled_at: datetime | None

    @property
    def rights(self) -> frozenset[str]:
        """What the role may do."""
        return RIGHTS.get(self.role, frozenset())

    @property
    def actor(self) -> str:
        """As the access log names it."""
        return f"user {self.id}"


def create_user(connection: Connection, shop_id: int, name: str, *, role: str, password: str, now: datetime) -> int:
    """Make a user; gives its number.

    Raises
    ------
    PasswordRefusedError
        Where the password is too easy to guess.
    ConflictError
        Where the shop has a user of this name.
    """
    if role not in RIGHTS:
        raise BaitwatchError(f"there is no such role; use {', '.join(ROLES)}")
    if not _can_be_name(name):
        raise BaitwatchError("a user's name has 1 to 64 characters that can be seen, no space around; choose another")
    row = {
        "shop_id": shop_id,
        "name": name,
        "role": role,
        "password": _hashed(name, password),
        "made_at": now,
    }
    try:
        with connection.begin_nested():
            number: int = connection.execute(insert(users).values(row).returning(users.c.id)).scalar_one()
    except IntegrityError:
        raise ConflictError("the shop has a user of this name; choose another") from None
    return number


def find_user(connection: Connection, shop: str, name: str) -> User | None:
    """The user of this name in the shop of this name."""
    if not shop.isprintable() or not _can_be_name(name):
        return None  # a database may refuse the question itself
    return _first(connection, _users().where(shops.c.name == shop, users.c.name == name))


def user_of_number(connection: Connection, number: int) -> User | None:
    """The user as it is now."""
    return _first(connection, _users().where(users.c.id == number))


def list_users(connection: Connection, shop: str | None = None) -> list[User]:
    """The users of a shop, or of all, oldest first."""
    query = _users().order_by(users.c.id)
    return [User(*row) for row in connection.execute(query if shop is None else query.where(shops.c.name == shop))]


def set_password(store: Store, user: User, password: str) -> User:
    """Give a user another password; all sessions that began with the old one end.

    Raises
    ------
    PasswordRefusedError
        Where the password is too easy to guess.
    """
    changed = _hashed(user.name, password)
    with store.writing() as connection:
        connection.execute(update(users).where(users.c.id == user.id).values(password=changed))
    return user._replace(password=changed)


def set_disabled(connection: Connection, shop: str, name: str, disabled_at: datetime | None) -> None:
    """Shut a user out at once, or with None let it in again; raises `NotFoundError`."""
    user = find_user(connection, shop, name)
    if user is None:
        raise NotFoundError("there is no such user in this shop; `baitwatch users list` shows them")
    connection.execute(update(users).where(users.c.id == user.id).values(disabled_at=disabled_at))


def authenticate(store: Store, shop: str, name: str, password: str) -> User | None:
    """The user whose password this is; None where it is not, or there is no such user, or it is disabled."""
    with store.reading() as connection:
        user = find_user(connection, shop, name)
    # outside of a transaction, because it takes long on purpose
    if not _fits(user.password if user is not None else _nobodys(), password):
        return None
    if user is None or user.disabled_at is not None:
        return None
    if not _HASHER.check_needs_rehash(user.password):
        return user
    changed = _hash(password)
    with store.writing() as connection:
        query = update(users).where(users.c.id == user.id, users.c.password == user.password)
        connection.execute(query.values(password=changed))
        return user_of_number(connection, user.id)


def _users() -> _Rows:
    table = users
    return select(
        table.c.id,
        table.c.shop_id,
        shops.c.name,
        table.c.name,
        table.c.role,
        table.c.password,
        table.c.made_at,
        table.c.disabled_at,
    ).join(shops)


def _first(connection: Connection, query: _Rows) -> User | None:
    row = connection.execute(query).first()
    return None if row is None else User(*row)


def _can_be_name(name: str) -> bool:
    return 0 < len(name) <= 64 and name.isprintable() and name == name.strip()


def _hashed(name: str, password: str) -> str:
    """What is kept of a password that will do."""
    typed = _typed(password)
    if len(typed) < LEAST_CHARACTERS:
        raise PasswordRefusedError("short", f"the password is too short; use {LEAST_CHARACTERS} characters or more")
    if typed.casefold() == _typed(name).casefold():
        raise PasswordRefusedError("name", "the password is the user's name; choose another")
    if typed.casefold() in _common():
        raise PasswordRefusedError("common", "the password is one of the most common; choose another")
    return _hash(password)


def _hash(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_typed(password))


def _fits(kept: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept, _typed(password))
        except (VerificationError, InvalidHashError):
            return False


def _typed(password: str) -> str:
    """The password whichever keyboard wrote it: full-width letters are letters."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    """A hash that is compared with where there is no such user."""
    return _hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    text = resources.files("service.store").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
