"""`keys`: a key that is shown once, lists without keys, revoking and a fresh data key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from service_time import NOW
from sqlalchemy import update

from service.cli import main
from service.cli.home import open_home
from service.store.access import key_digest, recognise
from service.store.drafts import Draft, write
from service.store.schema import api_keys
from service.store.talks import TalkStore

pytestmark = pytest.mark.usefixtures("own_home")


def create(capfd: pytest.CaptureFixture[str], shop: str = "甲店", *more: str) -> str:
    """A fresh key, as it is printed."""
    assert main(["keys", "create", "--shop", shop, "--scope", "score", *more]) == 0
    return capfd.readouterr().out.removesuffix("\n")


def good(key: str) -> bool:
    home = open_home()
    with home.store.reading() as connection:
        found = recognise(connection, home.keys.current, key_digest(key))
    home.store.close()
    return found is not None


def test_create_prints_the_key_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """So that a script can take it as it is; that the shop is new is said on standard error, without its name."""
    assert main(["keys", "create", "--shop", "甲店", "--scope", "score", "--scope", "read"]) == 0
    output = capfd.readouterr()
    (key,) = output.out.splitlines()
    assert key.startswith("bw_")
    assert len(key.split()) == 1
    assert output.err == "baitwatch: the shop is new and was made\n"
    assert good(key)
    create(capfd)
    assert main(["keys", "create", "--shop", "甲店", "--scope", "read"]) == 0
    assert capfd.readouterr().err == ""


def test_list_shows_keys_without_the_keys(capfd: pytest.CaptureFixture[str]) -> None:
    """One line each with number, shop, scopes and label, or JSON Lines; of one shop or of all."""
    made = [create(capfd, "甲店", "--label", "till"), create(capfd, "乙店")]
    assert main(["keys", "list"]) == 0
    table = capfd.readouterr().out
    assert [line.split()[:4] for line in table.splitlines()] == [
        ["1", "甲店", "score", "till"],
        ["2", "乙店", "score", "-"],
    ]
    assert "last used never" in table
    assert main(["keys", "list", "--json", "--shop", "乙店"]) == 0
    listed = capfd.readouterr().out
    (row,) = (json.loads(line) for line in listed.splitlines())
    assert {name: row[name] for name in ("id", "shop", "label", "scopes", "revoked_at")} == {
        "id": 2,
        "shop": "乙店",
        "label": "",
        "scopes": ["score"],
        "revoked_at": None,
    }
    assert not any(key in table + listed for key in made)


def test_a_revoked_key_is_no_good(capfd: pytest.CaptureFixture[str]) -> None:
    """By its number; a second time, or a number that is none, is said, with status 3."""
    key, other = create(capfd), create(capfd)
    assert main(["keys", "revoke", "1"]) == 0
    assert capfd.readouterr().out == "key 1 is revoked\n"
    assert (good(key), good(other)) == (False, True)
    for number in ("1", "77"):
        assert main(["keys", "revoke", number]) == 3
        output = capfd.readouterr()
        assert (output.out, output.err.count("\n")) == ("", 1)
        assert "keys list" in output.err
    assert main(["keys", "list"]) == 0
    assert "revoked" in capfd.readouterr().out.splitlines()[0]


def test_a_key_that_was_altered_is_shown_and_revoked(capfd: pytest.CaptureFixture[str]) -> None:
    """It is good for nothing, and the list and the audit say so until it is revoked, which takes it out."""
    key = create(capfd)
    home = open_home()
    with home.store.writing() as connection:
        connection.execute(update(api_keys).values(scopes="admin score"))
    assert not good(key)
    assert main(["keys", "list"]) == 0
    assert "good for nothing; revoke it" in capfd.readouterr().out
    assert main(["audit"]) == 1
    assert "甲店: api_keys row 1: altered, or made without the keyring" in capfd.readouterr().out
    assert main(["keys", "revoke", "1"]) == 0
    assert main(["audit"]) == 0
    capfd.readouterr()
    assert main(["keys", "list"]) == 0
    assert capfd.readouterr().out == ""
    home.store.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "--shop", "甲店", "--scope", "everything"], "score, read, label, evidence, admin"),
        (["create", "--shop", "", "--scope", "score"], "1 to 128 characters"),
        (["create", "--shop", "a\nb", "--scope", "score"], "1 to 128 characters"),
        (["create", "--shop", "甲店"], "--scope"),
        (["create", "--scope", "score"], "--shop"),
        (["revoke", "one"], "valid integer"),
        (["revoke"], "ID"),
    ],
)
def test_wrong_input_is_one_line_and_status_3(
    capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """What is wrong and what to do; nothing is made."""
    assert main(["keys", *arguments]) == 3
    output = capfd.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert said in output.err
    assert main(["keys", "list"]) == 0
    assert capfd.readouterr().out == ""


def test_rotate_seals_anew_what_is_there(
    capfd: pytest.CaptureFixture[str], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how many values, and the file holds one data key, another one."""
    monkeypatch.setattr("service.store.rotation.REREAD_SECONDS", 0.01)
    create(capfd)
    home = open_home()
    with home.store.writing() as connection:
        stored = TalkStore(connection, home.keys.current(), 1)
        assessment = {"risk": 0.1, "band": "low", "action": "proceed"}
        draft = Draft(stored.find_or_begin("t"), [], assessment, b"a state", "0" * 64)
        write(connection, home.keys.current(), draft, NOW)
    file = own_home / "keys" / "keyring.json"
    before = json.loads(file.read_text())
    assert main(["keys", "rotate"]) == 0
    assert capfd.readouterr().out == "sealed 1 values anew\n"
    after = json.loads(file.read_text())
    assert (after["index"], len(after["data"])) == (before["index"], 1)
    assert after["data"] != before["data"]
    home.store.close()


def test_a_damaged_keyring_is_said(capfd: pytest.CaptureFixture[str], own_home: Path) -> None:
    """With status 3, and nothing of it."""
    create(capfd)
    file = own_home / "keys" / "keyring.json"
    file.write_text('{"index": "c2VjcmV0"}')
    assert main(["keys", "rotate"]) == 3
    output = capfd.readouterr()
    assert "restore it from a backup" in output.err
    assert "c2VjcmV0" not in output.err
    assert output.err.count("\n") == 1
