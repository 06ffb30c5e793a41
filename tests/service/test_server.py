"""The real servers in processes of their own: they start without a model, answer, and stop gently."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from good_requests import OPERATIONS, good
from keyring_of import keyring_of
from service_time import NOW
from sqlalchemy import func, select
from strange_input import SECRET, encoded, talk
from test_service_metrics import samples

from riskmodel.model import load_model, save_model
from service import granian_server
from service.server import ServerError, listen, prepare
from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store
from service.store.schema import entries, heads

WAIT = 60


class Running:
    """`baitwatch serve` on a free port, with nothing where the model should be unless it is said.

    `before` are the words of a command that starts the one after it; `terminal` takes what would go to the log.
    """

    def __init__(
        self,
        folder: Path,
        *more: str,
        model: Path | None = None,
        workers: int = 1,
        before: Sequence[str] = (),
        terminal: int | None = None,
        **environment: str,
    ) -> None:
        command = [
            *before,
            sys.executable,
            "-m",
            "service",
            "serve",
            "--port",
            "0",
            "--workers",
            str(workers),
            "--model",
            str(model or folder / "none"),
            *more,
        ]
        self.home = folder / "home"
        variables = os.environ | {"BAITWATCH_HOME": str(self.home)} | environment
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=terminal or log, start_new_session=True, env=variables
            )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().decode()
        self.host, self.port = urlsplit(self.said.split()[-1]).hostname, urlsplit(self.said.split()[-1]).port

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, object]]:
        status, content = self.fetch(method, path, body, **headers)
        return status, json.loads(content)

    def fetch(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=WAIT)
        connection.request(method, path, body, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def wait_for(self, event: str) -> None:
        """Until the log has a line of this event."""
        until = time.monotonic() + WAIT
        while f'"event": "{event}"' not in self.log.read_text():
            assert time.monotonic() < until, f"no {event} in the log"
            time.sleep(0.05)

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT)


@contextmanager
def server(*args: Any, **given: Any) -> Iterator[Running]:
    started = Running(*args, **given)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            os.killpg(started.process.pid, signal.SIGKILL)
            started.process.wait()
        started.process.stdout.close()


@pytest.fixture(params=["gunicorn", "granian"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    with server(tmp_path, "--server", request.param) as started:
        yield started


def test_it_binds_this_machine_only_and_answers_until_sigterm(running: Running) -> None:
    """The address is printed; without a model it is alive but not ready; SIGTERM ends it with status 0."""
    assert running.said.startswith("Baitwatch listens on http://127.0.0.1:")
    assert running.ask("GET", "/healthz") == (200, {"status": "alive"})
    assert running.ask("GET", "/readyz")[0] == 503
    status, problem = running.ask("POST", f"/v1/score?phone={SECRET}", encoded(talk(SECRET)))
    assert (status, problem["type"]) == (503, "urn:baitwatch:problem:model-unavailable")
    assert running.stop(signal.SIGTERM) == 0
    assert SECRET not in running.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_it_stops(running: Running, number: int) -> None:
    """Half of a body was sent when the signal came: the rest is still read and answered."""
    body = b"{}" + b" " * 1000
    running.ask("GET", "/healthz")
    with socket.create_connection((running.host, running.port), timeout=WAIT) as connection:
        head = (
            f"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        connection.sendall(head.encode() + b"Expect: 100-continue\r\n\r\n")
        # "100 Continue" shows that the request is being handled
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(body[:100])
        running.process.send_signal(number)
        connection.sendall(body[100:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 422")
    assert running.process.wait(WAIT) == 0


def test_what_is_no_http_reaches_no_log(running: Running) -> None:
    """Request lines that the server itself refuses are not written down."""
    with socket.create_connection((running.host, running.port), timeout=WAIT) as connection:
        connection.sendall(f"{SECRET} / NONSENSE\r\n\r\n".encode())
        assert b" 400 " in connection.recv(1000)
    assert running.stop(signal.SIGTERM) == 0
    assert SECRET not in running.log.read_text()


def test_no_server_writes_down_what_was_sent(running: Running) -> None:
    """Addresses, queries, headers and bodies to every route leave nothing in the log, whoever writes it."""
    names = ("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "X-Request-Id", "Content-Language")
    headers = {"Authorization": f"Bearer {SECRET}", **dict.fromkeys(names, SECRET)}
    asked = [(found["method"], found["path"]) for found in map(good, OPERATIONS)]
    pages = [f"/console/{page}" for page in ("", "login", "password", f"talks/{SECRET}", SECRET)]
    asked += [(method, page) for page in pages for method in ("GET", "POST")]
    for method, path in asked:
        running.fetch(method, f"{path}?phone={SECRET}", encoded(talk(SECRET)), **headers)
    assert running.stop(signal.SIGTERM) == 0
    log = running.log.read_text()
    assert log.count('"event": "request"') == len(asked)
    assert SECRET not in log


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    """The command ends with status 3 and says which port is taken and what to do."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "service", "serve", "--port", str(port), "--model", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.count("\n") == 1
    assert f"port {port} on 127.0.0.1 is taken" in ended.stderr


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", "192.0.2.1", "a" * 300])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    """A wrong host is an error for the user, whatever is wrong with it."""
    with pytest.raises(ServerError, match="--host"):
        listen(host, 0)


def a_key(home: Path, *scopes: str) -> dict[str, str]:
    """A fresh key in the database of a home, which is made with it."""
    with closing(Store(f"sqlite:///{home / 'baitwatch.db'}")) as store, store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", NOW)
        return {"Authorization": f"Bearer {create_key(connection, keyring_of(home), number, scopes, now=NOW)}"}


def a_message(number: int) -> bytes:
    said = {"message_id": f"m{number}", "sender": "buyer", "sent_at": "2026-03-04T10:00:00+08:00", "text": SECRET}
    return json.dumps(said).encode()


@pytest.mark.parametrize("kind", ["gunicorn", "granian"])
def test_workers_count_together_and_seal_at_the_end(tmp_path: Path, model_folder: Path, kind: str) -> None:
    """Whichever worker is asked gives the sum; when the service stops every answered message stands under a head."""
    headers = a_key(tmp_path / "home", "score")
    with server(tmp_path, "--server", kind, model=model_folder, workers=2) as started:
        for number in range(12):
            assert started.ask("POST", "/v1/conversations/t/messages", a_message(number), **headers)[0] == 200
        for _ in range(6):
            page = samples(started.fetch("GET", "/metrics")[1].decode())
            assert page["baitwatch_messages_stored_total", ()] == 12
        folders = list((started.home / "metrics").iterdir())
        assert [folder.name for folder in folders] == [str(started.process.pid)]
        assert started.stop(signal.SIGTERM) == 0, started.log.read_text()
        assert not folders[0].exists()
        assert SECRET not in started.log.read_text()
    with closing(Store(f"sqlite:///{tmp_path / 'home' / 'baitwatch.db'}")) as store, store.reading() as connection:
        assert connection.execute(select(func.max(heads.c.size))).scalar_one() == 13, "the key, too"
        assert connection.execute(select(entries).where(entries.c.place.is_(None))).all() == []


def test_a_hangup_takes_up_another_model_and_refuses_a_bad_one(tmp_path: Path, model_folder: Path) -> None:
    """The worker answers with the new one; a bad one leaves all as it was."""
    folder = Path(shutil.copytree(model_folder, tmp_path / "model"))
    with server(tmp_path, model=folder) as started:
        before = started.ask("GET", "/readyz")[1]["model"]["sha256"]
        loaded, manifest = load_model(folder)
        loaded.arrays["coefficients"][0] += 0.25
        expected = save_model(loaded, folder, {name: manifest[name] for name in ("name", "version")})
        started.process.send_signal(signal.SIGHUP)
        started.wait_for("model_taken_up")
        assert started.ask("GET", "/readyz")[1]["model"]["sha256"] == expected != before
        (folder / "manifest.json").write_text("{")
        started.process.send_signal(signal.SIGHUP)
        started.wait_for("model_refused")
        assert started.ask("GET", "/readyz")[1]["model"]["sha256"] == expected
        assert started.stop(signal.SIGTERM) == 0, started.log.read_text()


def test_a_client_that_stops_sending_is_answered_and_let_go(tmp_path: Path) -> None:
    """A thread does not wait for ever for the rest of a request; others are served meanwhile."""
    with server(tmp_path, BAITWATCH_REQUEST_SECONDS="0.5") as started:
        started.ask("GET", "/healthz")
        with socket.create_connection((started.host, started.port), timeout=WAIT) as connection:
            head = "POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
            connection.sendall(head.encode() + b"{")
            assert started.ask("GET", "/healthz")[0] == 200
            answer = b""
            while part := connection.recv(1000):
                answer += part
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"BAITWATCH_REQUEST_SECONDS" in answer
        assert started.stop(signal.SIGTERM) == 0, started.log.read_text()


@pytest.mark.parametrize(
    ("address", "environment", "given", "is_open"),
    [
        ("127.0.0.1", {}, {}, True),
        ("::1", {}, {}, True),
        ("0.0.0.0", {}, {}, False),
        ("192.0.2.1", {}, {}, False),
        ("fe80::1%eth0", {}, {}, False),
        ("127.0.0.1", {}, {"PROXIES": 1}, False),
        ("0.0.0.0", {"BAITWATCH_OPEN_SCORING": "yes"}, {}, True),
        ("127.0.0.1", {"BAITWATCH_OPEN_SCORING": "no"}, {}, False),
        ("0.0.0.0", {}, {"OPEN_SCORING": True}, True),
    ],
)
def test_what_needs_no_key_depends_on_who_can_reach_it(
    monkeypatch: pytest.MonkeyPatch, *, address: str, environment: dict[str, str], given: dict[str, Any], is_open: bool
) -> None:
    """Beyond this machine, or behind a proxy, scoring needs a key, unless one says otherwise."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert prepare(address, given)["OPEN_SCORING"] is is_open


def test_granian_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what to install."""
    monkeypatch.setattr(granian_server, "find_spec", lambda name: None)
    with pytest.raises(ServerError, match=r"pip install 'baitwatch\[fast\]'"):
        granian_server.serve("127.0.0.1", 0, 1, 1)
