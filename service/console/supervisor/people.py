"""Who did something, in words: users by their names, keys by their labels."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from service.backend import backend
from service.console.texts import say
from service.store.access import list_keys
from service.store.users import User, list_users

__all__ = ["names"]


def names(connection: Connection, user: User) -> Callable[[str], str]:
    """How those are called whom the access log of this user's shop names."""
    keyring = backend().keys.current()
    known = {each.actor: each.name for each in list_users(connection, keyring, user.shop)}
    keys = {f"key {key.id}": key.label for key in list_keys(connection, keyring, user.shop)}

    def name(actor: str) -> str:
        kind, _, number = actor.partition(" ")
        if actor in known:
            return known[actor]
        if kind == "user":
            return say("actor.gone", number=number)
        if kind == "key":
            return say("actor.key", number=number, label=keys.get(actor) or "–")
        return say("actor.service")

    return name
