"""A service in processes of its own, on this machine only: started, looked into, and stopped."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from service.store.access import create_key, find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile

__all__ = ["BAITWATCH", "Served", "Shop", "open_shop", "served"]

BAITWATCH = ("-m", "service", "serve", "--port", "0")
"""What Python is told to serve this program."""
START = 120.0  # seconds: the plain pipeline is fitted first


class Served(NamedTuple):
    """Where a service answers, and its first process."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """The processes that answer."""
        mine = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{mine}/task/{mine}/children").read_text().split()]

    def memory(self) -> float:
        """The resident memory of all workers, in MB (Linux)."""
        status = [Path(f"/proc/{pid}/status").read_text() for pid in self.workers()]
        return sum(int(text.partition("VmRSS:")[2].split()[0]) for text in status) / 1024

    def wait_until_ready(self, path: str) -> None:
        """Wait until this path is answered with 200."""
        until = time.monotonic() + START
        while time.monotonic() < until:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=START)
            try:
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise RuntimeError(f"the service did not answer {path} in {START:.0f} s")


class Shop(NamedTuple):
    """A shop in a fresh store, and a key of it."""

    id: int
    key: str
    store: Store


def open_shop(url: str, home: Path) -> Shop:
    """Make the tables, a shop and its key, which the keyring of this home vouches for."""
    store, keys, now = Store(url), KeyFile(home / "keys" / "keyring.json"), datetime.now(UTC)
    with store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", now)
        key = create_key(connection, keys.current(), number, ["score", "read"], label="benchmark", now=now)
    return Shop(number, key, store)


@contextmanager
def served(
    command: Sequence[str], environment: Mapping[str, str], log: Path, *, ready: str = "/readyz"
) -> Iterator[Served]:
    """Start Python with a command that writes its address as the last word of its first line; stop it afterwards.

    Parameters
    ----------
    command
        Arguments of Python.
    environment
        Added to that of this process.
    log
        Where its standard error goes.
    ready
        What is asked until it answers 200, before anything else is.
    """
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=os.environ | dict(environment),
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline().decode().split()
        if not said:
            raise RuntimeError(f"the service did not start; see {log}")
        address = urlsplit(said[-1])
        assert address.hostname is not None
        assert address.port is not None
        service = Served(address.hostname, address.port, process)
        service.wait_until_ready(ready)
        yield service
    finally:
        process.terminate()
        try:
            process.wait(START)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
