"""The people of a shop: names, passwords and roles, and what each role may do.

Of a password an argon2id hash is kept. To look for a name that is not there takes as long as to refuse a password.
A user's row is a grant: see `service.store.grants`. Whatever changes in it ends all sessions of the user.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from threading import BoundedSemaphore
from typing import Any, Final, NamedTuple, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import BaitwatchError
from service.store import grants, sessions
from service.store.engine import Store
from service.store.errors import ConflictError, NotFoundError
from service.store.keyring import Keyring
from service.store.schema import shops, users

__all__ = [
    "LEAST_CHARACTERS",
    "RIGHTS",
    "ROLES",
    "PasswordRefusedError",
    "User",
    "all_with_right",
    "authenticate",
    "create_user",
    "find_user",
    "is_anyone",
    "list_users",
    "remove_user",
    "set_disabled",
    "set_password",
    "set_role",
    "user_of_number",
]

_APART: Final[Mapping[str, frozenset[str]]] = {
    "agent": frozenset({"talks", "replies"}),
    "supervisor": frozenset({"talks", "replies", "held", "decisions", "cases"}),
    "analyst": frozenset({"figures"}),
    "admin": frozenset({"settings", "users", "keys"}),
}
# many a shop is one person, who would need four names to sign in with
RIGHTS: Final[Mapping[str, frozenset[str]]] = {**_APART, "owner": frozenset().union(*_APART.values())}
"""What each role may do: see open talks, check replies; look at held talks, decide on them, make cases; and so on.

The owner may do all of it.
"""
ROLES: Final = tuple(RIGHTS)
LEAST_CHARACTERS: Final = 12
_Rows: TypeAlias = Select[Any]
_HASHER = PasswordHasher()  # argon2id, as RFC 9106 advises where memory is short: 64 MiB for each password checked
_AT_ONCE = BoundedSemaphore(2)  # so that many who sign in together cannot fill the memory


class PasswordRefusedError(BaitwatchError):
    """A password that is too easy to guess; `code` says why: ``short``, ``name`` or ``common``."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class User(NamedTuple):
    """A person of a shop. One that is not genuine is only ever listed, and can do nothing."""

    id: int
    shop_id: int
    shop: str
    name: str
    role: str
    password: str
    made_at: datetime
    disabled_at: datetime | None
    mark: bytes
    genuine: bool

    @property
    def rights(self) -> frozenset[str]:
        """What the role may do."""
        return RIGHTS.get(self.role, frozenset())

    @property
    def actor(self) -> str:
        """As the access log names it."""
        return f"user {self.id}"


def create_user(
    connection: Connection, keyring: Keyring, shop_id: int, name: str, *, role: str, password: str, now: datetime
) -> int:
    """Make a user; gives its number.

    Raises
    ------
    PasswordRefusedError
        Where the password is too easy to guess.
    ConflictError
        Where the shop has a user of this name.
    """
    _see_role(role)
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
            return grants.add(connection, keyring, users, row, now=now)
    except IntegrityError:
        raise ConflictError("the shop has a user of this name; choose another") from None


def find_user(connection: Connection, keyring: Keyring, shop: str, name: str) -> User | None:
    """The user of this name in the shop of this name, where there is a genuine one."""
    found = _find(connection, keyring, shop, name)
    return found if found is not None and found.genuine else None


def user_of_number(connection: Connection, keyring: Keyring, number: int) -> User | None:
    """The user as it is now, where it is genuine."""
    found = _first(connection, keyring, _users().where(users.c.id == number))
    return found if found is not None and found.genuine else None


def is_anyone(connection: Connection) -> bool:
    """Whether there is a user in any shop, genuine or not."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None


def list_users(connection: Connection, keyring: Keyring, shop: str | None = None) -> list[User]:
    """The users of a shop, or of all, oldest first."""
    query = _users().order_by(users.c.id)
    rows = connection.execute(query if shop is None else query.where(shops.c.name == shop))
    return [_read(keyring, row) for row in rows]


def all_with_right(connection: Connection, shop_id: int, right: str) -> frozenset[str]:
    """Those of a shop who may do something and are not disabled, as the access log names them."""
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    query = select(users.c.id).where(users.c.shop_id == shop_id, users.c.role.in_(roles), users.c.disabled_at.is_(None))
    return frozenset(f"user {number}" for number in connection.execute(query).scalars())


def set_password(store: Store, keyring: Keyring, user: User, password: str, now: datetime) -> User:
    """Give a user another password; all its sessions end.

    Raises
    ------
    PasswordRefusedError
        Where the password is too easy to guess.
    """
    hashed = _hashed(user.name, password)
    with store.writing() as connection:
        return _changed(connection, keyring, user, now, password=hashed)


def set_disabled(connection: Connection, keyring: Keyring, shop: str, name: str, now: datetime, *, out: bool) -> None:
    """Shut a user out at once, or let it in again; raises `NotFoundError`."""
    user = _existing(find_user(connection, keyring, shop, name))
    _changed(connection, keyring, user, now, disabled_at=now if out else None)


def set_role(connection: Connection, keyring: Keyring, shop: str, name: str, *, role: str, now: datetime) -> None:
    """Give a user another role; raises `NotFoundError`."""
    _see_role(role)
    _changed(connection, keyring, _existing(find_user(connection, keyring, shop, name)), now, role=role)


def remove_user(connection: Connection, keyring: Keyring, shop: str, name: str, now: datetime) -> None:
    """Take a user out, genuine or not; what it did stays noted under its number. Raises `NotFoundError`."""
    grants.remove(connection, keyring, users, _existing(_find(connection, keyring, shop, name)).id, now=now)


def authenticate(store: Store, keyring: Keyring, shop: str, name: str, password: str, *, now: datetime) -> User | None:
    """The user whose password this is; None where it is not, or there is no such user, or it is disabled."""
    with store.reading() as connection:
        user = find_user(connection, keyring, shop, name)
    # outside of a transaction, because it takes long on purpose
    if not _fits(user.password if user is not None else _nobodys(), password):
        return None
    if user is None or user.disabled_at is not None:
        return None
    if not _HASHER.check_needs_rehash(user.password):
        return user
    hashed = _hash(password)
    with store.writing() as connection:
        connection.execute(select(users.c.id).where(users.c.id == user.id).with_for_update())
        if user_of_number(connection, keyring, user.id) != user:  # changed meanwhile: the password may be another
            return None
        return _changed(connection, keyring, user, now, password=hashed)


def _changed(connection: Connection, keyring: Keyring, user: User, now: datetime, **values: Any) -> User:
    mark = grants.change(connection, keyring, users, user.id, values, now=now)
    sessions.end_all(connection, user.id)
    return user._replace(**values, mark=mark)


def _existing(user: User | None) -> User:
    if user is None:
        raise NotFoundError("there is no such user in this shop; `baitwatch users list` shows them")
    return user


def _see_role(role: str) -> None:
    if role not in RIGHTS:
        raise BaitwatchError(f"there is no such role; use {', '.join(ROLES)}")


def _find(connection: Connection, keyring: Keyring, shop: str, name: str) -> User | None:
    if not shop.isprintable() or not _can_be_name(name):
        return None  # a database may refuse the question itself
    return _first(connection, keyring, _users().where(shops.c.name == shop, users.c.name == name))


def _users() -> _Rows:
    return select(users, shops.c.name.label("shop")).join(shops)


def _first(connection: Connection, keyring: Keyring, query: _Rows) -> User | None:
    row = connection.execute(query).first()
    return None if row is None else _read(keyring, row)


def _read(keyring: Keyring, row: Row[Any]) -> User:
    return User(**row._mapping, genuine=grants.is_genuine(keyring, users, row._mapping))


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
