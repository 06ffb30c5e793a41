"""A fresh data key: all opens with it alone, the service goes on meanwhile, and what was broken off is taken up."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from record_case import Case, message, order
from service_time import NOW
from sqlalchemy import Table

from riskmodel.conversation import Buyer, Message, ShopPolicy
from riskmodel.scorer import Scorer
from service.store import rotation
from service.store.engine import Store
from service.store.errors import StoreError
from service.store.keyring import KeyFile, KeyringError
from service.store.rotation import count_sealed, rotate
from service.store.schema import conversations, labels, messages, orders, shops
from service.store.shops import policy_of, set_policy
from service.store.talks import Facts, KeptFacts, TalkStore, context_of
from service.talks import Talks

SEALED: tuple[tuple[Table, str], ...] = (
    (messages, "content"),
    (orders, "content"),
    (conversations, "facts"),
    (conversations, "snapshot"),
    (labels, "reason"),
    (shops, "policy"),
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are read again at once, and few rows are sealed in one go."""
    monkeypatch.setattr("service.store.keyring.REREAD_SECONDS", 0.0)
    monkeypatch.setattr("service.store.rotation.REREAD_SECONDS", 0.05)
    monkeypatch.setattr("service.store.rotation._ROWS", 3)


@pytest.fixture
def filled(case: Case) -> Case:
    for name in ("t", "u"):
        talk = case.add(name, [*(message(number) for number in range(5)), order(), order("shipped")], buyer="张三")
        case.label(talk, f"理由 {name}")
    case.add("v", [])
    with case.store.writing() as connection:
        policy = ShopPolicy(same_day_cutoff="16:00")
        set_policy(connection, case.keyring, case.shop, policy, actor="tests", now=NOW)
    return case


def first_bytes(case: Case) -> set[bytes]:
    """The names of the keys that anything in the store is sealed with."""
    values: list[Any] = [getattr(row, column) for table, column in SEALED for row in case.rows(table)]
    return {value[:4] for value in values if value is not None}


def test_everything_opens_with_the_new_key_alone(filled: Case, keys: KeyFile, store: Store) -> None:
    """Messages, orders, facts, states and the reasons of labels; the old key is gone, the chain is whole."""
    before, sealed, moved = keys.current(), count_sealed(store), []
    filled.seal()
    assert rotate(store, keys, progress=moved.append) == sealed == 22
    filled.keyring = keys.current()
    assert not filled.keyring.knows(before.seal(b"words", "place"))
    assert first_bytes(filled) == {filled.keyring.first}
    assert filled.findings() == []
    assert moved == sorted(moved)
    assert moved[-1] == sealed
    with store.reading() as connection:
        stored = TalkStore(connection, filled.keyring, filled.shop)
        talk = stored.find("u")
        assert talk is not None
        assert [item.message_id for _, item in stored.messages(talk)] == [f"m{number}" for number in range(5)]
        assert stored.orders(talk) == [order("shipped")]
        assert stored.facts(talk) == KeptFacts(buyer=Buyer(buyer_id="张三"))
        assert stored.snapshot(talk) == b"a frozen state"
        assert policy_of(connection, filled.keyring, filled.shop) == ShopPolicy(same_day_cutoff="16:00")
    reasons = {filled.keyring.open(row.reason, context_of("label", talk.talk, 0)) for row in filled.rows(labels)[1:]}
    assert reasons == {"理由 u".encode()}


def test_what_was_broken_off_is_taken_up(
    filled: Case, keys: KeyFile, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle, all opens with the keys that are there; the next call seals all with one."""

    def stop(done: int) -> None:
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(store, keys, progress=stop)
    filled.keyring = keys.current()
    assert len(first_bytes(filled)) == 2
    assert filled.findings() == []
    assert rotate(store, keys) == 22
    filled.keyring = keys.current()
    assert first_bytes(filled) == {filled.keyring.first}
    assert filled.findings() == []


def test_a_second_rotation_at_once_is_refused(filled: Case, keys: KeyFile, store: Store) -> None:
    """It would drop the key that the first one seals with."""
    other = KeyFile(keys.path)

    def again(_done: int) -> None:
        with pytest.raises(KeyringError, match="another command"):
            rotate(store, other)

    rotate(store, keys, progress=again)
    filled.keyring = other.current()
    assert filled.findings() == []


def test_another_process_goes_on(store: Store, keys: KeyFile, shop: int, trained: Scorer) -> None:
    """Talks that are written to meanwhile lose nothing, and all is sealed with the new key in the end."""
    talks = Talks(store, KeyFile(keys.path), lambda: trained, lambda: NOW)
    stop, sent, errors = threading.Event(), [], []

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                item = Message(message_id=f"m{number}", sender="buyer", sent_at=NOW, text=f"第{number}句")
                talks.add_messages(shop, "t", [item])
                sent.append(item)
                number += 1
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            rotate(store, keys)
    finally:
        stop.set()
        writer.join()
    assert errors == []
    assert sent
    case = Case(store, keys.current(), shop)
    assert first_bytes(case) == {case.keyring.first}
    assert talks.conversation(shop, "t").messages == sent
    assert case.findings() == []


def test_a_writer_that_holds_the_old_key_is_awaited(case: Case, keys: KeyFile, store: Store) -> None:
    """What it seals while others are sealed anew is not lost with the key."""
    begun, errors = threading.Event(), []

    def turn() -> None:
        begun.wait()
        try:
            rotate(store, keys)
        except Exception as error:
            errors.append(error)

    case.add("t", [message(1)])
    rotating = threading.Thread(target=turn)
    rotating.start()
    with store.writing() as connection:
        stored = TalkStore(connection, case.keyring, case.shop)
        talk = stored.find("t", lock=True)
        assert talk is not None
        begun.set()
        rotating.join(0.4)
        stored.close(
            stored.with_facts(talk, Facts(buyer=Buyer(buyer_id="张三"))),
            dict.fromkeys(("risk", "band", "action")),
            None,
            "",
        )
    rotating.join()
    assert errors == []
    case.keyring = keys.current()
    assert first_bytes(case) == {case.keyring.first}
    assert case.findings() == []


def test_a_transaction_that_does_not_end_is_said(
    filled: Case, keys: KeyFile, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is dropped then; both keys stay, and the next call goes on."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time, and a limit to waiting")
    monkeypatch.setattr(rotation, "_PATIENCE", 2)
    with store.writing() as connection:
        TalkStore(connection, filled.keyring, filled.shop).find("t", lock=True)
        with pytest.raises(StoreError, match="does not end"):
            rotate(store, keys)
    filled.keyring = keys.current()
    assert filled.findings() == []


def test_a_keyring_of_the_environment_is_only_followed(filled: Case, store: Store, tmp_path: Path) -> None:
    """No key is made or dropped: what the first one has not sealed is sealed anew."""
    text = filled.keyring.rotated().as_json()
    keys = KeyFile(tmp_path / "none.json", text)
    assert rotate(store, keys) == 22
    assert rotate(store, keys) == 0
    assert keys.current().as_json() == text
    filled.keyring = keys.current().only_first()
    assert filled.findings() == []
