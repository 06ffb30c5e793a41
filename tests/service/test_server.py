"""The real server in a process of its own: it starts without a model, answers, and stops gently."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from strange_input import SECRET, encoded, talk

from service.server import ServerError, listen

WAIT = 60


class Running:
    """`baitwatch serve` on a free port, with nothing where the model should be."""

    def __init__(self, folder: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "service",
            "serve",
            "--port",
            "0",
            "--workers",
            "1",
            "--model",
            str(folder / "none"),
        ]
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().decode()
        self.host, self.port = urlsplit(self.said.split()[-1]).hostname, urlsplit(self.said.split()[-1]).port

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=WAIT)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        document = json.loads(answer.read())
        connection.close()
        return answer.status, document

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path)
    yield server
    if server.process.poll() is None:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
    server.process.stdout.close()


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
