"""API keys of the shop: each is shown once, when it is made, and can be revoked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from riskmodel.conversation import ShopPolicy
from service.backend import backend
from service.console import sessions
from service.console.blueprint import blueprint, needs
from service.console.page import write_page
from service.console.texts import say
from service.store.access import SCOPES, create_key, list_keys, log_access, revoke_key
from service.store.errors import NotFoundError

__all__ = ["register"]


def register() -> None:
    """Add these pages."""
    blueprint.get("/setup/keys")(api_keys)
    blueprint.post("/setup/keys")(make_key)
    blueprint.post("/setup/keys/revoke")(take_key)


@needs("keys")
def api_keys() -> Response:
    """The keys of the shop, without the keys themselves, and the form for another."""
    return _list()


@needs("keys")
def make_key() -> Response:
    """Make a key and show it; nowhere else can it be seen again."""
    user, now = sessions.user(), datetime.now(UTC)
    label, scopes = request.form.get("label", "").strip(), request.form.getlist("scope")
    if not scopes or not set(scopes) <= set(SCOPES):
        return _list(422, problem=say("keys.problem_scope"), label=label, chosen=scopes)
    if len(label) > 128 or not label.isprintable():
        return _list(422, problem=say("keys.problem_label"), label=label, chosen=scopes)
    here = backend()
    with here.store.writing() as connection:
        made = create_key(connection, here.keys.current(), user.shop_id, scopes, label=label, now=now)
        log_access(connection, user.shop_id, user.actor, "key made", at=now)
    return _list(made=made)


@needs("keys")
def take_key() -> ResponseReturnValue:
    """Make a key useless, for good."""
    user, now, text = sessions.user(), datetime.now(UTC), request.form.get("key", "")
    here = backend()
    with here.store.writing() as connection:
        known = {str(key.id): key.id for key in list_keys(connection, here.keys.current(), user.shop)}
        if text not in known:
            raise NotFoundError("there is no such key in this shop")
        revoke_key(connection, here.keys.current(), known[text], now)
        log_access(connection, user.shop_id, user.actor, "key revoked", at=now)
    session["note"] = "key_revoked"
    return redirect(url_for("console.api_keys"), 303)


def _list(status: int = 200, **values: Any) -> Response:
    here = backend()
    with here.store.reading() as connection:
        found = list_keys(connection, here.keys.current(), sessions.user().shop)
    given: dict[str, Any] = {"made": None, "problem": None, "label": "", "chosen": ["score"], **values}
    newest_first = sorted(found, key=lambda key: (key.revoked_at is not None, -key.id))
    return write_page("setup/keys", status, keys=newest_first, scopes=SCOPES, zone=ShopPolicy().zone, **given)
