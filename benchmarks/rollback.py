"""``python -m benchmarks rollback``: promotion and rollback while the service is under load, on this machine only.

No request may fail, and the model before has to answer within five seconds of the rollback. The candidate is the stored
model with one coefficient changed; what is timed is the way from the registry to the answers, not the gate.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.chats import chats
from benchmarks.load import CONNECTIONS, Load, drive, post
from benchmarks.serving import BAITWATCH, Served, served
from riskmodel.model import load_model, save_model
from riskmodel.paths import default_model_dir
from riskmodel.registry import Registry

__all__ = ["main"]

SECONDS = 30.0
WORKERS = 2
_AGREE = 40  # answers in a row, more than two workers give by chance
_PATIENCE = 60.0
LIMIT = 5.0


def _answering(service: Served, body: bytes) -> str:
    connection = http.client.HTTPConnection(service.host, service.port, timeout=_PATIENCE)
    try:
        connection.request("POST", "/v1/score", body, {"Content-Type": "application/json"})
        return str(json.loads(connection.getresponse().read())["model"]["sha256"])
    finally:
        connection.close()


def _seconds_until(service: Served, body: bytes, sha256: str) -> float:
    """How long until only this model answers, whichever worker is asked."""
    begun = last_other = time.monotonic()
    agreed = 0
    while agreed < _AGREE:
        if time.monotonic() - begun > _PATIENCE:
            raise TimeoutError(f"the model {sha256[:12]} was not taken up in {_PATIENCE:.0f} s")
        if _answering(service, body) == sha256:
            agreed += 1
        else:
            agreed, last_other = 0, time.monotonic()
    return last_other - begun


class _Taken(NamedTuple):
    """Seconds that the registry took, and then the workers until every answer was of the other model."""

    registry: float
    workers: float

    @property
    def whole(self) -> float:
        return self.registry + self.workers


def _candidate(folder: Path) -> None:
    model, manifest = load_model(default_model_dir())
    model.arrays["coefficients"][0] += 0.25
    kept = {name: manifest[name] for name in ("name", "version", "seed", "reference_prevalence", "figures", "talks")}
    save_model(model, folder, kept)


def main(arguments: list[str]) -> int:
    """Measure and print; gives the exit status: 1 where a request failed or it took too long."""
    if arguments:
        print("usage: python -m benchmarks rollback", file=sys.stderr)
        return 2
    if not (default_model_dir() / "manifest.json").is_file():
        print("there is no model; run `baitwatch train`", file=sys.stderr)
        return 3
    bodies = [json.dumps(chat, ensure_ascii=False).encode() for chat in chats()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = Registry(folder / "models", folder / "model")
        _candidate(folder / "candidate")
        first = registry.add(default_model_dir(), made_by="benchmark")
        registry.promote(first, by="benchmark")
        second = registry.add(folder / "candidate", made_by="benchmark")
        environment = {"BAITWATCH_HOME": name, "BAITWATCH_RATE_LIMIT": "none", "BAITWATCH_MODEL": str(registry.in_use)}
        with served(BAITWATCH, environment, folder / "log") as service, ThreadPoolExecutor(1) as pool:
            plans = [[post("/v1/score", body) for body in bodies]] * CONNECTIONS
            driven: Future[Load] = pool.submit(drive, (service.host, service.port), plans, SECONDS)
            time.sleep(3.0)
            taken = {}
            for what, change, expected in (
                ("promotion", lambda: registry.promote(second, by="benchmark"), second),
                ("rollback", lambda: registry.rollback(by="benchmark"), first),
            ):
                begun = time.monotonic()
                change()
                changed = time.monotonic() - begun
                taken[what] = _Taken(changed, _seconds_until(service, bodies[0], expected.record.sha256))
            load = driven.result()
            refused = (folder / "log").read_text("utf-8").count("model_refused")
    print(f"\nPOST /v1/score over {CONNECTIONS} connections, {WORKERS} workers, {load.rate:.0f} answers a second")
    print(f"  {load.good} answers of 200, {load.bad} others; models refused: {refused}")
    print(
        f"  p50 {load.percentile(50):.1f} ms, p99 {load.percentile(99):.1f} ms, longest {load.milliseconds[-1]:.0f} ms"
    )
    for what, took in taken.items():
        print(
            f"  {what}: {took.whole:.1f} s until every answer was of the other model, {took.registry:.1f} s of them "
            f"in the registry (limit of a rollback {LIMIT:.0f} s)"
        )
    print(f"  load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return int(load.bad > 0 or refused > 0 or taken["rollback"].whole > LIMIT)
