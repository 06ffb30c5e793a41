"""The audit: whatever is changed behind the program's back, the first row that is not as it arrived is named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from record_case import KEY, Case, message, order
from service_time import NOW
from sqlalchemy import Table, delete, insert, update

from service.store.access import find_or_make_shop
from service.store.audit import ERASED, Finding, audit_shop
from service.store.keyring import Keyring
from service.store.record import Entry, next_link
from service.store.schema import conversations, entries, heads, messages, orders
from service.store.seal import prove, seal_log
from service.store.talks import Talk

# what the tests find in the store: talk "a" has five entries (a message, an order, it again, two messages), "b" two
# messages and "c", which came after the last head, one; by kind and number in the order of arrival
Rows = dict[str, list[Any]]
Tampering = Callable[[Case, Rows], tuple[str, int]]
TAMPERINGS: dict[str, Tampering] = {}


def tampering(name: str) -> Callable[[Tampering], Tampering]:
    def note(how: Tampering) -> Tampering:
        TAMPERINGS[name] = how
        return how

    return note


def flipped(value: bytes, at: int) -> bytes:
    return bytes([*value[:at], value[at] ^ 1, *value[at + 1 :]])


def change(table: Table, row: Any, **values: Any) -> Any:
    return update(table).where(table.c.id == row.id).values(values)


def drop(table: Table, *rows: Any) -> Any:
    return delete(table).where(table.c.id.in_([row.id for row in rows]))


for _at in (0, 4, 20, -1):

    @tampering(f"a byte of a message's content, at {_at}")
    def _(case: Case, found: Rows, at: int = _at) -> tuple[str, int]:
        row = found["messages"][1]
        case.run(change(messages, row, content=flipped(row.content, at % len(row.content))))
        return "messages", row.id


@tampering("a message's content cut off")
def _(case: Case, found: Rows) -> tuple[str, int]:
    row = found["messages"][1]
    case.run(change(messages, row, content=row.content[:7]))
    return "messages", row.id


@tampering("an order's content")
def _(case: Case, found: Rows) -> tuple[str, int]:
    row = found["orders"][0]
    case.run(change(orders, row, content=flipped(row.content, 20)))
    return "orders", row.id


for _name, _values in {
    "commitment": {"commitment": bytes(32)},
    "link": {"link": bytes(32)},
    "received_at": {"received_at": NOW - timedelta(days=1)},
    "kind": {"kind": "message"},
    "kind that says it was erased": {"kind": ERASED},
    "talk": {"talk": "ab" * 16},
}.items():

    @tampering(f"an entry's {_name}")
    def _(case: Case, found: Rows, values: Any = _values) -> tuple[str, int]:
        row = found["entries"][1]
        case.run(change(entries, row, **values))
        # an entry that left its talk is missed there, unless its new talk comes first
        ahead = values.get("talk", row.talk) < row.talk
        return "entries", row.id if "talk" not in values or ahead else found["entries"][2].id


@tampering("an entry's position")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(entries, found["entries"][1], position=9))
    return "entries", found["entries"][2].id


@tampering("a deleted message")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(messages, found["messages"][0]))
    return "entries", found["entries"][0].id


@tampering("a deleted order")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(orders, found["orders"][0]))
    return "entries", found["entries"][1].id


@tampering("a deleted entry in the middle")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(entries, found["entries"][1]))
    return "entries", found["entries"][2].id


@tampering("a deleted entry and its message at the beginning")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(entries, found["entries"][0]), drop(messages, found["messages"][0]))
    return "entries", found["entries"][1].id


@tampering("a deleted entry at the end")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(entries, found["entries"][4]))
    return "entries", found["entries"][3].id


@tampering("the end of a talk, with its counters set back")
def _(case: Case, found: Rows) -> tuple[str, int]:
    before = found["entries"][3]
    case.run(
        drop(entries, found["entries"][4]),
        drop(messages, found["messages"][2]),
        change(conversations, found["conversations"][0], entries=4, messages=2, link=before.link),
    )
    return "conversations", found["conversations"][0].id  # its snapshot is of later


@tampering("the end of a talk, with its counters set back and its snapshot taken away")
def _(case: Case, found: Rows) -> tuple[str, int]:
    before = found["entries"][3]
    case.run(
        drop(entries, found["entries"][4]),
        drop(messages, found["messages"][2]),
        change(
            conversations,
            found["conversations"][0],
            entries=4,
            messages=2,
            link=before.link,
            snapshot=None,
            snapshot_at=0,
        ),
    )
    return "entries", found["entries"][5].id  # the next in the log misses it


@tampering("an inserted entry and message")
def _(case: Case, found: Rows) -> tuple[str, int]:
    talk, last = found["conversations"][0], found["entries"][4]
    entry = Entry(talk.talk, 5, "message", NOW, bytes(32))
    number = last.id + 100
    case.run(
        insert(entries).values(
            {**entry._asdict(), "id": number, "shop_id": case.shop, "link": next_link(Keyring.new(), last.link, entry)}
        ),
        change(conversations, talk, entries=6, messages=4),
    )
    return "entries", number


@tampering("an inserted copy of an entry")
def _(case: Case, found: Rows) -> tuple[str, int]:
    last = found["entries"][4]
    number = last.id + 100
    case.run(insert(entries).values({**last._asdict(), "id": number, "position": 5, "place": None}))
    return "entries", number


@tampering("an inserted message")
def _(case: Case, found: Rows) -> tuple[str, int]:
    row = found["messages"][0]
    number = row.id + 100
    case.run(insert(messages).values({**row._asdict(), "id": number, "position": 7, "message_id": "m9"}))
    return "messages", number


@tampering("swapped contents of two messages")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["messages"][:2]
    case.run(change(messages, one, content=two.content), change(messages, two, content=one.content))
    return "messages", one.id


@tampering("swapped positions of two messages")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["messages"][:2]
    case.run(
        change(messages, one, position=100),
        change(messages, two, position=one.position),
        change(messages, one, position=two.position),
    )
    return "messages", two.id  # it stands in the first place now


@tampering("contents moved between two talks")
def _(case: Case, found: Rows) -> tuple[str, int]:
    mine, theirs = found["messages"][0], found["messages"][3]
    case.run(change(messages, theirs, content=mine.content))
    return "messages", theirs.id


@tampering("a message's id")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(messages, found["messages"][0], message_id="m77"))
    return "messages", found["messages"][0].id


@tampering("a message's mark")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(messages, found["messages"][0], mark=found["messages"][1].mark))
    return "messages", found["messages"][0].id


@tampering("an order's id")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(orders, found["orders"][0], order_id="o77"))
    return "orders", found["orders"][0].id


@tampering("which order is the latest")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(orders, found["orders"][0], latest=True), change(orders, found["orders"][1], latest=False))
    return "orders", found["orders"][0].id


@tampering("a talk's row removed")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(conversations, found["conversations"][0]))
    return "entries", found["entries"][4].id


@tampering("a talk's entries removed")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(entries, *found["entries"][:5]))
    return "conversations", found["conversations"][0].id


for _column, _value in {"entries": 9, "link": bytes(32), "messages": 9}.items():

    @tampering(f"a talk's {_column}")
    def _(case: Case, found: Rows, column: str = _column, value: Any = _value) -> tuple[str, int]:
        case.run(change(conversations, found["conversations"][0], **{column: value}))
        if column == "messages":
            return "conversations", found["conversations"][0].id
        return "entries", found["entries"][4].id


@tampering("swapped ids of two talks")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["conversations"][:2]
    case.run(
        change(conversations, one, conversation_id="other"),
        change(conversations, two, conversation_id=one.conversation_id),
        change(conversations, one, conversation_id=two.conversation_id),
    )
    return "conversations", min((one, two), key=lambda row: row.talk).id


@tampering("the facts of one talk in another")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["conversations"][:2]
    case.run(change(conversations, two, facts=one.facts, buyer=one.buyer))
    return "conversations", two.id


@tampering("the snapshot of one talk in another")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["conversations"][:2]
    case.run(change(conversations, two, snapshot=one.snapshot, snapshot_at=one.snapshot_at))
    return "conversations", two.id


@tampering("a snapshot said to be of a later moment")
def _(case: Case, found: Rows) -> tuple[str, int]:
    row = found["conversations"][0]
    case.run(change(conversations, row, snapshot_at=row.snapshot_at - 1))
    return "conversations", row.id


@tampering("a talk linked to another buyer")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(conversations, found["conversations"][0], buyer=found["conversations"][1].buyer))
    return "conversations", found["conversations"][0].id


@tampering("a talk linked to no buyer")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(conversations, found["conversations"][0], buyer=None))
    return "conversations", found["conversations"][0].id


for _name, _values in {
    "root": {"root": bytes(32)},
    "peaks": {"peaks": bytes(32)},
    "signature": {"signature": bytes(64)},
    "size, smaller": {"size": 2},
    "size, larger": {"size": 5},
    "time": {"signed_at": NOW + timedelta(days=1)},
    "key": {"key": "0" * 64},
}.items():

    @tampering(f"a head's {_name}")
    def _(case: Case, found: Rows, values: Any = _values) -> tuple[str, int]:
        case.run(change(heads, found["heads"][0], **values))
        return "heads", found["heads"][0].id


@tampering("the last head's size, beyond the log")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(heads, found["heads"][1], size=8))
    return "heads", found["heads"][1].id


@tampering("the last head removed")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(drop(heads, found["heads"][1]))
    return "entries", found["entries"][4].id


@tampering("a place taken away")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(entries, found["entries"][1], place=None))
    return "entries", found["entries"][2].id


@tampering("a place given before a head does")
def _(case: Case, found: Rows) -> tuple[str, int]:
    case.run(change(entries, found["entries"][7], place=7))
    return "entries", found["entries"][7].id


@tampering("two places swapped under one head")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["entries"][4:6]
    case.run(
        change(entries, one, place=100), change(entries, two, place=one.place), change(entries, one, place=two.place)
    )
    return "entries", one.id


@tampering("two places swapped across heads")
def _(case: Case, found: Rows) -> tuple[str, int]:
    one, two = found["entries"][3:5]
    case.run(
        change(entries, one, place=100), change(entries, two, place=one.place), change(entries, one, place=two.place)
    )
    return "heads", found["heads"][0].id


@pytest.fixture
def filled(case: Case) -> Case:
    case.add("a", [message(1), order(), order("shipped"), message(2)], buyer="张三")
    case.seal()
    case.add("a", [message(3)])
    case.add("b", [message(1), message(2)], buyer="李四")
    case.seal(1)
    case.add("c", [message(1)])
    return case


def everything(case: Case) -> Rows:
    return {table.name: case.rows(table) for table in (conversations, entries, messages, orders, heads)}


def test_an_untouched_store_has_no_findings(filled: Case, case: Case) -> None:
    """Sealed or not, with orders that change and talks without entries."""
    assert filled.findings() == []
    case.add("d", [], buyer="王五")
    case.seal(2)
    assert case.findings() == []


@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_first_altered_row_is_named(filled: Case, name: str) -> None:
    """Whatever was done, the first finding is the row, and its text says where it is."""
    found = everything(filled)
    table, number = TAMPERINGS[name](filled, found)
    first, *_ = filled.findings()
    assert (first.table, first.row) == (table, number), str(first)
    assert f"{table} row {number}" in str(first)


def test_heads_of_another_key_are_named(filled: Case) -> None:
    """Who has no signing key cannot make a head; without a key to check against, signatures are left."""
    other = Ed25519PrivateKey.generate()
    with filled.store.writing() as connection:
        seal_log(connection, filled.shop, other, NOW)
    (found,) = filled.findings()
    assert (found.table, found.what) == ("heads", "not signed by the signing key of this home")
    with filled.store.reading() as connection:
        assert list(audit_shop(connection, filled.shop, filled.keyring)) == []


def test_another_keyring_finds_the_first_row(filled: Case) -> None:
    """Links made with one keyring do not fit another."""
    with filled.store.reading() as connection:
        first, *_ = audit_shop(connection, filled.shop, Keyring.new(), KEY.public_key())
    assert first.table == "entries"
    assert first.position == 0


def test_a_talk_moved_to_another_shop_is_named_in_both(filled: Case) -> None:
    """The name of a talk is of its shop: moved, it fits no more; in the log of the first shop it is missed."""
    with filled.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    talk = filled.rows(conversations)[1]
    filled.run(
        change(conversations, talk, shop_id=other),
        update(entries).where(entries.c.talk == talk.talk).values(shop_id=other, place=None),
    )
    (mine,) = filled.findings()
    assert "covers 7 entries, and there are 5" in mine.what
    filled.shop = other
    first, *_ = filled.findings()
    assert (first.table, first.row) == ("conversations", talk.id)


def test_a_finding_says_where() -> None:
    """Table and row, and for an entry its talk and position; nothing of what it holds."""
    assert (
        str(Finding("altered", "messages", 7, "ab" * 16, 2))
        == f"messages row 7 (talk {'ab' * 16}, position 2): altered"
    )
    assert str(Finding("gone", "heads", None)) == "heads: gone"


def test_an_audit_sees_one_state_while_the_service_writes(case: Case) -> None:
    """Talks that go on, heads that are signed and erasures meanwhile are no findings."""
    stop, errors = threading.Event(), []

    def write(name: str) -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                case.add(name, [message(number), order(str(("paid", "shipped")[number % 2]))])
        except Exception as error:
            errors.append(error)

    case.add("t", [message(0)])
    threads = [threading.Thread(target=write, args=[name]) for name in ("t", "u")]
    for thread in threads:
        thread.start()
    try:
        for number in range(8):
            case.seal(number)
            assert case.findings() == []
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []


def test_proofs_stay_when_another_talk_is_altered(filled: Case) -> None:
    """What is wrong in one talk takes nothing from the proof of another."""
    found = everything(filled)
    TAMPERINGS["a message's content cut off"](filled, found)
    talk = Talk(*found["conversations"][1])
    with filled.store.reading() as connection:
        assert sorted(prove(connection, filled.shop, talk.talk, 7)) == [0, 1]
