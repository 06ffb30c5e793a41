"""`import`: JSON Lines that `score` takes, all or nothing, and a preview that writes nothing."""

import json
from pathlib import Path

import pytest

from riskmodel.conversation import parse_conversation
from service.cli import main

GOOD = "tb_1 (2015-08-04 10:00:00): 杯盖会漏吗\n小店:小雨 (2015-08-04 10:01:00): 不漏的\n"
BAD = "tb_1 (2015-02-30 10:00:00): 杯盖会漏吗\n" + GOOD


def write(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


def test_an_export_becomes_conversations(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """One line each, valid under the contract."""
    assert main(["import", write(tmp_path / "a.txt", GOOD), "--platform", "taobao"]) == 0
    (line,) = capfdbinary.readouterr().out.splitlines()
    assert [message.sender for message in parse_conversation(json.loads(line)).messages] == ["buyer", "agent"]


def test_with_a_bad_row_nothing_is_imported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not of the other file either; the row is named; --leave-out takes the rest."""
    files = [write(tmp_path / "a.txt", GOOD), write(tmp_path / "b.txt", BAD)]
    assert main(["import", *files]) == 1
    output = capfd.readouterr()
    assert output.out == ""
    assert "b.txt, row 1: time:" in output.err
    assert "nothing was imported" in output.err
    assert "杯盖" not in output.err
    assert main(["import", *files, "--leave-out"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 2


def test_a_preview_writes_nothing(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """It shows how columns and sides are read."""
    table = "角色,时间,内容\n买家,2015-08-04 10:00:00,杯盖会漏吗\n"
    assert main(["import", write(tmp_path / "a.csv", table), "--preview"]) == 0
    text = capfdbinary.readouterr().out.decode()
    assert "1 talks, 1 messages, 0 rows" in text
    assert "side = 角色, time = 时间, text = 内容" in text
    assert "杯盖会漏吗" in text
    assert not text.startswith("{")


def test_a_side_that_is_not_clear_is_asked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One line with the option; status 1."""
    assert main(["import", write(tmp_path / "a.txt", GOOD.replace("小店:小雨", "小雨"))]) == 1
    assert "--shop" in capfd.readouterr().err
