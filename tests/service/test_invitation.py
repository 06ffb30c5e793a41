"""The code for the first user: on a terminal, where nobody can sign in, and nowhere else."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from people import PASSWORD, PEOPLE, populate
from test_server import server

from service.invitation import invite
from service.server import announce
from service.store.engine import Store

CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}")


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """A real one, that nobody looks at."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as opened:
        yield opened
    os.close(ours)


def test_a_terminal_gets_a_code(url: str, store: Store, terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another each time, which the workers know by its hash only."""
    monkeypatch.setattr(sys, "stderr", terminal)
    (code, known), (other, _) = invite({"DATABASE_URL": url}), invite({"DATABASE_URL": url})
    assert code is not None
    assert known is not None
    assert CODE.fullmatch(code)
    assert code != other
    assert known.accepts(code)
    assert not known.accepts(other or "")
    assert code.replace("-", "") not in repr(known)


def test_where_somebody_can_sign_in_there_is_none(
    url: str, store: Store, terminal: TextIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where the store cannot be asked: the service starts, and says so itself."""
    populate(store, PEOPLE[:1])
    monkeypatch.setattr(sys, "stderr", terminal)
    assert invite({"DATABASE_URL": url}) == (None, None)
    (tmp_path / "file").touch()
    assert invite({"DATABASE_URL": f"sqlite:///{tmp_path}/file/store.db"}) == (None, None)


def test_a_log_gets_none(url: str, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    """What is written to a file or a journal may be read by others, and later."""
    assert invite({"DATABASE_URL": url}) == (None, None)
    announce("127.0.0.1", 8000, None)
    assert capfd.readouterr() == ("Baitwatch listens on http://127.0.0.1:8000\n", "")


def test_it_is_shown_with_where_to_go(capfd: pytest.CaptureFixture[str]) -> None:
    """In both languages, beside the first line of the output."""
    announce("::1", 8000, "ABCD-2345-EFGH-6777")
    out, err = capfd.readouterr()
    assert out == "Baitwatch listens on http://[::1]:8000\n"
    assert [line.count("http://[::1]:8000/console/first") for line in err.splitlines()] == [1, 1]
    assert err.count("ABCD-2345-EFGH-6777") == 2


@pytest.mark.parametrize("kind", ["gunicorn", "granian"])
def test_the_first_owner_is_made_through_a_running_service(tmp_path: Path, kind: str) -> None:
    """The code that stands on the terminal it was started from does, whichever worker answers."""
    ours, theirs = os.openpty()
    with server(tmp_path, "--server", kind, workers=2, terminal=theirs) as running:
        said = ""
        while not (found := CODE.search(said)):
            said += os.read(ours, 4096).decode("utf-8", "replace")
        browser, page = build_opener(HTTPCookieProcessor(CookieJar())), f"{running.said.split()[-1]}/console/first"
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.open(page).read().decode())
        assert token is not None
        given = {"csrf_token": token[1], "code": found[0], "shop": "甲店", "name": "小雨", "chosen": PASSWORD}
        answer = browser.open(page, urlencode({**given, "again": PASSWORD}).encode())
        assert answer.url.endswith("/console/setup")
    os.close(ours)
    os.close(theirs)
