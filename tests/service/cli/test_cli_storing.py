"""`audit` and `purge`: whether the store is as it arrived, and what need not be kept any longer."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from riskmodel.conversation import Buyer, Message
from service.cli import main
from service.cli.home import Home, open_home
from service.store.access import find_or_make_shop
from service.store.schema import access_log
from service.store.talks import Addition, Facts, TalkStore

ASSESSMENT = {"risk": 0.1, "band": "low", "action": "proceed", "model": {"sha256": "0" * 64}}


@pytest.fixture
def home(own_home: Path) -> Iterator[Home]:
    opened = open_home()
    yield opened
    opened.store.close()


def add(home: Home, name: str, *, shop: str = "甲店", days: int = 0, buyer: str | None = None) -> None:
    """A talk with one message of so many days ago."""
    now = home.now - timedelta(days=days)
    said = Message(message_id="m1", sender="buyer", sent_at=now, text="标记文字")
    with home.store.writing() as connection:
        number, _ = find_or_make_shop(connection, shop, now)
        stored = TalkStore(connection, home.keys.current(), number)
        talk = stored.find_or_make(name, now)
        plain = said.model_dump_json().encode()
        talk = stored.add(talk, [Addition("message", "m1", plain, stored.mark(said), ASSESSMENT)], now)
        if buyer is not None:
            talk = stored.with_facts(talk, Facts(buyer=Buyer(buyer_id=buyer)))
        stored.close(talk, ASSESSMENT, None, "0" * 64)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    """Status, the lines of standard output, and standard error."""
    status = main(list(arguments))
    output = capfd.readouterr()
    return status, output.out.splitlines(), output.err


def test_an_audit_of_what_arrived_is_one_line_a_shop(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """Status 0; how many entries there are, and the root of a head that is signed with it."""
    assert run(capfd, "audit") == (0, [], "")
    add(home, "t")
    add(home, "u", shop="乙店")
    status, lines, _ = run(capfd, "audit")
    assert status == 0
    assert [line.partition(": ")[0] for line in lines] == ["甲店", "乙店"]
    assert all("as it arrived; 1 entries, root " in line for line in lines)
    assert run(capfd, "audit") == (0, lines, ""), "nothing new, no new head"
    assert run(capfd, "audit", "--shop", "乙店") == (0, lines[1:], "")


def test_an_audit_names_what_was_altered(home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Status 1; the shop, the table and the row, and nothing of what was said; no head is signed over it."""
    add(home, "t")
    add(home, "u", shop="乙店")
    with sqlite3.connect(own_home / "baitwatch.db") as database:
        database.execute("UPDATE messages SET content = CAST(substr(content, 1, 30) AS BLOB) WHERE id = 1")
    database.close()
    status, lines, error = run(capfd, "audit")
    assert (status, error) == (1, "")
    assert lines[0].startswith("甲店: messages row 1 (talk ")
    assert lines[0].endswith("position 0): altered: it does not open")
    assert "乙店: as it arrived" in lines[1]
    with sqlite3.connect(own_home / "baitwatch.db") as database:
        assert database.execute("SELECT count(*) FROM heads").fetchall() == [(1,)]
    database.close()


def copy(source: Path, target: Path) -> None:
    """Make one database what the other is."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def set_back(own_home: Path, home: Home, statements: str) -> None:
    """Change the database as somebody who has nothing else."""
    home.store.close()
    with sqlite3.connect(own_home / "baitwatch.db") as database:
        database.executescript(statements)
    database.close()


def test_an_audit_names_a_store_that_was_set_back(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Another file that was sound once is found out by the head in the home, again and again until it is accepted."""
    add(home, "t")
    assert run(capfd, "audit")[0] == 0
    copy(own_home / "baitwatch.db", own_home / "earlier.db")
    add(home, "u")
    assert run(capfd, "audit")[0] == 0
    copy(own_home / "earlier.db", own_home / "baitwatch.db")
    for name in ("v", "w"):
        status, (line,), _ = run(capfd, "audit")
        assert status == 1
        assert line.startswith("甲店: the store was set back to before 2")
        assert "head of 2 entries" in line
        assert "--accept-restore" in line
        add(home, name)
    status, lines, _ = run(capfd, "audit", "--accept-restore")
    assert status == 0
    assert lines[0].startswith("甲店: accepted: the store was set back")
    assert lines[1].startswith("甲店: as it arrived; 3 entries")
    assert run(capfd, "audit") == (0, lines[1:], "")
    with home.store.reading() as connection:
        noted = connection.execute(select(access_log.c.actor, access_log.c.action)).all()
    assert [tuple(row) for row in noted] == [("command line", "restore accepted")]


def test_a_restore_is_not_accepted_over_what_was_altered(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """First that is to be mended."""
    add(home, "t")
    assert run(capfd, "audit")[0] == 0
    set_back(own_home, home, "DELETE FROM heads; UPDATE entries SET place = NULL; DELETE FROM messages;")
    status, lines, _ = run(capfd, "audit", "--accept-restore")
    assert status == 1
    assert "its content is missing" in lines[0]
    assert "was set back" in lines[1]
    assert run(capfd, "audit")[1] == lines


def test_an_audit_names_a_shop_that_is_gone(home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The store was set back to before it was made: of all shops, of it alone, and until it is accepted."""
    add(home, "t")
    add(home, "u", shop="乙店")
    assert run(capfd, "audit")[0] == 0
    set_back(
        own_home,
        home,
        "PRAGMA foreign_keys=ON; DELETE FROM heads WHERE shop_id = 2; DELETE FROM entries "
        "WHERE shop_id = 2; DELETE FROM conversations WHERE shop_id = 2; DELETE FROM shops WHERE id = 2;",
    )
    status, lines, _ = run(capfd, "audit")
    assert status == 1
    assert lines[0].startswith("甲店: as it arrived")
    assert lines[1].startswith("乙店: the store was set back")
    assert run(capfd, "audit", "--shop", "乙店") == (1, lines[1:], "")
    assert run(capfd, "audit", "--shop", "甲店") == (0, lines[:1], "")
    assert run(capfd, "audit", "--accept-restore")[0] == 0
    assert run(capfd, "audit") == (0, lines[:1], "")


def test_an_audit_after_a_purge_has_nothing_to_say(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """What was deleted on purpose is no finding."""
    add(home, "t", days=40)
    add(home, "u")
    assert run(capfd, "audit")[0] == 0
    assert run(capfd, "purge", "--shop", "甲店", "--older-than", "30")[0] == 0
    status, (line,), _ = run(capfd, "audit")
    assert status == 0
    assert "3 entries" in line


def test_purge_deletes_what_is_past_its_time(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """Of one shop; it says how many, and --dry-run only that."""
    for name, days in (("a", 40), ("b", 35), ("c", 3)):
        add(home, name, days=days)
    add(home, "d", shop="乙店", days=40)
    command = ("purge", "--shop", "甲店", "--older-than", "30")
    assert run(capfd, *command, "--dry-run") == (0, ["2 talks would be erased"], "")
    first = run(capfd, *command)
    assert first == (0, ["2 talks erased; backups still hold them until they are replaced"], "")
    assert run(capfd, *command, "--dry-run") == (0, ["0 talks would be erased"], "")
    assert run(capfd, "purge", "--shop", "乙店", "--older-than", "30", "--dry-run")[1] == ["1 talks would be erased"]


def test_purge_goes_by_the_limit_that_is_set(
    home: Home, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shop's own, else the general one; what the command says wins over both."""
    for shop in ("甲店", "乙店"):
        for name, days in (("a", 40), ("b", 20), ("c", 3)):
            add(home, name, shop=shop, days=days)
    assert run(capfd, "shops", "set", "甲店", "--retention-days", "10")[0] == 0
    monkeypatch.setenv("BAITWATCH_RETENTION_DAYS", "30")
    found = {shop: run(capfd, "purge", "--shop", shop, "--dry-run")[1] for shop in ("甲店", "乙店")}
    assert found == {"甲店": ["2 talks would be erased"], "乙店": ["1 talks would be erased"]}
    assert run(capfd, "purge", "--shop", "甲店", "--older-than", "1", "--dry-run")[1] == ["3 talks would be erased"]
    assert run(capfd, "purge", "--shop", "甲店")[1][0].startswith("2 talks erased")


def test_purge_by_buyer(home: Home, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The id may come by standard input, so that no shell remembers it; it is not repeated."""
    add(home, "a", buyer="标记买家")
    add(home, "b", buyer="标记买家", days=40)
    add(home, "c", buyer="另一位")
    command = ("purge", "--shop", "甲店", "--buyer")
    assert run(capfd, *command, "无此人", "--dry-run")[1] == ["0 talks would be erased"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("标记买家\n".encode()), encoding="utf-8"))
    status, lines, error = run(capfd, *command, "-")
    assert (status, error) == (0, "")
    assert lines[0].startswith("2 talks erased")
    assert run(capfd, *command, "另一位", "--dry-run")[1] == ["1 talks would be erased"]
    assert run(capfd, "audit")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "--shop", "丙店"], "no shop of this name"),
        (["purge", "--shop", "丙店", "--older-than", "30"], "no shop of this name"),
        (["purge", "--shop", "甲店"], "this shop has no limit; give --older-than DAYS or --buyer BUYER_ID"),
        (["purge", "--shop", "甲店", "--older-than", "30", "--buyer", "x"], "either"),
        (["purge", "--shop", "甲店", "--older-than", "0"], "1 to 36500 days"),
        (["purge", "--shop", "甲店", "--older-than", "99999999"], "1 to 36500 days"),
        (["purge", "--shop", "甲店", "--older-than", "x"], "valid integer"),
        (["purge", "--shop", "甲店", "--buyer", ""], "empty"),
        (["purge", "--older-than", "30"], "--shop"),
    ],
)
def test_wrong_input_is_one_line_and_status_3(
    home: Home, capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """What is wrong and what to do; nothing is deleted."""
    add(home, "t", days=40)
    status, lines, error = run(capfd, *arguments)
    assert (status, lines, error.count("\n")) == (3, [], 1)
    assert said in error
    assert run(capfd, "purge", "--shop", "甲店", "--older-than", "30", "--dry-run")[1] == ["1 talks would be erased"]


def test_an_audit_of_what_cannot_even_be_read_is_said(
    home: Home, own_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Text where bytes should be is the work of another program."""
    add(home, "t")
    with sqlite3.connect(own_home / "baitwatch.db") as database:
        database.execute("UPDATE messages SET content = CAST(x'ff00' AS TEXT)")
    database.close()
    status, lines, error = run(capfd, "audit")
    assert (status, lines) == (3, [])
    assert "altered by another program" in error


def test_a_database_that_is_none_is_said(own_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With status 3: whether the record is whole cannot be said."""
    (own_home / "baitwatch.db").write_bytes(b"something else entirely, and long enough to be looked at" * 100)
    status, lines, error = run(capfd, "audit")
    assert (status, lines) == (3, [])
    assert "damaged or of another program" in error
