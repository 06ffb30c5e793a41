"""`labels import` and `list`: a bad row is named by its line, the others are kept, and nothing is kept twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from riskmodel.conversation import Message
from service.cli import main
from service.cli.home import Home, open_home
from service.store.access import find_or_make_shop
from service.store.drafts import Addition, Draft, write
from service.store.schema import labels
from service.store.talks import TalkStore

ASSESSMENT = {"risk": 0.1, "band": "low", "action": "proceed", "model": {"sha256": "0" * 64}}
HEAD = "conversation_id,label,reason,probability,platform_decision,decided_at,by\n"


@pytest.fixture
def home(own_home: Path) -> Iterator[Home]:
    """A shop with the talks t1 to t3."""
    opened = open_home()
    for name in ("t1", "t2", "t3"):
        said = Message(message_id="m1", sender="buyer", sent_at=opened.now, text="在吗")
        with opened.store.writing() as connection:
            number, _ = find_or_make_shop(connection, "甲店", opened.now)
            stored = TalkStore(connection, opened.keys.current(), number)
            additions = [Addition("message", "m1", said.model_dump_json().encode(), stored.mark(said), ASSESSMENT)]
            draft = Draft(stored.find_or_begin(name), additions, ASSESSMENT)
            write(connection, opened.keys.current(), draft, opened.now)
    yield opened
    opened.store.close()


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], list[str]]:
    """Status, and the lines of standard output and of standard error."""
    status = main(list(arguments))
    output = capfd.readouterr()
    return status, output.out.splitlines(), output.err.splitlines()


def take(
    capfd: pytest.CaptureFixture[str], folder: Path, text: str, encoding: str = "utf-8"
) -> tuple[int, list[str], list[str]]:
    file = folder / "labels.csv"
    file.write_bytes(text.encode(encoding))
    return run(capfd, "labels", "import", str(file), "--shop", "甲店")


def listed(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    status, lines, _ = run(capfd, "labels", "list", "--shop", "甲店", "--json")
    assert status == 0
    return [json.loads(line) for line in lines]


def test_labels_are_kept_with_who_when_why_and_what_the_platform_decided(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As the file says; the reason lies sealed; a reason may have commas and lines in it."""
    rows = 't1,abusive,"给钱改评,\n两次",0.005,rejected,2026-03-01T10:00:00+08:00,小陈\nt2,benign,,,,,\n'
    status, lines, error = take(capfd, own_home, HEAD + rows)
    assert (status, lines, error) == (0, ["2 labels kept, 0 there already, 0 rows wrong"], [])
    second, first = listed(capfd)
    assert (first["label"], first["reason"], first["probability"]) == ("abusive", "给钱改评,\n两次", 0.005)
    assert (first["made_by"], first["platform_decision"]) == ("file 小陈", "rejected")
    assert first["decided_at"] == "2026-03-01T02:00:00+00:00"
    assert (second["label"], second["made_by"], second["reason"]) == ("benign", "command line", None)
    with home.store.reading() as connection:
        assert all("给钱".encode() not in (row.reason or b"") for row in connection.execute(select(labels)))
    _, plain, _ = run(capfd, "labels", "list", "--shop", "甲店")
    assert plain[1] == "t1  abusive  file 小陈  2026-03-01  platform rejected  picked at 0.005"


def test_each_bad_row_is_named_by_its_line_and_the_others_are_kept(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 1; the line is where the row begins, also after a reason of two lines; nothing of the row is repeated."""
    rows = [
        't1,abusive,"zwei\nZeilen"',
        "t9,abusive,",
        "t2,guilty,",
        "t2,benign,,viel",
        "t2,benign,,2",
        "t2,benign,,,won",
        "t2,benign,,,,2099-01-01T00:00:00+08:00",
        "t2,benign,,,,gestern",
        "t2,benign,,,,,,mehr",
        ",benign",
        "",
        "t3,legit_complaint,破损属实",
    ]
    status, lines, error = take(capfd, own_home, HEAD + "\n".join(rows) + "\n")
    assert (status, lines) == (1, ["2 labels kept, 0 there already, 9 rows wrong"])
    told = [line.removeprefix("baitwatch: ") for line in error]
    assert [line.split(": ")[:2] for line in told] == [
        ["line 4", "conversation_id"],
        ["line 5", "label"],
        ["line 6", "probability"],
        ["line 7", "probability"],
        ["line 8", "platform_decision"],
        ["line 9", "decided_at"],
        ["line 10", "decided_at"],
        ["line 11", "row"],
        ["line 12", "conversation_id"],
    ]
    assert not any(word in line for line in told for word in ("t9", "guilty", "viel", "won;", "gestern", "mehr"))
    assert {each["conversation_id"] for each in listed(capfd)} == {"t1", "t3"}


def test_a_file_again_adds_nothing(home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What the platform decided meanwhile is new, and the label before it is kept."""
    rows = HEAD + "t1,abusive,,,,,小陈\nt2,benign,,,,,\n"
    take(capfd, own_home, rows)
    assert take(capfd, own_home, rows)[1][0].startswith("0 labels kept, 2 there")
    assert take(capfd, own_home, HEAD + "t1,abusive,,,settled,,小陈\n")[1][0].startswith("1 labels kept")
    assert [each["platform_decision"] for each in listed(capfd)] == ["settled", None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_of_a_spreadsheet_is_read(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str], encoding: str
) -> None:
    """As such programs write it."""
    assert take(capfd, own_home, "conversation_id,label,reason\r\nt1,unclear,看不出\r\n", encoding)[0] == 0
    assert [each["reason"] for each in listed(capfd)] == ["看不出"]


@pytest.mark.parametrize(
    "head", ["conversation_id,reason\n", "conversation_id,label,colour\n", "label,label,conversation_id\n", ""]
)
def test_a_wrong_head_says_which_columns_there_are(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str], head: str
) -> None:
    """Before any row is kept."""
    status, lines, error = take(capfd, own_home, head + "t1,abusive,x\n")
    assert (status, lines) == (1, [])
    assert "line 1: head:" in error[0]
    assert "columns are conversation_id, label" in error[0]
    assert listed(capfd) == []
