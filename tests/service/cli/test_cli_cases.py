"""``cases list`` and ``show``: the cases of a shop on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from record_case import Case, message
from service_time import NOW

from service.cases.desk import CaseDesk
from service.cases.model import NewCase, Note
from service.cli import main
from service.cli.home import open_home
from service.store.access import find_or_make_shop


@pytest.fixture
def shop(own_home: Path) -> str:
    """A shop with a talk and a case about it."""
    home = open_home()
    with home.store.writing() as connection:
        number, _ = find_or_make_shop(connection, "甲店", NOW)
    Case(home.store, home.keys.current(), number).add("t", [message(1)])
    desk = CaseDesk(home.store, home.keys)
    desk.open(number, NewCase(case_id="k", conversation_id="t", claim="review"), actor="user 1")
    desk.add_event(number, "k", Note(event_id="n", kind="note", text="已致电"), actor="user 1")
    home.store.close()
    return "甲店"


def test_cases_are_listed_and_shown(shop: str, capfd: pytest.CaptureFixture[str]) -> None:
    """One a line; one of them as JSON, as the API shows it."""
    assert main(["cases", "list", "--shop", shop]) == 0
    assert capfd.readouterr().out.startswith("k  about t, review, not decided, ")
    assert main(["cases", "list", "--shop", shop, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["case_id"] == "k"
    assert main(["cases", "show", "k", "--shop", shop]) == 0
    shown = json.loads(capfd.readouterr().out)
    assert [event["text"] for event in shown["events"]] == ["已致电"]
    assert [standing["object"] for standing in shown["standings"]] == ["handling", "order", "after_sales", "refund"]


def test_what_is_not_there_is_said(shop: str, capfd: pytest.CaptureFixture[str]) -> None:
    """No such case, no such shop: one line that says what to do."""
    for arguments in (["cases", "show", "none", "--shop", shop], ["cases", "list", "--shop", "无店"]):
        assert main(arguments) == 3
        assert "there is no" in capfd.readouterr().err
