"""``python -m benchmarks service [--long]``: the service as clients see it, beside others, on this machine only.

All servers have two workers; the load generator (`benchmarks.load`) shares the cores with them. Servers take turns, so
that a busy moment of the machine falls on all.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from benchmarks.chats import chats
from benchmarks.load import CONNECTIONS, Load, drive, post
from benchmarks.serving import BAITWATCH, Served, open_shop, served
from riskmodel.paths import default_model_dir

__all__ = ["main"]

POSTGRESQL = os.environ.get("BAITWATCH_BENCH_POSTGRESQL", "postgresql+psycopg://root@127.0.0.1:5432/test")
ROUNDS, SECONDS = 3, 3.0
_TALK = 13  # messages of a talk
_FRESH = 12  # times a hundred chats for each connection: more than a turn takes, and than a service keeps
_SAID = 400  # messages a second of one connection that the plans have room for
PLAIN = "plain: Flask, DataFrame, ColumnTransformer, LR; gunicorn"
OURS = "Baitwatch, gunicorn"
AGAIN = "the same, chats that it has in memory"
GRANIAN = "Baitwatch, granian"
FASTAPI = "FastAPI, uvicorn, the same scorer"
FASTAPI_AGAIN = "FastAPI, uvicorn, chats that it has in memory"
_SCORED = {
    PLAIN: (("-m", "benchmarks.peers", "plain"), ("flask",)),
    OURS: (BAITWATCH, ()),
    AGAIN: (BAITWATCH, ()),
    GRANIAN: (("-m", "benchmarks.peers", "granian"), ("granian",)),
    FASTAPI: (("-m", "benchmarks.peers", "fastapi"), ("fastapi", "uvicorn")),
    FASTAPI_AGAIN: (("-m", "benchmarks.peers", "fastapi"), ("fastapi", "uvicorn")),
}
_IN_MEMORY = (AGAIN, FASTAPI_AGAIN)


def _environment(folder: Path, url: str | None = None) -> dict[str, str]:
    given = {"BAITWATCH_HOME": str(folder), "BAITWATCH_RATE_LIMIT": "none", "BAITWATCH_MODEL": str(default_model_dir())}
    return given | ({} if url is None else {"BAITWATCH_DATABASE_URL": url})


def _chats_to_score(prefix: str, times: int) -> list[bytes]:
    """Requests with each chat so many times, under an id of its own each time."""
    return [
        post("/v1/score", json.dumps(chat | {"conversation_id": f"{prefix}{turn}-{at}"}, ensure_ascii=False).encode())
        for turn in range(times)
        for at, chat in enumerate(chats())
    ]


def _stateless(folder: Path) -> None:
    """Whole chats to `/v1/score`, each under an id that was never sent; and the same few again and again."""
    fresh = [_chats_to_score(f"{number}-", _FRESH) for number in range(CONNECTIONS)]
    known = _chats_to_score("", 1)
    again = [known[number:] + known[:number] for number in range(CONNECTIONS)]
    loads: dict[str, list[Load]] = {name: [] for name in _SCORED}
    absent = {name for name, (_, needed) in _SCORED.items() if any(find_spec(module) is None for module in needed)}
    with ExitStack() as stack:
        services = {
            name: stack.enter_context(served(command, _environment(folder), folder / "log"))
            for name, (command, _) in _SCORED.items()
            if name not in absent
        }
        for turn in range(ROUNDS + 1):
            for name, service in services.items():
                plans = again if name in _IN_MEMORY else fresh
                load = drive((service.host, service.port), plans, SECONDS if turn else 1.0)
                if turn:
                    loads[name].append(load)
    print(f"\nPOST /v1/score, chats of {_TALK} messages, {CONNECTIONS} connections, medians of {ROUNDS} turns")
    base = median(load.rate for load in loads[PLAIN])
    for name, several in loads.items():
        if name in absent:
            print(f"  {name:58} not installed: pip install 'baitwatch[bench,fast]'")
            continue
        rate, low, high = (
            median(values)
            for values in zip(*((load.rate, load.percentile(50), load.percentile(99)) for load in several), strict=True)
        )
        bad = sum(load.bad for load in several)
        print(
            f"  {name:58} {rate:7.0f}/s  p50 {low:6.1f} ms  p99 {high:6.1f} ms  {rate / base:6.1f} x"
            + (f"  ({bad} answers were not 200)" if bad else "")
        )


def _messages(key: str, seconds: float) -> list[list[bytes]]:
    """For each connection single messages, to one talk of its own after the other."""
    said = [message for chat in chats() for message in chat["messages"]]
    plans = []
    for number in range(CONNECTIONS):
        plan, talk = [], ""
        for count in range(int(_SAID * seconds)):
            talk = f"{secrets.token_hex(4)}-{number}" if count % _TALK == 0 else talk
            body = said[(number * 7 * _TALK + count) % len(said)] | {"message_id": f"m{count}"}
            path = f"/v1/conversations/{talk}/messages"
            plan.append(post(path, json.dumps(body, ensure_ascii=False).encode(), {"Authorization": f"Bearer {key}"}))
        plans.append(plan)
    return plans


def _fsyncs(folder: Path) -> float:
    """How often a second this disk brings four kilobytes more to safety."""
    with (folder / "fsync").open("wb") as file:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < 1:
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            count += 1
    return count


@contextmanager
def _fresh_postgresql() -> Iterator[str | None]:
    """An empty database, which is gone afterwards; None where no server answers."""
    name, server = f"baitwatch_bench_{secrets.token_hex(6)}", create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        yield None
        return
    try:
        yield POSTGRESQL.rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _stateful(folder: Path) -> None:
    """Single messages, each on the disk before it is answered."""
    print(f"\nPOST /v1/conversations/…/messages, one at a time, {CONNECTIONS} connections, {CONNECTIONS} talks")
    with ExitStack() as stack:
        urls = {
            "SQLite": f"sqlite:///{folder / 'bench.db'}",
            "PostgreSQL": stack.enter_context(_fresh_postgresql()),
        }
        services: dict[str, tuple[Served, str]] = {}
        for name, url in urls.items():
            if url is None:
                print(f"  {name:12} no server at BAITWATCH_BENCH_POSTGRESQL")
                continue
            shop = open_shop(url, folder)
            shop.store.close()
            service = stack.enter_context(served(BAITWATCH, _environment(folder, url), folder / "log"))
            services[name] = service, shop.key
        found: dict[str, list[tuple[Load, float]]] = {name: [] for name in services}
        for turn in range(ROUNDS + 1):
            for name, (service, key) in services.items():
                before = _fsyncs(folder) if turn else 0.0
                seconds = SECONDS if turn else 1.0
                load = drive((service.host, service.port), _messages(key, seconds), seconds)
                if turn:
                    found[name].append((load, before))
    for name, several in found.items():
        rate = median(load.rate for load, _ in several)
        disk = median(count for _, count in several)
        print(
            f"  {name:12} {rate:7.0f}/s  p50 {median(load.percentile(50) for load, _ in several):6.1f} ms"
            f"  p99 {median(load.percentile(99) for load, _ in several):6.1f} ms"
            f"   this disk: {disk:.0f} fdatasync/s, {rate / disk:.2f} messages for each"
            + (f"  ({bad} answers were not 200)" if (bad := sum(load.bad for load, _ in several)) else "")
        )


def _memory(folder: Path, requests: int) -> None:
    """What workers hold before and after many requests."""
    bodies = [post("/v1/score", json.dumps(chat, ensure_ascii=False).encode()) for chat in chats()]
    with served(BAITWATCH, _environment(folder), folder / "log") as service:
        address, sizes = (service.host, service.port), []
        for _ in range(4):
            drive(address, [bodies] * CONNECTIONS, 900.0, requests // 4)
            sizes.append(f"{service.memory():.0f}")
    print(f"\nMemory of both workers after each quarter of {requests:,} requests, MB: {', '.join(sizes)}")


def main(arguments: list[str]) -> int:
    """Measure and print; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks service", description=__doc__)
    parser.add_argument("--long", action="store_true", help="memory over 100,000 requests instead of 8,000")
    chosen = parser.parse_args(arguments)
    if not (default_model_dir() / "manifest.json").is_file():
        print("there is no model; run `baitwatch train`", file=sys.stderr)
        return 3
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _stateless(folder)
        _stateful(folder)
        _memory(folder, 100_000 if chosen.long else 8_000)
    print(f"\ntook {time.monotonic() - begun:.0f} s; one machine, two cores, only the ratios hold elsewhere")
    return 0
