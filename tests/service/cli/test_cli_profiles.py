"""`profiles`, and `bundle` for one of them: named, made whole, and refused in words that help."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from strange_input import encoded, talk

from service.cli import main
from service.evidence.profiles import profile_names


@pytest.fixture
def made(tmp_path: Path, scorer: FakeScorer) -> list[str]:
    """The command that seals a talk, to be gone on with."""
    path = tmp_path / "talk.jsonl"
    path.write_bytes(encoded(talk("转我两百我就把差评删了")) + b"\n")
    return ["bundle", str(path), "-o", str(tmp_path / "case.zip"), "--unsigned"]


def test_profiles_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """One a line with its name first."""
    assert main(["profiles"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(profile_names())


def test_a_profile_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """In both languages with its sources, or as JSON."""
    assert main(["profiles", "show", "taobao_refund_message"]) == 0
    text = capsys.readouterr().out
    assert "文字 400 字节（UTF-8）（可信度高）" in text
    assert "text 400 bytes (UTF-8) (confidence high)" in text
    assert "taobao.refund.message.add" in text
    assert main(["profiles", "show", "taobao_refund_message", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limits"]["text"]["value"] == 400


def test_an_unknown_profile_is_answered_with_the_names(made: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """By both commands, each naming what was given as it was given."""
    assert main(["profiles", "show", "taobo"]) == 1
    assert "NAME: is not known; use one of card_amex" in capsys.readouterr().err
    assert main([*made, "--profile", "taobo"]) == 1
    assert "--profile: is not known; use one of card_amex" in capsys.readouterr().err


def test_a_bundle_for_a_platform(made: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The checklist with the deadline as a date is shown; letter and checklist are in the bundle and in the folder."""
    folder = tmp_path / "pieces"
    asked = ["--profile", "taobao_review", "--event-date", "2026-03-12", "--pieces", str(folder)]
    assert main([*made, *asked]) == 0
    shown = capsys.readouterr().out
    assert "最迟 2026-04-10" in shown
    with zipfile.ZipFile(tmp_path / "case.zip") as bag:
        letter = bag.read("baitwatch-evidence/data/letter.txt")
    assert (folder / "letter.txt").read_bytes() == letter
    assert "情况说明" in letter.decode()
    assert main(["verify", str(tmp_path / "case.zip")]) == 2  # unsigned, and nothing altered


def test_the_language_can_be_chosen(made: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of letter and checklist."""
    assert main([*made, "--profile", "taobao_review", "--language", "en"]) == 0
    assert "Deadline: the date of the event is not known: give --event-date" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        (["--pieces", "PIECES"], 3, "--pieces needs --profile"),
        (["--event-date", "2026-03-12"], 1, "--event-date: is for a profile"),
        (["--profile", "tmall", "--event-date", "2026-02-30"], 1, "--event-date: is not a date that exists"),
        (["--profile", "tmall", "--language", "fr"], 1, "--language: must be zh or en"),
        (["--profile", "taobao_review", "--event-date", "9999-12-30"], 1, "--event-date: must lie in the years"),
        (["--profile", "tmall", "--pieces", "FULL"], 3, "is not empty"),
        (["--profile", "tmall", "--pieces", "NOWHERE/pieces"], 3, "in a folder that is not there"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    made: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], *, asked: list[str], status: int, error: str
) -> None:
    """Neither a bundle nor a folder."""
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "mine").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    given = [str(tmp_path / word) if word.split("/")[0] in ("PIECES", "FULL", "NOWHERE") else word for word in asked]
    assert main([*made, *given]) == status
    assert error in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
