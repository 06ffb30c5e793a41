"""What is no good request on the wire, before the application sees it: one shape of error, and nothing repeated."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from strange_input import SECRET
from test_server import WAIT, Running, server

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
MARK = SECRET.encode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with server(tmp_path_factory.mktemp("served")) as started:
        yield started


def exchange(running: Running, sent: bytes, *, ends: bool = False) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and problem that raw bytes are answered with; with `ends` nothing more is said to follow."""
    with socket.create_connection((running.host, running.port), timeout=WAIT) as connection:
        connection.sendall(sent)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(10_000):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert MARK not in answer
    return int(first.split()[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    ("sent", "status", "remedy"),
    [
        (MARK + b"\r\n\r\n", 400, "client library"),
        (b"GET /v1/" + b"x" * 9_000 + MARK + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "in the body"),
        (b"GET /v1/score HTTP/1.1\r\nX: " + MARK * 2_000 + b"\r\n\r\n", 431, "fewer than 100"),
        (b"GET /v1/score HTTP/1.1\r\n" + b"X: " + MARK + b"\r\n" * 1 + b"X: x\r\n" * 200 + b"\r\n", 431, "fewer than"),
        (b"GET /v1/\xff" + MARK + b" HTTP/1.1\r\nHost: x\r\n\r\n", 400, "percent-encode"),
        (b"GET /healthz HTTP/1.1\r\nX " + MARK + b": x\r\n\r\n", 400, "client library"),
        (HEAD + b"Content-Length: " + MARK + b"x\r\n\r\n{}", 400, "client library"),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400, "client library"),
        (HEAD + b"Transfer-Encoding: " + MARK + b"\r\n\r\n{}", 400, "client library"),
        (HEAD + b"Expect: " + MARK + b"\r\nContent-Length: 2\r\n\r\n{}", 417, "leave it out"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP/1.1"),
    ],
)
def test_what_is_no_request_is_answered_with_a_problem(running: Running, sent: bytes, status: int, remedy: str) -> None:
    """As every other error: what is wrong, what to do, an id, and nothing of what was sent."""
    found, headers, problem = exchange(running, sent)
    assert (found, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-request-id"] == problem["request_id"]
    assert problem["title"]
    assert remedy in problem["detail"]
    assert SECRET not in running.log.read_text()


@pytest.mark.parametrize(
    "framed",
    [
        b"Transfer-Encoding: chunked\r\n\r\n" + MARK + b"zz\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}" + MARK,
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"Content-Length: 100\r\n\r\n{}",
    ],
)
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (b"/v1/score", b"application/json"),
        (b"/v1/evidence/verify", b"application/zip"),
    ],
)
def test_a_body_that_is_not_whole_is_400(running: Running, framed: bytes, path: bytes, kind: bytes) -> None:
    """Whatever is wrong with its framing is no mistake of ours; the answer says to send it again."""
    head = HEAD.replace(b"/v1/score", path).replace(b"application/json", kind)
    status, _, problem = exchange(running, head + framed, ends=True)
    assert (status, problem["type"]) == (400, "about:blank")
    assert "send it again" in problem["detail"]
    assert SECRET not in running.log.read_text()


def test_a_body_in_pieces_is_read(running: Running) -> None:
    """What is framed well is whole, however it comes; it is the contract that refuses it."""
    status, _, problem = exchange(
        running, HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    )
    assert (status, problem["type"]) == (422, "urn:baitwatch:problem:contract")
