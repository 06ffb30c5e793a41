"""`baitwatch doctor`: one line a check, a status for scripts, and whether the service answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from riskmodel.scorer import Scorer
from service.app import create_app
from service.backend import backend_of
from service.cli import main
from service.doctor import CHECKS


@pytest.fixture
def home(tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("BAITWATCH_HOME", str(folder))
    monkeypatch.setenv("BAITWATCH_MODEL", str(model_folder))
    return folder


@pytest.fixture
def served(home: Path, trained: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a service that runs in this home."""
    app = create_app()
    assert app.test_client().get("/readyz").status_code == 200
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    backend_of(app).store.close()


def test_a_service_that_runs_is_well(served: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Status 0, a line for each check; asked by its address or by its port."""
    assert main(["doctor", "--url", served]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split("  ")[-1].partition(":")[0].strip() for line in lines] == [*CHECKS, "service"]
    assert not any(line.startswith("MEND") for line in lines)
    assert main(["doctor", "--port", served.rpartition(":")[2]]) == 0


def test_what_is_to_be_mended_is_status_one(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As JSON Lines for scripts; nobody listens on a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert main(["doctor", "--port", str(port), "--json"]) == 1
    found = {line["check"]: line for line in map(json.loads, capfd.readouterr().out.splitlines())}
    assert found["home"]["status"] == found["database"]["status"] == found["service"]["status"] == "mend"
    assert "nobody listens" in found["service"]["text"]
    assert not home.exists()


def test_a_service_that_is_not_ready_is_named(
    served: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It answers, but not with 200; and an address where nobody answers is said too."""
    monkeypatch.setattr(Scorer, "trajectory", lambda self, conversation: iter([{"risk": None}]))
    assert main(["doctor", "--url", served]) == 1
    said = capfd.readouterr().out
    assert "answered with 503" in said
    assert "Run `baitwatch train`" in said
    assert main(["doctor", "--url", "http://127.0.0.1:1"]) == 1
    assert "does not answer at --url" in capfd.readouterr().out
    assert main(["doctor", "--url", "file:///somewhere"]) == 3


def test_another_service_that_answers_is_not_repeated(capfd: pytest.CaptureFixture[str]) -> None:
    """What is no problem document is not shown; the text says where to look."""

    def other(environ: object, start_response: Any) -> list[bytes]:
        start_response("500 Oops", [("Content-Type", "text/plain")])
        return [b"something else"]

    server = make_server("127.0.0.1", 0, other)
    thread = Thread(target=server.handle_request)
    thread.start()
    assert main(["doctor", "--url", f"http://127.0.0.1:{server.server_port}"]) == 1
    thread.join()
    server.server_close()
    said = capfd.readouterr().out
    assert "whether it is the service that answers there" in said
    assert "something else" not in said


def test_a_wrong_setting_is_said_first(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With a setting that cannot be used nothing else can be checked."""
    monkeypatch.setenv("BAITWATCH_PROXIES", "many")
    assert main(["doctor"]) == 3
    assert "BAITWATCH_PROXIES must be" in capfd.readouterr().err
