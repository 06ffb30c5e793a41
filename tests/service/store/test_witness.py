"""Heads that are kept outside the database: whoever sets all of it back to an earlier state is found out."""

from __future__ import annotations

import json
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from record_case import KEY, Case, message
from service_time import NOW
from sqlalchemy import delete, insert, make_url, select, update

from service.store.access import find_or_make_shop
from service.store.schema import conversations, entries, heads, messages
from service.store.seal import seal_log
from service.store.witness import Witness, WitnessError, missing


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "heads" / "store.json")


def lost(case: Case, witness: Witness) -> list[str]:
    """The shops that were set back."""
    kept = witness.read()
    with case.store.reading() as connection:
        return list(missing(connection, kept))


def saved(case: Case) -> dict[str, list[dict[str, object]]]:
    """All rows of the tables that a rollback of a shop's record touches."""
    tables = (conversations, entries, messages, heads)
    with case.store.reading() as connection:
        return {table.name: [row._asdict() for row in connection.execute(select(table))] for table in tables}


def set_back(case: Case, before: dict[str, list[dict[str, object]]]) -> None:
    """Make these tables what they were."""
    tables = (conversations, entries, messages, heads)
    case.run(*(delete(table) for table in (messages, entries, heads, conversations)))
    case.run(*(insert(table).values(row) for table in tables for row in before[table.name]))


def test_the_last_head_of_each_shop_is_kept(case: Case, witness: Witness) -> None:
    """As it was signed, in a file for its owner only; where nothing was signed nothing is made."""
    assert witness.note(case.store) == {}
    assert not witness.path.parent.exists()
    for number in range(3):
        case.add("t", [message(number)])
        head = case.seal(number)
        assert witness.note(case.store) == {}
        assert witness.read()["甲店"].document == head.as_dict("甲店")
    assert stat.S_IMODE(witness.path.stat().st_mode) == 0o600
    assert lost(case, witness) == []


def grown(case: Case, witness: Witness) -> dict[str, list[dict[str, object]]]:
    """The store as it was before the last entry, which is sealed and whose head is kept."""
    case.add("t", [message(1)])
    case.seal()
    before = saved(case)
    case.add("t", [message(2)])
    case.seal(1)
    witness.note(case.store)
    return before


def test_a_store_that_was_set_back_is_found_out(case: Case, witness: Witness) -> None:
    """An audit of the store alone finds nothing; the kept head is not in it, nor after the store has grown again."""
    before = grown(case, witness)
    kept = witness.path.read_bytes()
    set_back(case, before)
    assert case.findings() == []
    for number in (3, 4, 5):
        assert lost(case, witness) == ["甲店"]
        assert list(witness.note(case.store)) == ["甲店"]
        assert witness.path.read_bytes() == kept, "what was lost is not noted over"
        case.add("t", [message(number)])
        case.seal(number)
        assert case.findings() == []
    said = str(witness.read()["甲店"])
    assert "set back to before 2026" in said
    assert "head of 2 entries" in said


def test_a_head_that_is_put_back_without_its_entries_is_for_the_audit(case: Case, witness: Witness) -> None:
    """Its row alone makes the kept head a known one; but nothing lies under it."""
    before = grown(case, witness)
    later = saved(case)["heads"]
    set_back(case, before | {"heads": later})
    assert lost(case, witness) == []
    (found,) = case.findings()
    assert "covers 2 entries, and there are 1" in found.what


def test_a_shop_that_is_gone_is_found_out(case: Case, witness: Witness) -> None:
    """Set back to before it was made; a shop that is there is noted all the same."""
    case.add("t", [message(1)])
    case.seal()
    witness.note(case.store)
    witness.path.write_text(witness.path.read_text().replace("甲店", "丁店"))
    assert lost(case, witness) == ["丁店"]
    assert list(witness.note(case.store)) == ["丁店"]
    assert sorted(witness.read()) == ["丁店", "甲店"]


def test_a_restore_that_is_accepted_is_remembered(case: Case, witness: Witness) -> None:
    """The head that was given up stays in the file, with the time; from then on what the store has counts."""
    case.add("t", [message(1)])
    case.seal()
    witness.note(case.store)
    given_up = witness.read()["甲店"].document
    case.run(delete(heads), update(entries).values(place=None))
    witness.accept(lost(case, witness), NOW)
    assert witness.read() == {}
    head = case.seal(1)
    assert witness.note(case.store) == {}
    assert witness.read()["甲店"].document == head.as_dict("甲店")
    assert json.loads(witness.path.read_bytes())["accepted"] == [{"at": NOW.isoformat(), "head": given_up}]


def test_workers_that_note_at_once_keep_the_last_head(case: Case, witness: Witness) -> None:
    """One waits for another, so that no earlier head takes the place of a later one."""
    errors: list[Exception] = []
    done = threading.Event()

    def note() -> None:
        try:
            while not done.is_set():
                assert Witness(witness.path).note(case.store) == {}
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=note) for _ in range(3)]
    for thread in threads:
        thread.start()
    sizes = []
    for number in range(15):
        case.add("t", [message(number)])
        case.seal(number)
        sizes.append(witness.read()["甲店"].size if witness.path.exists() else 0)
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sizes == sorted(sizes)
    witness.note(case.store)
    assert witness.read()["甲店"].size == 15


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"baitwatch": "keyring", "version": 1}', "[" * 100_000])
def test_a_damaged_file_is_said(case: Case, witness: Witness, content: str) -> None:
    """With what to do; it is not written over."""
    case.add("t", [message(1)])
    case.seal()
    witness.note(case.store)
    witness.path.write_text(content)
    for use in (witness.read, lambda: witness.note(case.store), lambda: witness.accept(["甲店"], NOW)):
        with pytest.raises(WitnessError, match="is damaged"):
            use()
    assert witness.path.read_text() == content


def test_a_home_that_cannot_be_written_is_said(case: Case, tmp_path: Path) -> None:
    """As one line that names the home."""
    case.add("t", [message(1)])
    case.seal()
    (tmp_path / "file").write_text("")
    with pytest.raises(WitnessError, match="check BAITWATCH_HOME"):
        Witness(tmp_path / "file" / "store.json").note(case.store)


def test_each_store_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Whatever user and password reach it; a SQLite file that moves with its home keeps its own."""
    paths = [
        Witness.of(tmp_path, make_url(url)).path
        for url in (
            "postgresql+psycopg://a:b@db/one",
            "postgresql+psycopg://c:d@db/one",
            "postgresql+psycopg://a:b@db/two",
            "postgresql+psycopg://a:b@db2/one",
            f"sqlite:///{tmp_path / 'baitwatch.db'}",
        )
    ]
    assert paths[0] == paths[1]
    assert len(set(paths)) == 4
    (tmp_path / "moved").mkdir()
    moved = Witness.of(tmp_path / "moved", make_url(f"sqlite:///{tmp_path / 'moved' / 'baitwatch.db'}"))
    assert moved.path.name == paths[4].name


def test_a_head_of_every_shop_is_kept(case: Case, witness: Witness) -> None:
    """Also where one was set back and the others were not."""
    with case.store.writing() as connection:
        other, _ = find_or_make_shop(connection, "乙店", NOW)
    mine = case.shop
    for shop in (mine, other):
        case.shop = shop
        case.add("t", [message(1)])
        case.seal()
    witness.note(case.store)
    case.run(
        delete(heads).where(heads.c.shop_id == mine),
        update(entries).where(entries.c.shop_id == mine).values(place=None),
    )
    case.add("t", [message(2)])
    with case.store.writing() as connection:
        head = seal_log(connection, other, KEY, NOW + timedelta(minutes=1))
    assert head is not None
    assert list(witness.note(case.store)) == ["甲店"]
    assert {shop: kept.size for shop, kept in witness.read().items()} == {"甲店": 1, "乙店": 2}
