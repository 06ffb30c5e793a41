"""A load generator: a few connections that are kept alive, each with one request under way at a time.

It runs in a process of its own and so shares the machine's cores with the service; what it takes itself is some 30 µs a
request. Where a service is faster than that, its figures are a lower bound.
"""

from __future__ import annotations

import multiprocessing
import re
import selectors
import socket
from collections.abc import Mapping, Sequence
from itertools import cycle
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

__all__ = ["Load", "drive", "post"]

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_ANSWER = 30.0  # seconds to wait for any answer
CONNECTIONS = 16


class Load(NamedTuple):
    """What came of it: answers with 200, other answers, and over how many seconds; milliseconds of all, sorted."""

    good: int
    bad: int
    seconds: float
    milliseconds: list[float]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds

    def percentile(self, number: int) -> float:
        """Of the milliseconds until an answer."""
        return quantiles(self.milliseconds, n=100, method="inclusive")[number - 1]


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    lines = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def drive(address: tuple[str, int], plans: Sequence[Sequence[bytes]], seconds: float, most: int | None = None) -> Load:
    """Send each connection's requests in turn, over and over, until the time is up or `most` were answered.

    Plans that must not be repeated hold more than can be sent in that time.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_drive, (address, plans, seconds, most))


class _Line:
    """One connection: what it sends next, and what it has of the answer."""

    def __init__(self, address: tuple[str, int], plan: Sequence[bytes]) -> None:
        self.address, self.plan = address, cycle(plan)
        self.socket = self._open()

    def send(self) -> None:
        self.answer, self.begun = b"", perf_counter()
        self.socket.sendall(next(self.plan))

    def whole(self) -> bool:
        """Take what is there; whether it is all of the answer."""
        self.answer += self.socket.recv(1 << 20)
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not self.answer:
            raise ConnectionError("the service closed a connection")
        length = _LENGTH.search(head)
        return bool(end) and length is not None and len(body) >= int(length[1])

    def reopen(self) -> bool:
        """Where the service has said that it closes, take a fresh connection."""
        if b"connection: close" not in self.answer.partition(b"\r\n\r\n")[0].lower():
            return False
        self.socket.close()
        self.socket = self._open()
        return True

    def _open(self) -> socket.socket:
        opened = socket.create_connection(self.address, timeout=_ANSWER)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened


def _drive(address: tuple[str, int], plans: Sequence[Sequence[bytes]], seconds: float, most: int | None) -> Load:
    selector = selectors.DefaultSelector()
    lines = [_Line(address, plan) for plan in plans]
    good = bad = 0
    taken: list[float] = []
    begun = now = perf_counter()
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send()
    waiting = len(lines)
    while waiting:
        ready = selector.select(_ANSWER)
        if not ready:
            raise TimeoutError("the service did not answer")
        for key, _ in ready:
            line: _Line = key.data
            if not line.whole():
                continue
            now = perf_counter()
            taken.append((now - line.begun) * 1000)
            if line.answer[9:12] == b"200":
                good += 1
            else:
                bad += 1
            closed = key.fileobj
            if line.reopen():
                selector.unregister(closed)
                selector.register(line.socket, selectors.EVENT_READ, line)
            if now - begun < seconds and (most is None or len(taken) + waiting <= most):
                line.send()
            else:
                selector.unregister(line.socket)
                waiting -= 1
    for line in lines:
        line.socket.close()
    return Load(good, bad, now - begun, sorted(taken))
