"""`retrain` and `drift` on a store: what they say, what they write, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate, written_chats
from service.cli import main
from service.cli.home import Home, open_home
from service.store.access import find_or_make_shop
from service.store.reviews import ReviewStore
from service.talks import Talks

WEEK = timedelta(weeks=1)


@pytest.fixture
def home(own_home: Path, trained: Scorer, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A shop with twelve talks of last week, all labelled by one person."""
    monkeypatch.setenv("BAITWATCH_MODEL", str(model_folder))
    opened = open_home()
    with opened.store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", opened.now)
    then = opened.now - WEEK
    for chat in generate(12, 41):
        talk = parse_conversation(chat.conversation)
        Talks(opened.store, opened.keys, lambda: trained, lambda: then).add_conversations(number, [talk])
        with opened.store.writing() as connection:
            stored = ReviewStore(connection, opened.keys.current(), number)
            stored.add_label(talk.conversation_id, chat.label, by="user 5", now=then)
    yield opened
    opened.store.close()


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    """Status, the lines of standard output, and standard error."""
    status = main(list(arguments))
    output = capfd.readouterr()
    return status, output.out.splitlines(), output.err


def test_a_candidate_comes_with_what_it_learned_from(
    home: Home, own_home: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Counts, digest and parent; the model in use is as it was."""
    written = written_chats()[::60]  # all of them take a minute
    monkeypatch.setattr("riskmodel.learning.retrain.written_chats", lambda: written)
    before = (model_folder / "manifest.json").read_bytes()
    status, lines, _ = run(capfd, "retrain", "--shop", "甲店", "--out", str(own_home / "candidate"), "--chats", "200")
    assert status == 0
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    manifest = json.loads((own_home / "candidate" / "manifest.json").read_text("utf-8"))
    assert told["sha256"] == manifest["sha256"]
    assert told["data sha256"] == manifest["shop"]["sha256"]
    assert manifest["parent"] == json.loads(before)["sha256"]
    assert sum(manifest["shop"]["talks"].values()) == 12
    assert told["learned from talks of the shop"].endswith("by 1 people or programs")
    assert lines[-1].endswith("it is not in use")
    assert (model_folder / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "yesterday"], "--as-of must be"),
        (["--as-of", "2000-01-01T00:00:00Z"], "no talk has a label"),
        (["--shop", "乙店"], "there is no shop of this name"),
    ],
)
def test_a_retraining_that_cannot_be_says_why(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """And writes nothing."""
    status, lines, error = run(capfd, "retrain", "--out", str(own_home / "candidate"), *arguments)
    assert status in (1, 3)
    assert lines == []
    assert said in error
    assert not (own_home / "candidate").exists()


def test_a_candidate_does_not_take_the_place_of_the_model_in_use(
    home: Home, model_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its folder is refused."""
    status, _, error = run(capfd, "retrain", "--out", str(model_folder))
    assert status == 3
    assert "name another one" in error


def test_a_drift_report_is_a_page_and_metrics(home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A line a week, which says that talks are few; the metrics name no shop."""
    page, metrics = own_home / "drift.html", own_home / "drift.prom"
    status, lines, _ = run(capfd, "drift", "--out", str(page), "--metrics", str(metrics), "--shop", "甲店")
    assert status == 0
    assert "12 talks" in lines[0]
    assert "few talks" in lines[0]
    assert "甲店" in page.read_text("utf-8")
    assert "baitwatch_drift_talks 12\n" in metrics.read_text("utf-8")
    assert "甲店" not in metrics.read_text("utf-8")


def test_no_talks_to_compare_is_said(home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """On the page and on the terminal."""
    with home.store.writing() as connection:
        find_or_make_shop(connection, "乙店", home.now)
    status, _, error = run(capfd, "drift", "--out", str(own_home / "drift.html"), "--shop", "乙店")
    assert status == 0
    assert "no talk began in these weeks" in error
