"""The command line as a whole: wrong usage, foreseen and unforeseen errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from strange_input import SECRET, encoded, talk

from service.cli import main

COMMANDS = ("score", "check-reply", "serve", "bundle", "verify", "demo")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` lists the commands and is no error."""
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [[], ["no-such-command"], ["score"], ["score", "--nonsense", "x"], ["verify"], ["serve", "--port", "70000"]],
)
def test_wrong_usage_is_one_line_and_status_3(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """2 is kept for `verify`'s own answer, so wrong usage is 3 like everything that could not run."""
    assert main(arguments) == 3
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert "see baitwatch --help" in output.err


def test_an_unforeseen_error_shows_no_trace(
    tmp_path: Path, scorer: FakeScorer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake of ours is one line without content; the trace is there for who asks."""

    def broken(conversation: object) -> dict[str, object]:
        raise KeyError(SECRET)

    monkeypatch.setattr(scorer, "assess", broken)
    path = tmp_path / "talks.jsonl"
    path.write_bytes(encoded(talk(SECRET)))
    assert main(["score", str(path)]) == 3
    error = capsys.readouterr().err
    assert "KeyError" in error
    assert SECRET not in error
    assert error.count("\n") == 1
    monkeypatch.setenv("BAITWATCH_TRACEBACK", "1")
    with pytest.raises(KeyError):
        main(["score", str(path)])


def test_starting_a_command_loads_neither_web_framework_nor_training() -> None:
    """What only one command needs is loaded by that command, so that `score` starts quickly."""
    program = "import json, sys, service.cli; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
    assert not {"flask", "gunicorn", "sklearn", "jinja2", "pandas", "numpy", "yaml", "riskmodel.scorer"} & set(modules)
