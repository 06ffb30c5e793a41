"""``python -m benchmarks pages [--pages N]``: what open pages of the console cost those who use the API.

The service takes messages from 16 connections as fast as it can, by turns without and with open pages. Each page is
connected to the live stream and fetches its list, two seconds apart at most, whenever it hears of a change, as a
browser does. How long a page takes to hear of a message is measured from the answer to whoever sent it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import secrets
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.console import opened_console
from benchmarks.load import CONNECTIONS, Load, drive, post
from benchmarks.serving import Served
from riskmodel.paths import default_model_dir

__all__ = ["main"]

PAGES, ROUNDS, SECONDS = 50, 3, 5.0
_APART = 2.0  # seconds between two looks at the list of one page
_TALKS = 20  # of each connection, so that talks grow as they do in a shop


class OpenPage(threading.Thread):
    """A page that is open: hears the stream, and fetches its list."""

    def __init__(self, service: Served, cookie: str) -> None:
        super().__init__(daemon=True)
        self._address, self._headers = (service.host, service.port), {"Cookie": cookie, "Baitwatch-Background": "1"}
        self._ended = threading.Event()
        self.heard: dict[str, float] = {}
        self.looks = 0
        self.connected = threading.Event()

    def run(self) -> None:
        """Listen until the end; a stream that ends is opened anew."""
        last = 0.0
        while not self._ended.is_set():
            stream = http.client.HTTPConnection(*self._address, timeout=15)
            stream.request("GET", "/console/live", headers=self._headers)
            answer = stream.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"the stream answered {answer.status}")
            self.connected.set()
            for line in answer:
                if self._ended.is_set():
                    break
                if line.startswith(b"data: ") and line != b"data: -\n":
                    now = time.perf_counter()
                    for talk in line[6:].split():
                        self.heard.setdefault(talk.decode(), now)
                    if now - last > _APART:
                        last = now
                        self._look()
            stream.close()

    def end(self) -> None:
        """Close the page."""
        self._ended.set()

    def _look(self) -> None:
        listed = http.client.HTTPConnection(*self._address, timeout=15)
        listed.request("GET", "/console/talks", headers=self._headers | {"HX-Request": "true"})
        answer = listed.getresponse()
        answer.read()
        listed.close()
        if answer.status != 200:
            raise RuntimeError(f"the list answered {answer.status}")
        self.looks += 1


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pages", description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--model", type=Path, default=None)
    options = parser.parse_args(arguments)
    with opened_console(options.model or default_model_dir()) as (service, shop, cookie):
        print(f"messages from {CONNECTIONS} connections, {ROUNDS} turns of {SECONDS:.0f} s, medians; SQLite")
        rounds: dict[int, list[Load]] = {0: [], options.pages: []}
        for _ in range(ROUNDS):
            for pages, loads in rounds.items():
                load, looks = _with_pages(service, cookie, shop.key, pages)
                loads.append(load)
                print(f"  {pages} pages: {load.rate:.0f}/s, {load.bad} refused, {looks / SECONDS:.0f} looks/s")
        for pages, loads in rounds.items():
            rate, half, most = (
                median(values)
                for values in zip(
                    *((each.rate, each.percentile(50), each.percentile(99)) for each in loads), strict=True
                )
            )
            print(f"{pages} open pages: {rate:.0f} messages/s, p50 {half:.1f} ms, p99 {most:.1f} ms")
        print(f"a page hears of a message after {_delay(service, cookie, shop.key) * 1000:.0f} ms (median of 10)")
    return 0


def _with_pages(service: Served, cookie: str, key: str, count: int) -> tuple[Load, int]:
    pages = [OpenPage(service, cookie) for _ in range(count)]
    for page in pages:
        page.start()
    for page in pages:
        if not page.connected.wait(15):
            raise RuntimeError("a page was not connected")
    load = drive((service.host, service.port), [_plan(key) for _ in range(CONNECTIONS)], SECONDS)
    for page in pages:
        page.end()
    for page in pages:
        page.join(15)
    return load, sum(page.looks for page in pages)


def _plan(key: str) -> list[bytes]:
    talks = [secrets.token_hex(6) for _ in range(_TALKS)]
    return [_message(key, talks[number % _TALKS]) for number in range(3_000)]


def _message(key: str, talk: str) -> bytes:
    message = {
        "message_id": secrets.token_hex(6),
        "sender": "buyer",
        "sent_at": datetime.now(UTC).isoformat(),
        "text": "你好，请问这款杯子有现货吗，今天下单什么时候能发出来呢",
    }
    body = json.dumps(message).encode()
    return post(f"/v1/conversations/{talk}/messages", body, {"Authorization": f"Bearer {key}"})


def _delay(service: Served, cookie: str, key: str) -> float:
    page = OpenPage(service, cookie)
    page.start()
    page.connected.wait(15)
    time.sleep(1.5)
    found = []
    for _ in range(10):
        before = set(page.heard)
        drive((service.host, service.port), [[_message(key, secrets.token_hex(6))]], 0.0, 1)
        sent = time.perf_counter()
        while set(page.heard) == before and time.perf_counter() - sent < 10:
            time.sleep(0.002)
        fresh = [at for talk, at in page.heard.items() if talk not in before]
        found.append(max(0.0, min(fresh) - sent))
        time.sleep(0.33)
    page.end()
    return median(found)
