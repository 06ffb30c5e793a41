"""``/v1/conversations``: talks as they happen. What is sent is stored before it is answered."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import from_json

from riskmodel.conversation import Identifier, Message, Order, parse_as
from riskmodel.errors import FieldProblem, InputError
from riskmodel.model.bands import ACTIONS
from service.api.body import read_body
from service.api.query import bad_cursor, named, number_cursor, page_size, see_query, sought
from service.auth import caller, needs
from service.backend import backend
from service.growth import WITH_NUL
from service.store.access import log_access
from service.store.talks import Cursor, Facts, Talk, TalkStore

blueprint = Blueprint("conversations", __name__, url_prefix="/v1/conversations")

MOST_AT_ONCE = 1_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _storable(name: str) -> str:
    if "\0" in name:
        raise ValueError(WITH_NUL)
    return name


StoredName = Annotated[Identifier, AfterValidator(_storable), Field(json_schema_extra={"pattern": "^[^\\x00]*$"})]


class StoredMessage(Message):
    """One message, its text as the platform delivered it, under an id that can be stored."""

    message_id: StoredName


class StoredOrder(Order):
    """One order as the shop knows it, under an id that can be stored."""

    order_id: StoredName


class Messages(_Strict):
    """Several messages in the order of the talk."""

    messages: Annotated[list[StoredMessage], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Orders(_Strict):
    """Several orders, new or changed."""

    orders: Annotated[list[StoredOrder], Field(min_length=1, max_length=MOST_AT_ONCE)]


@blueprint.post("/<conversation_id>/messages")
@needs("score")
def add_messages(conversation_id: str) -> Response:
    """Take one message, or several in ``{"messages": […]}``, and answer with the Assessment after each."""
    many, messages = _one_or_many("messages", StoredMessage, Messages)
    found = backend().talks.add_messages(caller().shop_id, named(conversation_id), messages)
    return jsonify({"assessments": found} if many else found[0])


@blueprint.post("/<conversation_id>/orders")
@needs("score")
def add_orders(conversation_id: str) -> Response:
    """Take one order, or several in ``{"orders": […]}``, new or changed, and answer with the Assessment after each."""
    many, orders = _one_or_many("orders", StoredOrder, Orders)
    found = backend().talks.add_orders(caller().shop_id, named(conversation_id), orders)
    return jsonify({"assessments": found} if many else found[0])


@blueprint.put("/<conversation_id>/facts")
@needs("score")
def set_facts(conversation_id: str) -> Response:
    """Say what is known of the buyer and what the shop can keep; answers with the Assessment as it is with that."""
    facts = read_body(lambda body: parse_as(Facts, body))
    return jsonify(backend().talks.set_facts(caller().shop_id, named(conversation_id), facts))


@blueprint.get("")
@needs("read")
def list_conversations() -> Response:
    """The talks of the shop by their last change, the latest first, without their words."""
    see_query("limit", "cursor", "band")
    limit, bands = page_size(), request.args.getlist("band")
    if any(band not in ACTIONS for band in bands):
        raise InputError([FieldProblem("band", f"unknown; use {', '.join(ACTIONS)}")])
    cursor = request.args.get("cursor")
    with backend().store.reading() as connection:
        stored = TalkStore(connection, backend().keys.current(), caller().shop_id)
        found = stored.page(limit + 1, after=_read_cursor(cursor) if cursor else None, bands=bands)
    shown = found[:limit]
    following = _cursor(shown[-1]) if len(found) > limit else None
    return jsonify({"conversations": [_summary(talk) for talk in shown], "next_cursor": following})


@blueprint.get("/<conversation_id>")
@needs("read")
def read_conversation(conversation_id: str) -> Response:
    """The talk as the contract writes it; who looked at it is noted."""
    talk, found = backend().talks.named_conversation(caller().shop_id, sought(conversation_id))
    with backend().store.writing() as connection:
        log_access(connection, caller().shop_id, caller().actor, "read", at=datetime.now(UTC), talk=talk)
    return Response(found.model_dump_json(exclude_none=True), content_type="application/json")


@blueprint.get("/<conversation_id>/assessments")
@needs("read")
def list_assessments(conversation_id: str) -> Response:
    """The Assessments of a talk in order, each with the position of what it came after."""
    see_query("limit", "cursor")
    limit = page_size()
    after = number_cursor()
    found = backend().talks.assessments(
        caller().shop_id, sought(conversation_id), after=-1 if after is None else after, limit=limit + 1
    )
    shown = found[:limit]
    rows = [
        {"position": item.position, "made_at": item.made_at.isoformat(), "assessment": item.assessment}
        for item in shown
    ]
    return jsonify({"assessments": rows, "next_cursor": str(shown[-1].position) if len(found) > limit else None})


def _one_or_many(field: str, one: type[Any], several: type[Any]) -> tuple[bool, list[Any]]:
    """What the body holds: one thing, or several under the name of the field."""

    def parse(body: bytes) -> tuple[bool, list[Any]]:
        try:
            return False, [parse_as(one, body)]
        except InputError:
            if not _holds(body, field):
                raise
        return True, getattr(parse_as(several, body), field)

    return read_body(parse)


def _holds(body: bytes, field: str) -> bool:
    try:
        content = from_json(body)
    except ValueError:
        return False
    return isinstance(content, dict) and field in content


def _summary(talk: Talk) -> dict[str, Any]:
    return {
        "conversation_id": talk.conversation_id,
        "messages": talk.messages,
        "risk": talk.risk,
        "band": talk.band,
        "action": talk.action,
        "made_at": talk.made_at.isoformat(),
        "changed_at": talk.changed_at.isoformat(),
    }


def _cursor(talk: Talk) -> str:
    return base64.urlsafe_b64encode(f"{talk.changed_at.isoformat()} {talk.id}".encode()).decode("ascii")


def _read_cursor(text: str) -> Cursor:
    try:
        moment, number = base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii").split(" ")
        changed_at = datetime.fromisoformat(moment)
        cursor = Cursor(changed_at.astimezone(UTC), int(number))
    except (ValueError, OverflowError, binascii.Error, UnicodeError):
        raise bad_cursor() from None
    if changed_at.tzinfo is None or not 0 <= cursor.id < 2**63:
        raise bad_cursor()
    return cursor
