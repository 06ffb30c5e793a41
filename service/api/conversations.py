"""``/v1/conversations``: talks as they happen. What is sent is stored before it is answered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from riskmodel.conversation import Identifier, Message, Order, parse_as
from riskmodel.errors import FieldProblem, InputError
from riskmodel.model.bands import ACTIONS
from service.api.body import read_body
from service.auth import caller, needs
from service.backend import backend
from service.store.access import log_access
from service.store.talks import Cursor, Facts, Talk, TalkStore

blueprint = Blueprint("conversations", __name__, url_prefix="/v1/conversations")

MOST_AT_ONCE = 1_000
_PAGE, _LARGEST_PAGE = 50, 500


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Messages(_Strict):
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_AT_ONCE)]


class _Orders(_Strict):
    orders: Annotated[list[Order], Field(min_length=1, max_length=MOST_AT_ONCE)]


class _Name(_Strict):
    conversation_id: Identifier


@blueprint.post("/<conversation_id>/messages")
@needs("score")
def add_messages(conversation_id: str) -> Response:
    """Take one message, or several in ``{"messages": […]}``, and answer with the Assessment after each."""
    many, messages = _one_or_many("messages", Message, _Messages)
    found = backend().talks.add_messages(caller().shop_id, _named(conversation_id), messages)
    return jsonify({"assessments": found} if many else found[0])


@blueprint.post("/<conversation_id>/orders")
@needs("score")
def add_orders(conversation_id: str) -> Response:
    """Take one order, or several in ``{"orders": […]}``, new or changed, and answer with the Assessment after each."""
    many, orders = _one_or_many("orders", Order, _Orders)
    found = backend().talks.add_orders(caller().shop_id, _named(conversation_id), orders)
    return jsonify({"assessments": found} if many else found[0])


@blueprint.put("/<conversation_id>/facts")
@needs("score")
def set_facts(conversation_id: str) -> Response:
    """Say what is known of the buyer and what the shop can keep; answers with the Assessment as it is with that."""
    facts = read_body(lambda body: parse_as(Facts, body))
    return jsonify(backend().talks.set_facts(caller().shop_id, _named(conversation_id), facts))


@blueprint.get("")
@needs("read")
def list_conversations() -> Response:
    """The talks of the shop by their last change, the latest first, without their words."""
    limit, bands = _limit(), request.args.getlist("band")
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
    name = _named(conversation_id)
    found = backend().talks.conversation(caller().shop_id, name)
    with backend().store.writing() as connection:
        stored = TalkStore(connection, backend().keys.current(), caller().shop_id)
        talk = stored.find(name)
        log_access(
            connection, caller().shop_id, caller().actor, "read", at=datetime.now(UTC), talk=talk.talk if talk else None
        )
    return Response(found.model_dump_json(exclude_none=True), content_type="application/json")


@blueprint.get("/<conversation_id>/assessments")
@needs("read")
def list_assessments(conversation_id: str) -> Response:
    """The Assessments of a talk in order, each with the position of what it came after."""
    limit = _limit()
    after = request.args.get("cursor", "")
    if after and not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise _bad_cursor()
    found = backend().talks.assessments(
        caller().shop_id, _named(conversation_id), after=int(after) if after else -1, limit=limit + 1
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
            content = from_json(body)
        except ValueError:
            content = None  # said by the parser below
        if isinstance(content, dict) and field in content:
            items = getattr(parse_as(several, body), field)
            _see_storable({f"{field}.{number}.{name}": getattr(item, name) for number, item in enumerate(items)})
            return True, items
        item = parse_as(one, body)
        _see_storable({name: getattr(item, name)})
        return False, [item]

    name = f"{field[:-1]}_id"
    return read_body(parse)


def _named(conversation_id: str) -> str:
    name = parse_as(_Name, {"conversation_id": conversation_id}).conversation_id
    _see_storable({"conversation_id": name})
    return name


def _see_storable(ids: Mapping[str, str]) -> None:
    """Refuse ids, by their fields, that not every database can store: PostgreSQL knows no U+0000."""
    wrong = [FieldProblem(field, "must not hold the character U+0000") for field, name in ids.items() if "\0" in name]
    if wrong:
        raise InputError(wrong)


def _limit() -> int:
    text = request.args.get("limit", str(_PAGE))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= _LARGEST_PAGE):
        raise InputError([FieldProblem("limit", f"must be a number from 1 to {_LARGEST_PAGE}")])
    return int(text)


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
        cursor = Cursor(datetime.fromisoformat(moment), int(number))
    except (ValueError, binascii.Error, UnicodeError):
        raise _bad_cursor() from None
    # those that are given are in UTC; at the ends of the calendar other zones have none
    if cursor.changed_at.tzinfo is None or cursor.changed_at.utcoffset() or not 0 <= cursor.id < 2**63:
        raise _bad_cursor()
    return cursor


def _bad_cursor() -> InputError:
    return InputError([FieldProblem("cursor", "is not one that was given; begin without a cursor")])
