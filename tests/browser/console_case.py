"""A console in a real browser: a service of its own in this process, with people and what the API can say to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from keyring_of import keyring_of
from people import PASSWORD, PEOPLE, populate
from playwright.sync_api import Page
from service_time import NOW
from werkzeug.serving import make_server

from service.app import create_app
from service.backend import backend_of
from service.console.stream import live_of
from service.store.access import create_key, find_or_make_shop
from service.store.schema import conversations, sessions

__all__ = ["Console", "running_console"]


class Console:
    """A running console, its address, and ways to make things happen in it."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app, self.address = app, address
        self.store = backend_of(app).store

    @cached_property
    def _key(self) -> str:
        with self.store.writing() as connection:
            number, _ = find_or_make_shop(connection, "甲店", NOW)
            return create_key(connection, keyring_of(), number, ["score"], now=NOW)

    def say(self, talk: str, *texts: str, facts: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Have buyer and agent of a talk say this by turns, a minute apart and just now; gives the Assessments."""
        return self.tell(talk, self._messages(texts), facts)

    def tell(
        self, talk: str, messages: Sequence[dict[str, Any]], facts: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Send messages of a talk to the API, after what is known of it; gives the Assessments."""
        client, headers = self.app.test_client(), {"Authorization": f"Bearer {self._key}"}
        if facts:
            assert client.put(f"/v1/conversations/{talk}/facts", json=facts, headers=headers).status_code == 200
        told = client.post(f"/v1/conversations/{talk}/messages", json={"messages": messages}, headers=headers)
        assert told.status_code == 200, told.get_data(as_text=True)
        found: list[dict[str, Any]] = told.get_json()["assessments"]
        return found

    def embed_token(self, talk: str) -> dict[str, str]:
        """What opens a talk in a frame."""
        headers = {"Authorization": f"Bearer {self._key}"}
        answer = self.app.test_client().post(f"/v1/conversations/{talk}/embed-token", headers=headers)
        assert answer.status_code == 201
        given: dict[str, str] = answer.get_json()
        return given

    def _messages(self, texts: Sequence[str]) -> list[dict[str, str]]:
        now = datetime.now(UTC)
        return [
            {
                "message_id": f"m{now.timestamp()}-{place}",
                "sender": "agent" if place % 2 else "buyer",
                "sent_at": (now - timedelta(minutes=len(texts) - place)).isoformat(),
                "text": text,
            }
            for place, text in enumerate(texts)
        ]

    def talk(self, name: str) -> str:
        """The address of a talk."""
        with self.store.reading() as connection:
            from sqlalchemy import select

            query = select(conversations.c.talk).where(conversations.c.conversation_id == name)
            return f"{self.address}/console/talks/{connection.execute(query).scalar_one()}"

    def end_sessions(self) -> None:
        """As if all had signed out elsewhere."""
        with self.store.writing() as connection:
            connection.execute(sessions.delete())

    def sign_in(self, view: Page, name: str = "小雨", *, language: str = "zh") -> None:
        """Open the first page as one of the people."""
        view.goto(f"{self.address}/console/login?language={language}")
        view.fill("#shop", "甲店")
        view.fill("#name", name)
        view.fill("#password", PASSWORD)
        view.press("#password", "Enter")
        view.wait_for_url(f"{self.address}/console/**")


@contextmanager
def running_console(folder: Path, hasher: PasswordHasher, *, people: bool = True) -> Iterator[Console]:
    """Serve a console of an empty store; the hasher is the one that its users' passwords are kept with."""
    from service.store import users

    kept, users._HASHER = users._HASHER, hasher
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'console.db'}", "RATE_LIMIT": ""})
    if people:
        populate(backend_of(app).store, PEOPLE)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield Console(app, f"http://127.0.0.1:{server.server_port}")
    finally:
        live_of(app).stop()
        server.shutdown()
        serving.join()
        server.server_close()
        backend_of(app).store.close()
        users._HASHER = kept
