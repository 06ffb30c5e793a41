"""What is the same for all of a shop is written once a second, for that shop and in that language."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from people import say, sign_in

from service.console import shared
from service.store.engine import Store


def listed(client: FlaskClient, language: str = "zh") -> str:
    return client.get(f"/console/talks?language={language}").get_data(as_text=True)


def test_a_list_is_shared_within_a_second(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By all of a shop; the other shop has its own, and each language too."""
    monkeypatch.setattr(shared, "_KEPT", 60.0)
    say(client, store, "one", "在吗")
    sign_in(client)
    before = listed(client)
    assert "one" in before
    say(client, store, "two", "在吗")
    assert listed(client) == before
    assert "two" in listed(client, "en")
    sign_in(client, "小雨", "乙店")
    assert "one" not in listed(client)


def test_what_is_older_is_written_anew(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no list is behind for long."""
    monkeypatch.setattr(shared, "_KEPT", -1.0)
    sign_in(client)
    assert "one" not in listed(client)
    say(client, store, "one", "在吗")
    assert "one" in listed(client)
