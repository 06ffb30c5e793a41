"""The service in a process of its own, and a small client for it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service.demo.chats import DemoError

__all__ = ["Client", "running_service"]

SECONDS_TO_ANSWER = 60.0
SECONDS_TO_STOP = 35.0  # five more than the server gives to requests under way


class Client:
    """Talks JSON with the service over one connection that is kept open.

    Parameters
    ----------
    address
        ``http://host:port``.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=SECONDS_TO_ANSWER)

    def get(self, path: str) -> dict[str, Any]:
        """GET a JSON document; raises DemoError with the problem's detail where there is none."""
        return self._ask("GET", path, None)

    def post(self, path: str, document: object) -> dict[str, Any]:
        """POST a JSON document and give the answer; raises DemoError as `get`."""
        return self._ask("POST", path, json.dumps(document, ensure_ascii=False).encode("utf-8"))

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            document: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            raise DemoError(f"the service did not answer {method} {path} ({type(error).__name__})") from None
        if answer.status != http.HTTPStatus.OK:
            raise DemoError(f"{method} {path} was answered with {answer.status}: {document.get('detail', '')}")
        return document


@contextmanager
def running_service(model: Path, log: Path) -> Iterator[Client]:
    """Run ``baitwatch serve`` on a free port of this machine for as long as the block lasts.

    Parameters
    ----------
    model
        The model's folder.
    log
        File for what the service writes to standard error.

    Raises
    ------
    DemoError
        Where it does not get ready; the text has the end of its log.
    """
    # -P: a folder named service where the user happens to be is not ours
    command = [sys.executable, "-P", "-m", "service", "serve", "--port", "0", "--model", str(model)]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603  # our own program, no shell
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode("utf-8").split()
        if not line:
            raise DemoError(f"the service did not start: {_end_of(log)}")
        with closing(Client(line[-1])) as client:
            # the socket is open already, so this waits in its queue until the model is loaded
            try:
                client.get("/readyz")
            except DemoError as error:
                raise DemoError(f"{error}; the service's log is in {log}") from None
            yield client
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _end_of(log: Path) -> str:
    return " ".join(log.read_text("utf-8", "replace").split())[-500:] or "(its log is empty)"
