"""Upkeep: what is due is done at intervals, what fails is said and tried again, and the last time is at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from service_time import NOW
from sqlalchemy import func, select

from riskmodel.conversation import Message
from service.app import create_app
from service.backend import Backend, backend_of
from service.keeper import Keeper
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.errors import StoreError
from service.store.schema import entries, heads


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
def backends(url: str, model_folder: Path) -> list[Backend]:
    """Those of three workers on one store."""
    return [backend_of(create_app({"DATABASE_URL": url, "MODEL_DIR": model_folder})) for _ in range(3)]


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


def test_nothing_is_written_where_nothing_is_due(store: Store, backends: list[Backend]) -> None:
    """A quiet shop gets no head after head."""
    for _ in range(3):
        backends[0].look_after()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(heads)).scalar_one() == 0
    backends[0].store.close()
