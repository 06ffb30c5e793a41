"""Upkeep: what is due is done at intervals, what fails is said and tried again, and the last time is at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from service_time import NOW
from sqlalchemy import delete, func, select

from riskmodel.conversation import Message
from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import Backend, backend_of
from service.keeper import Keeper
from service.store.access import find_or_make_shop, log_access
from service.store.audit import ERASED, audit_shop
from service.store.engine import Store
from service.store.errors import StoreError
from service.store.schema import access_log, conversations, entries, heads
from service.store.shops import set_retention
from service.store.talks import TalkStore
from service.store.witness import SetBackError
from service.talks import Talks


def keeper(look_after: Callable[[], None], seconds: float = 0.001, *, used: bool = True) -> Keeper:
    backend: Any = SimpleNamespace(look_after=look_after, store=SimpleNamespace(was_used=used))
    return Keeper(backend, seconds)


@pytest.mark.parametrize("error", [StoreError("the disk is full"), ZeroDivisionError("secret")])
def test_what_fails_is_one_line_and_is_tried_again(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """The thread goes on after an error; the text of one that nobody foresaw is not in the log."""
    calls, enough = [], threading.Event()

    def look_after() -> None:
        calls.append(None)
        if len(calls) == 1:
            raise error
        enough.set()

    running = keeper(look_after)
    running.start()
    assert enough.wait(60)
    running.stop()
    log = capsys.readouterr().err
    assert log.count("upkeep_failed") == 1
    assert "secret" not in log


def test_the_last_time_is_at_the_end() -> None:
    """Stopped long before it is due, it is done all the same; and where there is no store there is nothing to do."""
    calls: list[str] = []
    for used in (True, False):
        running = keeper(lambda: calls.append("done"), 3600, used=used)
        running.start()
        running.stop()
    assert calls == ["done"]


@pytest.fixture
def backends(url: str, tmp_path: Path, model_folder: Path) -> list[Backend]:
    """Those of three workers on one store."""
    settings = {"DATABASE_URL": url, "MODEL_DIR": model_folder, "HOME": tmp_path}
    return [backend_of(create_app(settings)) for _ in range(3)]


def test_workers_do_not_get_in_one_anothers_way(backends: list[Backend]) -> None:
    """All seal at once while messages come in: in the end each entry stands under a head, and once."""
    store = backends[0].store
    with store.writing() as connection:
        shop, _ = find_or_make_shop(connection, "甲店", NOW)
    errors: list[Exception] = []
    stop = threading.Event()

    def seal(backend: Backend) -> None:
        try:
            while not stop.is_set():
                backend.look_after()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=seal, args=[backend]) for backend in backends]
    for thread in threads:
        thread.start()
    for number in range(20):
        message = Message(message_id=f"m{number}", sender="buyer", sent_at=NOW + timedelta(minutes=number), text="在吗")
        backends[number % 3].talks.add_messages(shop, "t", [message])
    stop.set()
    for thread in threads:
        thread.join()
    backends[0].look_after()
    with store.reading() as connection:
        places = connection.execute(select(entries.c.place).order_by(entries.c.place)).scalars().all()
        size = connection.execute(select(func.max(heads.c.size))).scalar_one()
    assert errors == []
    assert (places, size) == (list(range(20)), 20)
    for backend in backends:
        backend.store.close()


def test_talks_past_their_limit_are_erased(url: str, tmp_path: Path, model_folder: Path) -> None:
    """By the shop's own limit, else by the general one, and what the access log says of before it goes too."""
    app = create_app({"DATABASE_URL": url, "MODEL_DIR": model_folder, "HOME": tmp_path, "RETENTION_DAYS": 30})
    backend, now = backend_of(app), datetime.now(UTC)
    shops = {}
    for name in ("甲店", "乙店"):
        with backend.store.writing() as connection:
            shops[name], _ = find_or_make_shop(connection, name, now)
            log_access(connection, shops[name], "key 1", "read", at=now - timedelta(days=20))
        for days in (40, 20, 3):
            at = now - timedelta(days=days)
            said = Message(message_id="m", sender="buyer", sent_at=at, text="在吗")
            Talks(backend.store, backend.keys, lambda: Scorer.load(model_folder), lambda at=at: at).add_messages(
                shops[name], f"{days}", [said]
            )
    with backend.store.writing() as connection:
        set_retention(connection, shops["甲店"], 10, actor="tests", now=now)
    backend.look_after()
    backend.look_after()
    with backend.store.reading() as connection:
        left = {
            name: [talk.conversation_id for talk in TalkStore(connection, backend.keys.current(), number).page(9)]
            for name, number in shops.items()
        }
        noted = connection.execute(select(access_log.c.shop_id, access_log.c.actor, access_log.c.action)).all()
        found = [list(audit_shop(connection, number, backend.keys.current())) for number in shops.values()]
    assert left == {"甲店": ["3"], "乙店": ["3", "20"]}
    mine, theirs = shops["甲店"], shops["乙店"]
    erasures = [(mine, "service", ERASED)] * 2 + [(theirs, "service", ERASED)]
    assert sorted(map(tuple, noted)) == sorted([*erasures, (mine, "tests", "retention"), (theirs, "key 1", "read")])
    assert found == [[], []]
    backend.store.close()


def test_a_store_that_was_set_back_is_noticed(url: str, backends: list[Backend]) -> None:
    """By the service itself at its next look, again and again; what is due is done all the same."""
    store, talks = backends[0].store, backends[0].talks
    with store.writing() as connection:
        shop, _ = find_or_make_shop(connection, "甲店", NOW)
    talks.add_messages(shop, "t", [Message(message_id="m1", sender="buyer", sent_at=NOW, text="在吗")])
    backends[0].look_after()
    with store.writing() as connection:
        for table in (heads, entries, conversations):
            connection.execute(delete(table))
    talks.add_messages(shop, "t", [Message(message_id="m1", sender="buyer", sent_at=NOW, text="明天呢")])
    for backend in backends:
        with pytest.raises(SetBackError, match=r"set back to before .* see `baitwatch audit`"):
            backend.look_after()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(heads)).scalar_one() == 1
    for backend in backends:
        backend.store.close()


def test_nothing_is_written_where_nothing_is_due(store: Store, backends: list[Backend]) -> None:
    """A quiet shop gets no head after head."""
    for _ in range(3):
        backends[0].look_after()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(heads)).scalar_one() == 0
    backends[0].store.close()
