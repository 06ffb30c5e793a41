"""`users`: people of a shop, whose passwords never stand in a command."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
import typer
from people import CHEAP, PASSWORD
from sqlalchemy import update

from service.cli import main
from service.cli.home import open_home
from service.store import schema, users


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAITWATCH_HOME", str(tmp_path))
    monkeypatch.setattr(users, "_HASHER", CHEAP)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: bytes = b"") -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
    return main(["users", *arguments])


def make(monkeypatch: pytest.MonkeyPatch, name: str = "小雨", role: str = "agent", password: str = PASSWORD) -> int:
    given = ("--shop", "甲店", "--name", name, "--role", role, "--password-stdin")
    return run(monkeypatch, "create", *given, stdin=f"{password}\n".encode())


def signs_in(password: str = PASSWORD) -> bool:
    home = open_home()
    return users.authenticate(home.store, home.keys.current(), "甲店", "小雨", password, now=home.now) is not None


def test_a_user_is_made_and_listed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """From standard input; the shop is made too, which is said; the list shows no password in any form."""
    assert make(monkeypatch) == 0
    assert "the shop is new" in capfd.readouterr().err
    assert signs_in()
    assert run(monkeypatch, "list", "--shop", "甲店") == 0
    assert run(monkeypatch, "list", "--json") == 0
    table, line = capfd.readouterr().out.splitlines()
    assert "甲店  小雨  agent" in table
    assert set(json.loads(line)) == {"id", "shop", "name", "role", "made_at", "disabled_at", "genuine"}
    assert "argon2" not in table


def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without echo, and with a confirmation."""
    asked: list[dict[str, object]] = []

    def prompt(text: str, **how: object) -> str:
        asked.append(how)
        return PASSWORD

    monkeypatch.setattr(typer, "prompt", prompt)
    assert run(monkeypatch, "create", "--shop", "甲店", "--name", "小雨", "--role", "agent") == 0
    assert [(how["hide_input"], bool(how["confirmation_prompt"])) for how in asked] == [(True, True)]
    assert signs_in()


def test_a_user_is_shut_out_and_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """`disable`, and `disable --undo`."""
    make(monkeypatch)
    assert run(monkeypatch, "disable", "--shop", "甲店", "--name", "小雨") == 0
    assert not signs_in()
    assert run(monkeypatch, "disable", "--shop", "甲店", "--name", "小雨", "--undo") == 0
    assert signs_in()


def test_another_role_is_given(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """`role`; one that is not there is refused with those that are."""
    make(monkeypatch)
    who = ("--shop", "甲店", "--name", "小雨", "--role")
    assert run(monkeypatch, "role", *who, "analyst") == 0
    assert run(monkeypatch, "role", *who, "boss") == 3
    assert "agent, supervisor, analyst, admin" in capfd.readouterr().err
    assert run(monkeypatch, "list") == 0
    assert "小雨  analyst" in capfd.readouterr().out


def test_a_user_that_was_altered_is_shown_and_removed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It cannot sign in, no command makes it good again, and the list and the audit say so until it is taken out."""
    make(monkeypatch)
    home = open_home()
    with home.store.writing() as connection:
        connection.execute(update(schema.users).values(role="admin"))
    assert not signs_in()
    who = ("--shop", "甲店", "--name", "小雨")
    for command in (("disable", *who, "--undo"), ("role", *who, "--role", "agent")):
        assert run(monkeypatch, *command) == 3
    capfd.readouterr()
    assert run(monkeypatch, "list") == 0
    assert "cannot sign in; remove it" in capfd.readouterr().out
    assert run(monkeypatch, "list", "--json") == 0
    assert json.loads(capfd.readouterr().out)["genuine"] is False
    assert main(["audit"]) == 1
    assert "甲店: users row 1: altered, or made without the keyring" in capfd.readouterr().out
    assert run(monkeypatch, "remove", *who) == 0
    assert main(["audit"]) == 0
    assert run(monkeypatch, "remove", *who) == 3


def test_another_password_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever has the home."""
    make(monkeypatch)
    given = ("password", "--shop", "甲店", "--name", "小雨", "--password-stdin")
    assert run(monkeypatch, *given, stdin=b"narrow bottles sink") == 0
    assert signs_in("narrow bottles sink")
    assert not signs_in()


def test_what_is_wrong_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """A weak password, another encoding, an unknown role, a taken or an unknown name; each says what to do."""
    make(monkeypatch)
    unknown = ("--shop", "甲店", "--name", "没有")
    given = ("create", "--shop", "甲店", "--name", "b", "--role", "agent", "--password-stdin")
    capfd.readouterr()
    for command, said in (
        (lambda: make(monkeypatch, "b", password="short"), "12 characters or more"),
        (lambda: run(monkeypatch, *given, stdin=b"\xff\xfe wide bottles\n"), "UTF-8"),
        (lambda: make(monkeypatch, "b", role="boss"), "agent, supervisor"),
        (lambda: make(monkeypatch), "choose another"),
        (lambda: run(monkeypatch, "disable", *unknown), "users list"),
        (lambda: run(monkeypatch, "password", *unknown, "--password-stdin", stdin=PASSWORD.encode()), "users list"),
    ):
        assert command() == 3
        output = capfd.readouterr()
        assert output.out == ""
        assert said in output.err
        assert len(output.err.splitlines()) == 1
        assert "bottles" not in output.err
