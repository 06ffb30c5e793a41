"""``/v1/shop/policy``: what the shop of the key can keep, by which its talks are judged where they bring nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response

from riskmodel.conversation import ShopPolicy
from riskmodel.shop_policy import parse_shop_policy
from service.api.body import read_body
from service.auth import caller, needs
from service.backend import backend
from service.store.shops import policy_of, set_policy

blueprint = Blueprint("shop", __name__, url_prefix="/v1/shop")


@blueprint.get("/policy")
@needs("read")
def read_policy() -> Response:
    """The policy as it was set; an empty one where none is."""
    with backend().store.reading() as connection:
        found = policy_of(connection, backend().keys.current(), caller().shop_id)
    return _shown(found or ShopPolicy())


@blueprint.put("/policy")
@needs("admin")
def write_policy() -> Response:
    """Set the policy in place of the one before, and answer with it; an empty one takes it away. Who did is noted."""
    policy = read_body(parse_shop_policy)
    with backend().store.writing() as connection:
        keyring, now = backend().keys.current(), datetime.now(UTC)
        set_policy(connection, keyring, caller().shop_id, policy, actor=caller().actor, now=now)
    return _shown(policy)


def _shown(policy: ShopPolicy) -> Response:
    return Response(policy.model_dump_json(exclude_defaults=True), content_type="application/json")
