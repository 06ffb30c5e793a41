"""The check of a deployment: a sound one has nothing to mend, and each thing that is wrong is named with its remedy."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from riskmodel.conversation import Message
from riskmodel.scorer import Scorer
from service import doctor
from service.config import settings
from service.doctor import CHECKS, Finding, examine
from service.evidence.keys import load_or_create_key
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import conversations, entries, heads, shops
from service.store.seal import seal_log
from service.store.shops import set_retention
from service.store.witness import Witness
from service.talks import Talks

Settings = dict[str, Any]


@pytest.fixture
def sound(tmp_path: Path, url: str, trained: Scorer, model_folder: Path) -> Settings:
    """A deployment with a sealed message."""
    home = tmp_path / "sound"
    home.mkdir(mode=0o700)
    keys, signing = KeyFile(home / "keys" / "keyring.json"), load_or_create_key(home / "keys" / "signing.pem")
    with closing(Store(url)) as store:
        now = datetime.now(UTC)
        with store.writing() as connection:
            shop, _ = find_or_make_shop(connection, "甲店", now)
        said = Message(message_id="m1", sender="buyer", sent_at=now, text="在吗")
        Talks(store, keys, lambda: trained).add_messages(shop, "t", [said])
        with store.writing() as connection:
            seal_log(connection, shop, signing, now)
        Witness.of(home, store.engine.url).note(store)
    return settings({}, {"HOME": home, "DATABASE_URL": url, "MODEL_DIR": model_folder})


@pytest.fixture
def database(url: str) -> Iterator[Store]:
    with closing(Store(url)) as store:
        yield store


def found(deployment: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(deployment)}


def to_mend(deployment: Settings) -> dict[str, str]:
    return {finding.check: finding.text for finding in examine(deployment) if finding.status == "mend"}


def test_a_sound_deployment_has_nothing_to_mend(sound: Settings) -> None:
    """Every check says something, in order; what only the operator knows is a note."""
    findings = found(sound)
    assert list(findings) == list(CHECKS)
    notes = {name for name, finding in findings.items() if finding.status != "ok"}
    assert notes == {"retention", "backups"}
    assert all(findings[name].status == "note" for name in notes)


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    """Where nothing is yet, the home, the database and the model are to be mended, each once; and still nothing is."""
    deployment = settings({}, {"HOME": tmp_path / "none"})
    assert set(to_mend(deployment)) == {"home", "database", "model"}
    assert not (tmp_path / "none").exists()


def open_home(deployment: Settings) -> None:
    deployment["HOME"].chmod(0o755)


def open_keyring(deployment: Settings) -> None:
    (deployment["HOME"] / "keys" / "keyring.json").chmod(0o644)


def another_keyring(deployment: Settings) -> None:
    path = deployment["HOME"] / "keys" / "keyring.json"
    path.unlink()
    KeyFile(path)


def no_keyring(deployment: Settings) -> None:
    (deployment["HOME"] / "keys" / "keyring.json").unlink()


def open_signing_key(deployment: Settings) -> None:
    (deployment["HOME"] / "keys" / "signing.pem").chmod(0o640)


def no_signing_key(deployment: Settings) -> None:
    (deployment["HOME"] / "keys" / "signing.pem").unlink()


def no_redis(deployment: Settings) -> None:
    deployment["RATE_LIMIT_STORE"] = "redis://127.0.0.1:1/0"


def cut_model(deployment: Settings) -> None:
    copy = Path(shutil.copytree(deployment["MODEL_DIR"], deployment["HOME"] / "model"))
    (copy / "model.npz").write_bytes(b"")
    deployment["MODEL_DIR"] = copy


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (open_home, "home", "chmod 700"),
        (open_keyring, "keyring", "chmod 600"),
        (another_keyring, "keyring", "restore the one"),
        (no_keyring, "keyring", "restore it from the backup"),
        (open_signing_key, "signing key", "chmod 600"),
        (no_signing_key, "signing key", "restore it from the backup"),
        (no_redis, "rate limits", "BAITWATCH_RATE_LIMIT_STORE"),
        (cut_model, "model", "baitwatch train"),
    ],
)
def test_what_is_wrong_is_named(sound: Settings, spoil: Callable[[Settings], None], check: str, said: str) -> None:
    """One thing is wrong: that one is to be mended, with what to do, and nothing else."""
    spoil(sound)
    wrong = to_mend(sound)
    assert list(wrong) == [check]
    assert said in wrong[check]


def test_a_full_disk_is_named(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before there is no room at all."""
    monkeypatch.setattr(doctor, "_LEAST_FREE", 2**80)
    assert "make room" in to_mend(sound)["disk"]


def test_an_old_sqlite_is_named(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library comes with Python."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    assert "too old" in to_mend(sound)["versions"]


def test_tables_of_another_version_are_named(sound: Settings, database: Store) -> None:
    """Both versions are said; nothing is migrated by looking."""
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    for _ in range(2):
        assert "version 0000" in to_mend(sound)["database"]


def test_a_clock_that_is_behind_is_named(sound: Settings, database: Store) -> None:
    """Something was stored at a time that has not come yet."""
    with database.writing() as connection:
        connection.execute(update(entries).values(received_at=datetime.now(UTC) + timedelta(hours=2)))
    assert list(to_mend(sound)) == ["clock"]


def test_entries_that_nobody_sealed_are_named(sound: Settings, database: Store) -> None:
    """An hour without a head: no service looks after this store."""
    with database.writing() as connection:
        connection.execute(update(entries).values(received_at=datetime.now(UTC) - timedelta(hours=1), place=None))
    assert "baitwatch audit" in to_mend(sound)["log"]


def test_a_store_that_was_set_back_is_named(sound: Settings, database: Store) -> None:
    """It does not have the last head that the home has; without one kept there, nothing can be said."""
    assert "all 1 shops" in found(sound)["rollback"].text
    with database.writing() as connection:
        connection.execute(delete(heads))
        connection.execute(update(entries).values(place=None))
    wrong = to_mend(sound)
    assert list(wrong) == ["rollback"]
    assert "--accept-restore" in wrong["rollback"]
    (file,) = (sound["HOME"] / "heads").glob("*.json")
    file.write_text("{}")
    assert "is damaged" in to_mend(sound)["rollback"]
    file.unlink()
    assert found(sound)["rollback"].status == "note"


def test_talks_beyond_their_limit_are_named(sound: Settings, database: Store) -> None:
    """Nobody erases them; within a day of the limit the service may just not have come to it."""
    for days, status in ((20, "ok"), (30, "ok"), (32, "mend")):
        with database.writing() as connection:
            connection.execute(update(conversations).values(changed_at=datetime.now(UTC) - timedelta(days=days)))
        assert found(sound | {"RETENTION_DAYS": 30})["retention"].status == status
    with database.writing() as connection:
        (shop,) = connection.execute(select(shops.c.id)).scalars()
        set_retention(connection, shop, 60, actor="tests", now=datetime.now(UTC))
    assert found(sound | {"RETENTION_DAYS": 30})["retention"].status == "ok", "its own limit is another"


def test_the_oldest_talk_is_said(sound: Settings, database: Store) -> None:
    """Whoever keeps talks for ever is reminded of it."""
    with database.writing() as connection:
        connection.execute(update(conversations).values(changed_at=datetime(2020, 1, 2, tzinfo=UTC)))
    assert "2020-01-02" in found(sound)["retention"].text


def test_a_database_that_does_not_answer_is_named_once(sound: Settings) -> None:
    """What cannot be looked at without it is left out."""
    sound["DATABASE_URL"] = "postgresql://somebody:secret@127.0.0.1:1/nothing"
    wrong = to_mend(sound)
    assert list(wrong) == ["database"]
    assert "secret" not in wrong["database"]


def test_a_database_that_cannot_be_written_is_named(sound: Settings, url: str, tmp_path: Path) -> None:
    """It answers, but takes nothing."""
    if url.startswith("sqlite"):
        sound["DATABASE_URL"] = f"sqlite:///file:{tmp_path / 'store.db'}?mode=ro&uri=true"
    else:
        sound["DATABASE_URL"] = f"{url}?options=-cdefault_transaction_read_only%3Don"
    wrong = to_mend(sound)
    assert list(wrong) == ["database"]
    assert "cannot be written" in wrong["database"] or "takes nothing" in wrong["database"]


def test_a_journal_that_is_not_wal_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that cannot share memory SQLite keeps another journal."""
    monkeypatch.setattr("service.store.engine.SETTINGS", ("journal_mode=DELETE",))
    with closing(Store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        store.check()
    deployment = settings({}, {"HOME": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}"})
    assert "not WAL" in to_mend(deployment)["database"]
