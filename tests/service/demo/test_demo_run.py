"""The demo from start to end, with the real server in a process of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_scorer import FakeScorer
from flask.testing import FlaskClient

from service.demo import chats, process, run
from service.demo.chats import DemoError
from service.demo.process import running_service


class Wire:
    """Stands for the service in its own process."""

    address = "http://127.0.0.1:1"

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def post(self, path: str, document: Any) -> dict[str, Any]:
        return self.client.post(path, json=document).get_json()


@pytest.fixture
def folder(tmp_path: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything the demo writes goes here; the service is the fake one."""

    @contextmanager
    def service(model: Path, log: Path) -> Iterator[Wire]:
        yield Wire(client)

    def train(out: Path, progress: Callable[[str, int, int], None]) -> None:
        out.mkdir()
        progress("reading", 1, 1)
        (out / "manifest.json").write_text("{}")

    monkeypatch.setenv("BAITWATCH_MODEL", str(tmp_path / "model"))
    monkeypatch.setattr(run, "running_service", service)
    monkeypatch.setattr(run, "train", train)
    monkeypatch.setattr(chats, "REAL_CHATS", tmp_path / "none.jsonl")
    before = signal.getsignal(signal.SIGTERM)
    yield tmp_path
    signal.signal(signal.SIGTERM, before)


def test_the_demo_succeeds_where_every_expectation_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fake scorer flags the fateful replies, so nothing is missed and the status is 0."""
    assert run.run(once=True) == 0
    assert "expected" not in capsys.readouterr().out


def test_what_did_not_come_as_expected_fails_the_demo(
    folder: Path, capsys: pytest.CaptureFixture[str], scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is flagged, exactly the chats that had to be warned of are named, and the status is 1."""
    check = scorer.check_reply
    monkeypatch.setattr(scorer, "check_reply", lambda talk, draft: check(talk, ""))
    assert run.run(once=True) == 1
    text = capsys.readouterr().out
    assert [line.split()[1] for line in text.splitlines() if ": expected" in line] == [
        "demo-same-day:",
        "demo-invoice:",
    ]


def test_the_demo_trains_seals_and_breaks_a_bundle(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model is made where there was none; one bundle verifies and its twin with one flipped byte does not."""
    run.run(once=True)
    assert (folder / "model" / "manifest.json").exists()
    good = (folder / "demo" / "demo-same-day.zip").read_bytes()
    bad = (folder / "demo" / "demo-same-day-one-byte-flipped.zip").read_bytes()
    assert sum(left != right for left, right in zip(good, bad, strict=True)) == 1
    text = capsys.readouterr().out
    assert text.index("核验通过") < text.index("核验不通过")


def test_an_unfit_service_is_reported_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service whose model cannot be used is not waited for; the reason is told, and its process is gone."""
    started = []
    popen = process.subprocess.Popen

    def remember(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(process.subprocess, "Popen", remember)
    with pytest.raises(DemoError, match="/readyz was answered with 503"), running_service(tmp_path, tmp_path / "log"):
        pass
    assert started[0].poll() is not None


def test_a_service_that_does_not_start_is_reported_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process said before it ended is in the error."""
    monkeypatch.setenv("BAITWATCH_MAX_BODY_BYTES", "many")
    with (
        pytest.raises(DemoError, match=r"did not start: .*BAITWATCH_MAX_BODY_BYTES"),
        running_service(tmp_path, tmp_path / "log"),
    ):
        pass
