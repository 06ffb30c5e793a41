"""The log under signed heads: it only grows, and its proofs need nothing but what is public."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from record_case import KEY, Case, leaf_of, message
from service_time import NOW
from sqlalchemy import event, select

from service.store.access import find_or_make_shop
from service.store.merkle import is_included, root
from service.store.record import Entry, next_link
from service.store.schema import conversations, entries, heads
from service.store.seal import Head, head_data, latest_head, leaves, prove, seal_log, unsealed_shops


def test_nothing_is_sealed_where_nothing_came(case: Case) -> None:
    """A shop without entries has no head."""
    with case.store.writing() as connection:
        assert seal_log(connection, case.shop, KEY, NOW) is None
        assert latest_head(connection, case.shop) is None
        assert unsealed_shops(connection, NOW) == []


def test_heads_grow(case: Case) -> None:
    """Each head covers all before it, in the order of arrival; without anything new there is no new head."""
    first_leaves: list[bytes] = []
    for number in range(6):
        case.add(f"t{number % 2}", [message(10 * number + more) for more in range(number + 1)])
        head = case.seal(number)
        with case.store.reading() as connection:
            found = list(leaves(connection, case.shop, head.size))
        assert found[: len(first_leaves)] == first_leaves
        assert (len(found), root(found)) == (head.size, head.root)
        first_leaves = found
    assert case.seal(9) == head
    assert [row.size for row in case.rows(heads)] == [1, 3, 6, 10, 15, 21]
    assert [row.place for row in case.rows(entries)] == list(range(21))
    assert case.findings() == []


def test_what_is_not_sealed_is_known_by_its_age(case: Case) -> None:
    """A shop is due when its oldest entry without a head is old enough."""
    case.add("t", [message(1)])
    with case.store.reading() as connection:
        assert unsealed_shops(connection, NOW - timedelta(seconds=1)) == []
        assert unsealed_shops(connection, NOW) == [case.shop]
    case.seal()
    with case.store.reading() as connection:
        assert unsealed_shops(connection, NOW) == []


def test_a_talk_is_proved_with_public_data_alone(case: Case) -> None:
    """Whoever has the entries, the proofs, the head as given out and the public key can check all of a talk."""
    mine = case.add("t", [message(1), message(2)])
    case.add("u", [message(1)])
    case.add("t", [message(3)])
    head = case.seal()
    case.add("t", [message(4)])
    with case.store.reading() as connection:
        rows = list(connection.execute(select(entries).where(entries.c.talk == mine.talk)))
        proofs = prove(connection, case.shop, mine.talk, head.size)
    public = json.loads(json.dumps(head.as_dict("甲店")))
    key = Ed25519PublicKey.from_public_bytes(KEY.public_key().public_bytes_raw())
    signed = {"log": public["shop"], "version": 1} | {name: public[name] for name in ("root", "signed_at", "size")}
    data = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    key.verify(bytes.fromhex(public["signature"]), data)
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(public["signature"]), data.replace(b'"size":4', b'"size":5'))
    assert sorted(proofs) == [0, 1, 2], "what came after the head is left out"
    for row in rows[:3]:
        place, proof = proofs[row.position]
        assert is_included(leaf_of(row), place, public["size"], proof, bytes.fromhex(public["root"]))
        later = Entry.of(row)._replace(received_at=NOW + timedelta(seconds=1))
        assert not is_included(later.leaf, place, public["size"], proof, bytes.fromhex(public["root"]))


def test_proofs_are_of_one_shop(case: Case) -> None:
    """Another shop's log has another size and root, and no proof of this talk."""
    talk = case.add("t", [message(1)])
    size = case.seal().size
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
        assert prove(connection, other, talk.talk, size) == {}
        assert seal_log(connection, other, KEY, NOW) is None


def test_a_head_is_signed_for_its_shop_and_time() -> None:
    """The bytes that are signed name the log, and the time in UTC."""
    data = json.loads(head_data("甲店", 7, bytes(32), NOW))
    assert data == {
        "log": "甲店",
        "root": "00" * 32,
        "signed_at": NOW.isoformat(timespec="microseconds"),
        "size": 7,
        "version": 1,
    }


def test_two_who_seal_at_once_make_one_log(case: Case) -> None:
    """Each entry gets one place, and each head is true, while talks go on."""
    errors: list[Exception] = []

    def seal() -> None:
        try:
            for number in range(8):
                case.seal(number)
        except Exception as error:
            errors.append(error)

    def write(name: str) -> None:
        try:
            for number in range(12):
                case.add(name, [message(number)])
        except Exception as error:
            errors.append(error)

    case.add("t", [message(99)])
    threads = [threading.Thread(target=seal) for _ in range(2)]
    threads += [threading.Thread(target=write, args=[name]) for name in ("t", "u")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case.seal(9)
    assert errors == []
    assert sorted(row.place for row in case.rows(entries)) == list(range(25))
    assert case.findings() == []


def test_a_writer_that_was_slow_comes_under_a_later_head(case: Case) -> None:
    """An entry with a lower number may be seen only after a head was signed; its place is after that head's."""
    if case.store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    slow = case.add("slow", [message(1)])
    case.seal()
    with case.store.writing() as connection:
        entry = Entry(slow.talk, 1, "message", NOW, bytes(32))
        row = {**entry._asdict(), "shop_id": case.shop, "link": next_link(case.keyring, slow.link, entry)}
        late = connection.execute(entries.insert().values(row).returning(entries.c.id)).scalar_one()
        case.add("quick", [message(1)])
        assert case.seal(1).size == 2, "who seals does not wait for writers"
        connection.execute(
            conversations.update().where(conversations.c.id == slow.id).values(entries=2, messages=2, link=row["link"])
        )
    case.seal(2)
    places = {row.id: row.place for row in case.rows(entries)}
    assert places == {late - 1: 0, late: 2, late + 1: 1}
    (only,) = case.findings()
    assert only.what == "its content is missing", "the order of places is no finding"


def test_sealing_costs_what_is_new(case: Case) -> None:
    """However long the log is, only entries without a place are read."""
    case.add("t", [message(number) for number in range(40)])
    case.seal()
    case.add("u", [message(1)])
    read: list[int] = []

    @event.listens_for(case.store.engine, "after_cursor_execute")
    def count(_connection: object, cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith("UPDATE ENTRIES"):
            read.append(cursor.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types a result, the driver gives a cursor

    assert isinstance(case.seal(1), Head)
    assert read == [1]
