"""A service with a shop in which somebody is signed in to the console, for benchmarks of its pages."""

from __future__ import annotations

import http.client
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.serving import BAITWATCH, Served, Shop, open_shop, served
from service.store.keyring import KeyFile
from service.store.users import create_user

__all__ = ["opened_console"]

_USER, _PASSWORD = "bench", "wide bottles sail"


@contextmanager
def opened_console(model: Path) -> Iterator[tuple[Served, Shop, str]]:
    """A service on SQLite in a folder of its own, its only shop, and the cookie of an agent."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.db'}"
        shop = open_shop(url, folder)
        _add_user(shop, folder)
        environment = {
            "BAITWATCH_HOME": name,
            "BAITWATCH_DATABASE_URL": url,
            "BAITWATCH_RATE_LIMIT": "none",
            "BAITWATCH_MODEL": str(model),
        }
        with served(BAITWATCH, environment, folder / "log") as service:
            yield service, shop, _sign_in(service)


def _add_user(shop: Shop, home: Path) -> None:
    with shop.store.writing() as connection:
        keyring = KeyFile(home / "keys" / "keyring.json").current()
        create_user(connection, keyring, shop.id, _USER, role="agent", password=_PASSWORD, now=datetime.now(UTC))


def _sign_in(service: Served) -> str:
    """The cookie of somebody who is signed in."""
    there = http.client.HTTPConnection(service.host, service.port, timeout=30)
    there.request("GET", "/console/login")
    form = there.getresponse()
    cookie = form.headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.read().decode())
    assert token is not None
    fields = {"csrf_token": token[1], "shop": "甲店", "name": _USER, "password": _PASSWORD}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    there.request("POST", "/console/login", urlencode(fields), headers)
    answer = there.getresponse()
    answer.read()
    if answer.status != 303:
        raise RuntimeError(f"signing in answered {answer.status}")
    return answer.headers["Set-Cookie"].partition(";")[0]
