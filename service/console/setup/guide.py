"""The first steps, each with whether it is done: model, policy, a talk; then people and keys."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response

from riskmodel.errors import ModelError
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.model import scorer
from service.store.access import list_keys
from service.store.open_talks import last_talk
from service.store.shops import policy_of
from service.store.users import list_users

__all__ = ["Step", "register"]


class Step(NamedTuple):
    """A step: its name, whether it is done, the page where it is done, and whether one can do without it."""

    name: str
    done: bool
    view: str | None
    optional: bool = False


def register() -> None:
    """Add these pages."""
    blueprint.get("/setup")(setup)


@needs("settings")
def setup() -> Response:
    """What is done and what comes next."""
    user, here = sessions.user(), backend()
    with here.store.reading() as connection:
        keyring = here.keys.current()
        policy = policy_of(connection, keyring, user.shop_id)
        last = last_talk(connection, user.shop_id)
        people = [each for each in list_users(connection, keyring, user.shop) if each.disabled_at is None]
        keys = [each for each in list_keys(connection, keyring, user.shop) if each.revoked_at is None]
    steps = [
        Step("model", _has_model(), None),
        Step("policy", policy is not None, "policy"),
        Step("talk", last is not None, "paste" if "replies" in user.rights else None),
        Step("people", len(people) > 1, "people" if "users" in user.rights else None, optional=True),
        Step("keys", bool(keys), "api_keys" if "keys" in user.rights else None, optional=True),
    ]
    following = next((step.name for step in steps if not step.done and not step.optional), None)
    shown = last if "talks" in user.rights else None
    return write_page("setup/guide", steps=steps, following=following, last=shown)


def _has_model() -> bool:
    try:
        scorer()
    except ModelError:
        return False
    return True
