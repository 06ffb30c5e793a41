"""`score` and `check-reply`: JSON Lines in and out, in order, bad lines reported with their number."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from strange_input import AGAINST_CONTRACT, ALLOWED, NOT_JSON, SECRET, encoded, talk

from service.cli import main

WAIT = 60
GOOD = encoded(talk("在吗", "不开我就投诉"))


@pytest.fixture
def lines(tmp_path: Path, scorer: FakeScorer):
    """Writes JSON Lines and gives the path."""

    def write(*content: bytes) -> str:
        path = tmp_path / "talks.jsonl"
        path.write_bytes(b"\n".join(content))
        return str(path)

    return write


def test_score_writes_one_assessment_a_line_in_order(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each conversation becomes one line, in the order of the file."""
    other = GOOD.replace(b'"c1"', b'"c2"')
    assert main(["score", lines(GOOD, other)]) == 0
    output = capfdbinary.readouterr()
    answers = [json.loads(line) for line in output.out.splitlines()]
    assert [answer["conversation_id"] for answer in answers] == ["c1", "c2"]
    assert output.err == b""


def test_trajectory_writes_one_assessment_after_every_message(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A chat of two messages becomes two lines, as of each message."""
    assert main(["score", "--trajectory", lines(GOOD)]) == 0
    answers = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [(answer["as_of_message_id"], answer["risk"]) for answer in answers] == [("m0", 0.1), ("m1", 0.9)]


def test_check_reply_writes_one_check_a_line(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A line holds a conversation and a draft; the check of the draft comes out."""
    assert main(["check-reply", lines(encoded({"conversation": talk("在吗"), "draft": "可以的亲"}))]) == 0
    assert json.loads(capfdbinary.readouterr().out)["verdict"] == "revise"


@pytest.mark.parametrize("body", [*NOT_JSON.values(), *(body for body, _ in AGAINST_CONTRACT.values())])
def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_done(
    lines, capfdbinary: pytest.CaptureFixture[bytes], body: bytes
) -> None:
    """Status 1, one line on standard error, and the good lines before and after it are still answered."""
    assert main(["score", lines(GOOD, b"", body, GOOD)]) == 1
    output = capfdbinary.readouterr()
    assert len(output.out.splitlines()) == 2
    assert output.err.startswith(b"baitwatch: line 3: ")
    assert output.err.count(b"\n") == 1


@pytest.mark.parametrize("name", ALLOWED)
def test_strange_but_valid_lines_are_scored(lines, capfdbinary: pytest.CaptureFixture[bytes], name: str) -> None:
    """What the contract allows gets one assessment."""
    assert main(["score", lines(ALLOWED[name])]) == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 1


def test_a_wrong_draft_line_is_reported(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A conversation alone is no line of check-reply."""
    assert main(["check-reply", lines(GOOD)]) == 1
    output = capfdbinary.readouterr()
    assert output.out == b""
    assert b"line 1: " in output.err


def test_values_of_a_bad_line_are_not_repeated(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """What was wrong may be personal data; only its field is named."""
    main(["score", lines(encoded(talk("在吗", buyer={"buyer_id": [SECRET]})), f"{{{SECRET}".encode())])
    error = capfdbinary.readouterr().err
    assert b"buyer.buyer_id" in error
    assert SECRET.encode() not in error


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(
    lines, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Files from a spreadsheet work as they are."""
    assert main(["score", lines(b"\xef\xbb\xbf" + GOOD + b"\r", GOOD + b"\r")]) == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_an_empty_file_is_no_mistake(lines, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Nothing in, nothing out, status 0."""
    assert main(["score", lines()]) == 0
    assert capfdbinary.readouterr() == (b"", b"")


def test_a_dash_reads_standard_input(
    scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """`-` stands for standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    assert main(["score", "-"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["conversation_id"] == "c1"


def test_a_missing_model_is_one_line_and_status_3(
    no_model: None, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Without a model nothing is read; the line says how to get one."""
    path = tmp_path / "talks.jsonl"
    path.write_bytes(GOOD)
    assert main(["score", str(path)]) == 3
    assert capfdbinary.readouterr().err == b"baitwatch: there is no model; run `baitwatch train`\n"


@pytest.mark.parametrize("name", ["nothing-here.jsonl", "."])
def test_a_file_that_cannot_be_read_is_one_line_and_status_3(
    scorer: FakeScorer, capfdbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    """A wrong path is named together with the reason."""
    assert main(["score", name]) == 3
    error = capfdbinary.readouterr().err.decode()
    assert error.startswith(f"baitwatch: cannot use {name}: ")
    assert error.count("\n") == 1


# a program of its own, so that pipes, locale and exit are the real ones
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from fake_scorer import FakeScorer
from riskmodel.scorer import Scorer
Scorer.load = lambda directory: FakeScorer()
from service.cli import main
sys.exit(main())
"""
COMMAND = [sys.executable, "-c", PROGRAM, str(Path(__file__).parents[1])]


def test_output_is_utf8_whatever_the_locale_says(tmp_path: Path) -> None:
    """Under an ASCII locale the same bytes come out."""
    environment = os.environ | {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    ended = subprocess.run(
        [*COMMAND, "score", "-"], input=GOOD, capture_output=True, env=environment, timeout=WAIT, check=False
    )
    assert ended.returncode == 0
    assert "提到投诉" in ended.stdout.decode("utf-8")


def test_answers_come_while_input_is_still_open() -> None:
    """An answer is written as soon as its line was read, so that two programs can talk."""
    process = subprocess.Popen([*COMMAND, "score", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(2):
        process.stdin.write(GOOD + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["conversation_id"] == "c1"
    process.stdin.close()
    assert process.stdout.read() == b""
    assert process.wait(WAIT) == 0
    process.stdout.close()


def test_a_reader_that_goes_away_ends_it_silently(tmp_path: Path) -> None:
    """`baitwatch score … | head -1` prints no trace; the status is that of a broken pipe."""
    path = tmp_path / "many.jsonl"
    path.write_bytes((GOOD + b"\n") * 5_000)
    process = subprocess.Popen([*COMMAND, "score", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(WAIT) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
