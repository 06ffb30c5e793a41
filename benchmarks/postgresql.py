"""A PostgreSQL of one's own, to be stopped and started: never the one that others use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["OwnServer", "own_server"]


def _program(name: str) -> str | None:
    found = shutil.which(name)
    return found or next((str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)


class OwnServer:
    """A server on a free port of this machine; its only database is `postgres`."""

    def __init__(self, folder: Path, programs: tuple[str, str]) -> None:
        self._initdb, self._pg_ctl = programs
        # the server refuses to run as root
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        self._data = folder / "data"
        self._options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self._run(self._initdb, "--auth=trust", "--username=postgres", "-D", str(self._data))

    def start(self) -> None:
        """Wait until it takes connections."""
        log = str(self._data / "log")
        self._run(self._pg_ctl, "start", "-w", "-D", str(self._data), "-l", log, "-o", self._options)

    def stop(self) -> None:
        """As an operator in a hurry: connections are cut."""
        self._run(self._pg_ctl, "stop", "-w", "-m", "immediate", "-D", str(self._data))

    def _run(self, *command: str) -> None:
        subprocess.run(
            command, check=True, user=self._user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@contextmanager
def own_server() -> Iterator[OwnServer | None]:
    """A fresh server, started; None where the programs for one are not installed."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        yield None
        return
    with TemporaryDirectory() as folder:
        server = OwnServer(Path(folder), (initdb, pg_ctl))
        server.start()
        try:
            yield server
        finally:
            server.stop()
