"""``python -m benchmarks durability [--rounds N] [--database URL]``: workers killed under load, and nothing lost.

Clients send messages to a few talks and repeat each until it is acknowledged. Meanwhile workers are killed with SIGKILL
at random; with ``--stop-postgresql`` the database is stopped and started instead. At the end every acknowledged message
is there exactly once, in the order in which its client sent it, and the audit finds nothing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.postgresql import own_server
from benchmarks.serving import BAITWATCH, Served, Shop, open_shop, served
from riskmodel.paths import default_model_dir
from service.evidence.keys import load_or_create_key
from service.store.audit import audit_shop
from service.store.engine import Store
from service.store.errors import NotFoundError
from service.store.keyring import KeyFile
from service.store.seal import seal_log
from service.talks import Talks

__all__ = ["Outcome", "interrupt", "kill_workers", "main", "under_load"]

CLIENTS, TALKS = 6, 3
_LONG = 300  # messages of a client, after which it goes on in another talk
_WORDS = ("今天能发货吗", "在的亲", "不好评就投诉你", "给我返现二十", "好的谢谢", "什么时候到")


class Outcome(NamedTuple):
    """What clients saw, and what is wrong with what was kept: nothing, one hopes."""

    acknowledged: int
    repeated: int
    unavailable: int
    wrong: list[str]


class _Client(threading.Thread):
    """Sends one message after the other, each until it is acknowledged, to one talk after the other."""

    def __init__(self, number: int, service: Served, key: str) -> None:
        super().__init__(daemon=True)
        self.number, self.service, self.stopped = number, service, threading.Event()
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        self.acknowledged: list[tuple[str, str]] = []
        self.repeated = self.unavailable = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        connection = self._connection()
        count = 0
        while not self.stopped.is_set():
            talk, message_id = f"t{self.number % TALKS}-{count // _LONG}", f"c{self.number}-{count:06}"
            body = json.dumps(
                {
                    "message_id": message_id,
                    "sender": ("buyer", "agent")[count % 2],
                    "sent_at": datetime.now(UTC).isoformat(),
                    "text": _WORDS[count % len(_WORDS)],
                }
            )
            while True:
                try:
                    connection.request("POST", f"/v1/conversations/{talk}/messages", body, self.headers)
                    answer = connection.getresponse()
                    content = answer.read()
                except (OSError, http.client.HTTPException):
                    connection.close()
                    connection = self._connection()
                    self.repeated += 1
                    time.sleep(0.01)
                    continue
                if answer.status != 503:
                    break
                self.unavailable += 1
                if answer.getheader("Retry-After") is None:
                    self.wrong.append("a 503 without Retry-After")
                time.sleep(0.1)  # a test need not wait as long as it is told
            if answer.status != 200 or json.loads(content)["as_of_message_id"] != message_id:
                self.wrong.append(f"{message_id} was answered with {answer.status}")
                return
            self.acknowledged.append((talk, message_id))
            count += 1
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.service.host, self.service.port, timeout=60)


def under_load(folder: Path, url: str, model: Path, trouble: Callable[[Served, Callable[[], int]], None]) -> Outcome:
    """Serve from a fresh store, send messages while there is trouble, and look at what was kept.

    Parameters
    ----------
    folder
        The home.
    url
        Of an empty database.
    trouble
        Is given the service and what counts the messages acknowledged so far.
    """
    shop = open_shop(url, folder)
    environment = {
        "BAITWATCH_HOME": str(folder),
        "BAITWATCH_DATABASE_URL": url,
        "BAITWATCH_RATE_LIMIT": "none",
        "BAITWATCH_RETRY_SECONDS": "1",
    }
    with served((*BAITWATCH, "--model", str(model)), environment, folder / "log") as service:
        clients = [_Client(number, service, shop.key) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            trouble(service, lambda: sum(len(client.acknowledged) for client in clients))
        finally:
            for client in clients:
                client.stopped.set()
            for client in clients:
                client.join(120)
    wrong = [text for client in clients for text in client.wrong]
    wrong += [f"client {client.number} was never answered" for client in clients if client.is_alive()]
    # what holds after the service ended holds for whoever comes next
    shop.store.close()
    store = Store(url)
    wrong += _kept(store, shop, folder, clients)
    store.close()
    return Outcome(
        sum(len(client.acknowledged) for client in clients),
        sum(client.repeated for client in clients),
        sum(client.unavailable for client in clients),
        wrong,
    )


def kill_workers(rounds: int, seed: int = 1) -> Callable[[Served, Callable[[], int]], None]:
    """Trouble: in each round one worker, or now and then all, end by SIGKILL once more was acknowledged."""
    draw = random.Random(seed)

    def trouble(service: Served, acknowledged: Callable[[], int]) -> None:
        for _ in range(rounds):
            _wait_for_more(acknowledged)
            time.sleep(draw.uniform(0, 0.2))
            workers = service.workers()
            for pid in workers if draw.random() < 0.2 else [draw.choice(workers)]:
                os.kill(pid, signal.SIGKILL)

    return trouble


def interrupt(stop: Callable[[], None], start: Callable[[], None], rounds: int = 1) -> Callable[..., None]:
    """Trouble: in each round the database is stopped for a second under load, and must be used again by itself."""

    def trouble(_service: Served, acknowledged: Callable[[], int]) -> None:
        for _ in range(rounds):
            _wait_for_more(acknowledged)
            stop()
            time.sleep(0.7)
            start()
        _wait_for_more(acknowledged)

    return trouble


def _wait_for_more(acknowledged: Callable[[], int]) -> None:
    before, until = acknowledged(), time.monotonic() + 60
    while acknowledged() < before + 20:
        if time.monotonic() > until:
            raise RuntimeError("nothing was acknowledged for a minute")
        time.sleep(0.01)


def _kept(store: Store, shop: Shop, folder: Path, clients: list[_Client]) -> list[str]:
    """What is wrong with what was kept."""
    keys = KeyFile(folder / "keys" / "keyring.json")
    talks = Talks(store, keys, lambda: (_ for _ in ()).throw(AssertionError("nothing is scored here")))
    sent: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for client in clients:
        for talk, message_id in client.acknowledged:
            sent[talk].setdefault(client.number, []).append(message_id)
    wrong = []
    for talk, by_client in sent.items():
        try:
            kept = [message.message_id for message in talks.conversation(shop.id, talk).messages]
        except NotFoundError:
            wrong.append(f"{talk} is gone")
            continue
        for number, ids in by_client.items():
            found = [message_id for message_id in kept if message_id.startswith(f"c{number}-")]
            if found != ids:
                wrong.append(
                    f"{talk}, client {number}: {len(ids)} acknowledged, {len(found)} kept, or in another order"
                )
    signing = load_or_create_key(folder / "keys" / "signing.pem")
    with store.writing() as connection:
        seal_log(connection, shop.id, signing, datetime.now(UTC))
    with store.reading() as connection:
        return wrong + [
            str(finding) for finding in audit_shop(connection, shop.id, keys.current(), signing.public_key())
        ]


def main(arguments: list[str]) -> int:
    """Run it and say what came of it; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks durability", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--database", help="an empty one; a fresh SQLite file where not given")
    parser.add_argument(
        "--stop-postgresql", action="store_true", help="instead, stop and start a PostgreSQL of our own"
    )
    parser.add_argument("--model", type=Path, default=default_model_dir())
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, trouble = chosen.database or f"sqlite:///{folder / 'store.db'}", kill_workers(chosen.rounds)
        if chosen.stop_postgresql:
            server = stack.enter_context(own_server())
            if server is None:
                parser.error("initdb and pg_ctl were not found; install PostgreSQL's server")
            url, trouble = server.url, interrupt(server.stop, server.start, chosen.rounds)
        begun = time.monotonic()
        outcome = under_load(folder, url, chosen.model, trouble)
    print(
        f"{chosen.rounds} rounds on {url.partition(':')[0]} in {time.monotonic() - begun:.0f} s: "
        f"{outcome.acknowledged} messages acknowledged, {outcome.repeated} sent again after a broken connection, "
        f"{outcome.unavailable} answers 503"
    )
    print("\n".join(outcome.wrong) or "every acknowledged message is there once and in order; the audit finds nothing")
    return 1 if outcome.wrong else 0
