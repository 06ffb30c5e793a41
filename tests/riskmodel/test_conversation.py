"""The conversation's types: what the contract allows, what it refuses, and how errors say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import Talk, dialogue, photo, talks

from riskmodel.conversation import Conversation, parse_conversation, parse_draft_request, read_lines
from riskmodel.errors import InputError

SECRET = "13900007777"

FULL: Talk = {
    "conversation_id": "c",
    "platform": "tmall",
    "shop_id": "s",
    "messages": [
        {
            "message_id": "1",
            "sender": "buyer",
            "sent_at": "2026-03-03T10:00:00.5Z",
            "text": "在",
            "attachments": [{**photo(), "size_bytes": 3}],
        },
        {"message_id": "2", "sender": "agent", "sent_at": "2026-03-03T18:00:05+08:00", "text": "嗯"},
    ],
    "buyer": {
        "buyer_id": "b",
        "account_age_days": 0,
        "credit_level": 3,
        "identity_verified": True,
        "orders_in_shop": 2,
        "refunds_in_shop": 1,
        "disputes_in_shop": 0,
        "refused_cod_parcels": 0,
        "good_review_ratio": 0.5,
    },
    "orders": [
        {
            "order_id": "o",
            "placed_at": "2026-03-03T10:01:00+08:00",
            "status": "paid",
            "payment_method": "online",
            "amount": "9.9",
            "ship_to": {
                "province": "浙江",
                "city": "杭州",
                "district": "x",
                "township": "y",
                "detail": "z",
                "recipient": "某",
                "phone": "1",
            },
            "items": [{"sku": "k", "title": "杯", "quantity": 1, "unit_price": "9.90"}],
        }
    ],
    "shop": {
        "timezone": "Asia/Shanghai",
        "same_day_cutoff": "23:59",
        "dispatch_hours": 48,
        "cash_on_delivery": "listed_provinces",
        "cash_on_delivery_provinces": ["浙江"],
        "free_shipping": "none",
        "free_shipping_excluded_provinces": [],
        "unserved_provinces": [],
        "invoice": "extra_charge",
        "carriers": ["中通"],
        "gifts": "none",
        "usual_compensation_yuan": {"same_city": 10, "other_province": 15.5, "high_value": 50},
    },
}


def changed(*path: str | int, to: Any) -> Talk:
    """The full talk with one value, at a path, set or put in its place."""
    talk = deepcopy(FULL)
    owner: Any = talk
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = to
    return talk


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for key, part in value.items():
            yield from objects(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from objects(part, (*path, index))


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("conversation_id",), ""),
    (("conversation_id",), "x" * 129),
    (("platform",), "amazon"),
    (("shop_id",), "x" * 129),
    (("messages",), None),
    (("messages", 0, "message_id"), ""),
    (("messages", 0, "sender"), "Buyer"),
    (("messages", 0, "sent_at"), "2026-03-03 10:00:00+08:00"),
    (("messages", 0, "sent_at"), "2026-03-03T10:00:00"),
    (("messages", 0, "sent_at"), "2026-13-03T10:00:00Z"),
    (("messages", 0, "text"), "字" * 20_001),
    (("messages", 0, "text"), None),
    (("messages", 0, "attachments"), None),
    (("messages", 0, "attachments", 0, "sha256"), "A" * 64),
    (("messages", 0, "attachments", 0, "sha256"), "a" * 63),
    (("messages", 0, "attachments", 0, "name"), "n" * 256),
    (("messages", 0, "attachments", 0, "size_bytes"), -1),
    (("buyer", "account_age_days"), -1),
    (("buyer", "credit_level"), 1.5),
    (("buyer", "orders_in_shop"), "3"),
    (("buyer", "refunds_in_shop"), True),
    (("buyer", "identity_verified"), 1),
    (("buyer", "good_review_ratio"), 1.01),
    (("orders",), None),
    (("orders", 0, "order_id"), ""),
    (("orders", 0, "placed_at"), "yesterday"),
    (("orders", 0, "status"), "lost"),
    (("orders", 0, "payment_method"), "cash"),
    (("orders", 0, "amount"), 9.9),
    (("orders", 0, "amount"), "-1"),
    (("orders", 0, "amount"), "1.234"),
    (("orders", 0, "ship_to", "detail"), "d" * 501),
    (("orders", 0, "ship_to", "phone"), "1" * 33),
    (("orders", 0, "items", 0, "quantity"), 0),
    (("orders", 0, "items", 0, "title"), None),
    (("shop", "same_day_cutoff"), "24:00"),
    (("shop", "same_day_cutoff"), "9:00"),
    (("shop", "dispatch_hours"), -0.5),
    (("shop", "cash_on_delivery"), "some"),
    (("shop", "carriers"), None),
    (("shop", "usual_compensation_yuan", "same_city"), -1),
]


def name_of(case: Any) -> str | None:
    return ".".join(map(str, case)) if isinstance(case, tuple) else None


@pytest.mark.parametrize(("path", "value"), WRONG, ids=name_of)
def test_wrong_value_is_refused_by_name(path: tuple[str | int, ...], value: Any) -> None:
    """A value outside its bounds is refused, and the error's first problem is at its field."""
    with pytest.raises(InputError) as caught:
        parse_conversation(json.dumps(changed(*path, to=value)), line=7)
    assert caught.value.problems[0].field == ".".join(map(str, path))
    assert str(caught.value).startswith("line 7: ")


@pytest.mark.parametrize("path", list(objects(FULL)), ids=name_of)
def test_unknown_field_is_refused_everywhere(path: tuple[str | int, ...]) -> None:
    """No object of a conversation takes a field that the contract does not have."""
    with pytest.raises(InputError, match="unknown field; remove it or check its spelling") as caught:
        parse_conversation(json.dumps(changed(*path, "colour", to=SECRET)))
    assert caught.value.problems[0].field == ".".join(map(str, (*path, "colour")))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("missing", ["conversation_id", "messages"])
def test_required_field_is_asked_for(missing: str) -> None:
    """The two required fields are missed by name; nothing else is."""
    with pytest.raises(InputError) as caught:
        parse_conversation({key: value for key, value in FULL.items() if key != missing})
    assert [problem.field for problem in caught.value.problems] == [missing]
    assert parse_conversation({key: FULL[key] for key in ("conversation_id", "messages")}).buyer is None


# a JSON schema's format only annotates: it refuses no time
BY_SCHEMA = [(path, value) for path, value in WRONG if path[-1] not in ("sent_at", "placed_at")]


@pytest.mark.parametrize(("path", "value"), BY_SCHEMA, ids=name_of)
def test_schema_refuses_the_same(contract: Callable[[str], Talk], path: tuple[str | int, ...], value: Any) -> None:
    """What is refused above is refused by the contract's own schema; formats, which it only annotates, apart."""
    assert not Draft202012Validator(contract("conversation")).is_valid(changed(*path, to=value))


def test_full_talk_is_taken_by_both(contract: Callable[[str], Talk]) -> None:
    """A talk with every field in it fits the contract and is read without loss."""
    Draft202012Validator(contract("conversation")).validate(FULL)
    read = parse_conversation(json.dumps(FULL))
    assert parse_conversation(read.model_dump_json()) == read
    assert set(read.model_dump()) == set(contract("conversation")["properties"])


@given(talk=talks(), data=st.data())
def test_schema_and_types_agree(contract: Callable[[str], Talk], talk: Talk, data: st.DataObject) -> None:
    """A talk with one value replaced at random is taken by both or refused by both."""
    places = []
    for path in objects(talk):
        owner: Any = talk
        for step in path:
            owner = owner[step]
        places.extend((owner, field) for field in owner)
    owner, field = data.draw(st.sampled_from(places))
    if field in ("sent_at", "placed_at", "timezone", "messages"):
        return  # formats, zones that exist and ids that repeat are beyond a schema
    owner[field] = data.draw(
        st.sampled_from([None, "", "x", "7", "7.00", 0, 1, -1, 0.5, 3.0, True, [], {}, ["x"], "x" * 130])
    )
    accepted = Draft202012Validator(contract("conversation")).is_valid(talk)
    try:
        parse_conversation(json.dumps(talk))
    except InputError:
        assert not accepted, (field, owner[field])
    else:
        assert accepted, (field, owner[field])


def test_repeated_message_id_is_refused() -> None:
    """Two messages of one id cannot be told apart in a reason, so the second is refused by its place, not its value."""
    talk = dialogue("b:在", "b:吗", "b:？")
    talk["messages"][2]["message_id"] = talk["messages"][0]["message_id"] = SECRET
    with pytest.raises(InputError, match="message_id of message 2 was used before") as caught:
        parse_conversation(talk)
    assert SECRET not in str(caught.value)


def test_order_of_messages_is_kept() -> None:
    """Messages stand in the order given, also where their times run backwards."""
    talk = dialogue("b:一", "a:二", "b:三")
    for message, moment in zip(talk["messages"], ("10:00", "09:00", "11:00"), strict=True):
        message["sent_at"] = f"2026-03-03T{moment}:00+08:00"
    assert [message.text for message in parse_conversation(talk).messages] == ["一", "二", "三"]


@pytest.mark.parametrize("limit", [5_000, 5_001])
def test_number_of_messages_is_bounded(limit: int) -> None:
    """5,000 messages are read, one more is not."""
    talk = dialogue(*["b:在"] * limit)
    if limit == 5_000:
        assert len(parse_conversation(talk).messages) == limit
    else:
        with pytest.raises(InputError, match="messages"):
            parse_conversation(talk)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "is not valid JSON at column"),
        (b'{"conversation_id": "\\ud800", "messages": []}', "lone surrogate"),
        (b"\xff\xfe", "(whole document)"),
        ('{"conversation_id": "\ud800", "messages": []}', "lone surrogate"),
        (b"[]", "(whole document)"),
    ],
)
def test_what_is_no_conversation_says_so(text: str | bytes, says: str) -> None:
    """Broken JSON, half characters and other documents are errors with words a person can act on."""
    with pytest.raises(InputError) as caught:
        parse_conversation(text)
    assert says in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_many_problems_are_summed_up() -> None:
    """Five problems are told and the rest counted."""
    with pytest.raises(InputError, match=r"; and 4 more$"):
        parse_conversation({"conversation_id": "c", "messages": [], **{f"extra{n}": 1 for n in range(9)}})


def test_lines_are_read_past_the_bad_ones() -> None:
    """A bad line becomes an error with its number; blank lines and a byte order mark are passed over."""
    good = json.dumps(dialogue("b:在")).encode()
    lines = list(read_lines([b"\xef\xbb\xbf" + good, b"  \n", b"{]", good]))
    assert [(line.number, line.error is None) for line in lines] == [(1, True), (3, False), (4, True)]
    assert str(lines[1].error).startswith("line 3: ")
    assert isinstance(lines[2].conversation, Conversation)


def test_draft_request_needs_both_parts() -> None:
    """A draft stands beside its conversation, and neither may be left out or be over-long."""
    assert parse_draft_request({"conversation": FULL, "draft": ""}).draft == ""
    for wrong in ({"conversation": FULL}, {"draft": "x"}, {"conversation": FULL, "draft": "x" * 20_001}):
        with pytest.raises(InputError):
            parse_draft_request(wrong)


def test_zone_is_the_shops_own() -> None:
    """A shop that does not say where it is keeps Shanghai's time; an unknown zone is refused."""
    shop = parse_conversation({**FULL, "shop": {}}).shop
    assert shop is not None
    assert shop.zone.key == "Asia/Shanghai"
    with pytest.raises(InputError, match="IANA"):
        parse_conversation(changed("shop", "timezone", to="Mars/Base"))
