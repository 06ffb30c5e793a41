"""Real servers in real trouble: a disk that fills up, a model that is damaged, a stop under load. None is restarted."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from test_server import WAIT, Running, a_key, a_message, server
from test_service_metrics import samples

from service.evidence.keys import load_or_create_key
from service.store.audit import audit_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.schema import messages

Headers = dict[str, str]
PATH = "/v1/conversations/t/messages"
# a file system of one's own, which is small, and seen by what is started there only
SMALL_DISK = (
    "unshare", "--map-root-user", "--mount", "sh", "-c",
    'mount -t tmpfs -o size=6m,mode=0700 none "$BAITWATCH_HOME" && '
    '"$1" -m service keys create --shop 甲店 --scope score --scope read >"$BAITWATCH_HOME/../key" && exec "$@"', "sh",
)  # fmt: skip  # a command


def fill(started: Running, headers: Headers, numbers: Iterator[int]) -> tuple[list[str], dict[str, Any]]:
    """Send messages until one is refused; gives the ids of those that were taken, and the refusal."""
    taken = []
    for number in numbers:
        status, answer = started.ask("POST", PATH, a_message(number), **headers)
        if status != 200:
            assert (status, answer["type"]) == (503, "urn:baitwatch:problem:store-unavailable")
            return taken, answer
        taken.append(f"m{number}")
    raise AssertionError


def survives(started: Running, headers: Headers, *, said: str, give_back: Callable[[], object]) -> list[str]:
    """Whether it says what is wrong while there is no room, and goes on by itself when there is; gives what it took."""
    numbers = count(1)
    taken, refusal = fill(started, headers, numbers)
    assert said in refusal["detail"]
    assert started.ask("GET", "/healthz")[0] == 200
    status, reason = started.ask("GET", "/readyz")
    while status == 200:  # there was room for a little more
        taken += fill(started, headers, numbers)[0]
        status, reason = started.ask("GET", "/readyz")
    assert (status, said in reason["detail"]) == (503, True)
    # what is there can be read all the while
    kept = started.ask("GET", "/v1/conversations/t/assessments?limit=1", **headers)
    assert kept[0] == 200
    give_back()
    assert started.ask("GET", "/readyz")[0] == 200
    for number in (next(numbers), next(numbers)):
        assert started.ask("POST", PATH, a_message(number), **headers)[0] == 200
        taken.append(f"m{number}")
    return taken


def stored(started: Running, headers: Headers) -> list[str]:
    status, talk = started.ask("GET", "/v1/conversations/t", **headers)
    assert status == 200
    return [message["message_id"] for message in talk["messages"]]


def test_a_disk_that_fills_up_is_said_and_survived(tmp_path: Path, model_folder: Path) -> None:
    """While it is full the answer is 503 with the reason, also at `/readyz`; with room again it goes on, with all."""
    (tmp_path / "home").mkdir()
    tried = subprocess.run([*SMALL_DISK[:5], "mount -t tmpfs none /mnt"], capture_output=True, check=False)
    if shutil.which("unshare") is None or tried.returncode != 0:
        pytest.skip("needs the right to mount in a namespace of its own: run it as root, or allow user namespaces")
    with server(tmp_path, model=model_folder, before=SMALL_DISK, BAITWATCH_RETRY_SECONDS="1") as started:
        headers = {"Authorization": f"Bearer {(tmp_path / 'key').read_text().split()[-1]}"}
        inside = Path(f"/proc/{started.process.pid}/root{tmp_path}/home")
        filler = inside / "filler"
        filler.write_bytes(bytes(500_000))
        mine = f"/proc/{started.process.pid}/task/{started.process.pid}/children"
        assert started.ask("GET", "/readyz")[0] == 200
        workers = Path(mine).read_text()
        taken = survives(started, headers, said="disk", give_back=filler.unlink)
        assert Path(mine).read_text() == workers
        assert stored(started, headers) == taken
        assert started.stop(signal.SIGTERM) == 0


def test_a_file_that_may_not_grow_is_said_and_survived(tmp_path: Path, model_folder: Path) -> None:
    """A limit of the system to the size of files is met as a full disk is."""
    headers = a_key(tmp_path / "home", "score", "read")
    with server(tmp_path, model=model_folder, BAITWATCH_RETRY_SECONDS="1") as started:
        assert started.ask("POST", PATH, a_message(0), **headers)[0] == 200
        mine = started.process.pid
        (worker,) = Path(f"/proc/{mine}/task/{mine}/children").read_text().split()
        size = (tmp_path / "home" / "baitwatch.db-wal").stat().st_size
        _, most = resource.prlimit(int(worker), resource.RLIMIT_FSIZE, (size + 200_000, -1))

        def lift() -> None:
            resource.prlimit(int(worker), resource.RLIMIT_FSIZE, (most, most))

        taken = survives(started, headers, said="disk cannot be read or written", give_back=lift)
        assert stored(started, headers) == ["m0", *taken]
        assert started.stop(signal.SIGTERM) == 0
    with closing(Store(f"sqlite:///{tmp_path / 'home' / 'baitwatch.db'}")) as store, store.reading() as connection:
        keys = KeyFile(tmp_path / "home" / "keys" / "keyring.json").current()
        signing = load_or_create_key(tmp_path / "home" / "keys" / "signing.pem")
        assert list(audit_shop(connection, 1, keys, signing.public_key())) == []


@pytest.mark.parametrize("kind", ["gunicorn", "granian"])
def test_a_damaged_model_is_said_at_the_start_and_mended_without_a_restart(
    tmp_path: Path, model_folder: Path, kind: str
) -> None:
    """Log and `/readyz` name the remedy; the good one is taken up, and a bad one after it is refused and counted."""
    folder = Path(shutil.copytree(model_folder, tmp_path / "model"))
    whole = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(whole[: len(whole) // 2])
    with server(tmp_path, "--server", kind, model=folder, BAITWATCH_RETRY_SECONDS="0.2") as started:
        started.wait_for("model_unavailable")
        status, answer = started.ask("GET", "/readyz")
        assert (status, answer["type"]) == (503, "urn:baitwatch:problem:model-unavailable")
        assert "baitwatch train" in answer["detail"]
        assert "baitwatch train" in started.log.read_text()
        (folder / "model.npz").write_bytes(whole)
        until = time.monotonic() + WAIT
        while started.ask("GET", "/readyz")[0] != 200:
            assert time.monotonic() < until
            time.sleep(0.1)
        (folder / "manifest.json").write_text("{")
        while "model_refused" not in started.log.read_text():
            assert started.ask("GET", "/readyz")[0] == 200
            assert time.monotonic() < until
            time.sleep(0.1)
        page = samples(started.fetch("GET", "/metrics")[1].decode())
        assert page["baitwatch_models_refused_total", ()] == 1
        assert started.stop(signal.SIGTERM) == 0


class Sender(threading.Thread):
    """Sends one message after the other on a connection each, until nobody answers any longer."""

    def __init__(self, number: int, started: Running, headers: Headers) -> None:
        super().__init__(daemon=True)
        self.number, self.started, self.headers = number, started, headers
        self.acknowledged: list[str] = []
        self.refused: list[int] = []

    def run(self) -> None:
        for place in range(self.number * 100_000, (self.number + 1) * 100_000):
            try:
                status, answer = self.started.ask("POST", PATH, a_message(place), **self.headers)
            except (OSError, HTTPException, json.JSONDecodeError):
                return
            if status == 200:
                self.acknowledged.append(str(answer["as_of_message_id"]))
            else:
                self.refused.append(status)


@pytest.mark.skipif(sys.platform != "linux", reason="granian's workers are ended in another way elsewhere")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind", ["gunicorn", "granian"])
def test_a_stop_under_load_loses_no_answer(tmp_path: Path, model_folder: Path, kind: str, workers: int) -> None:
    """At SIGTERM whatever was taken in is answered: what is stored is what was acknowledged, no more and no less."""
    headers = a_key(tmp_path / "home", "score")
    with server(
        tmp_path, "--server", kind, model=model_folder, workers=workers, BAITWATCH_RATE_LIMIT="none"
    ) as started:
        senders = [Sender(number, started, headers) for number in range(8)]
        for sender in senders:
            sender.start()
        until = time.monotonic() + WAIT
        while sum(len(sender.acknowledged) for sender in senders) < 100:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert started.stop(signal.SIGTERM) == 0
        for sender in senders:
            sender.join(WAIT)
    assert [sender.refused for sender in senders] == [[]] * len(senders)
    with closing(Store(f"sqlite:///{tmp_path / 'home' / 'baitwatch.db'}")) as store, store.reading() as connection:
        kept = set(connection.execute(select(messages.c.message_id)).scalars())
    assert kept == {message for sender in senders for message in sender.acknowledged}
