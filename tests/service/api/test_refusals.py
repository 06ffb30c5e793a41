"""Every error that the document names is provoked at its operation: it has the one shape and says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from good_requests import MESSAGE, OPERATIONS, good, scope
from keyring_of import keyring_of
from service_time import NOW
from werkzeug.test import TestResponse

from riskmodel.scorer import Scorer
from service import growth, problems
from service.app import create_app
from service.backend import backend_of
from service.store.access import SCOPES, create_key, find_or_make_shop

REFUSED = [
    (name, status)
    for name, (_, _, operation) in OPERATIONS.items()
    for status in map(int, operation["responses"])
    if status >= 400
]
# what a reader is told to do, in the words that these texts use
TOLD = re.compile(
    r"\b(send|make|makes|let|raise|wait|correct|use|check|tell|begin|see|start|run|give|names the networks)\b",
    re.IGNORECASE,
)
HEADERS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}


class Kit(NamedTuple):
    """A service as it should be, one whose database is away, one that takes a request a minute; and keys."""

    client: FlaskClient
    away: FlaskClient
    busy: FlaskClient

    def key(self, *scopes: str) -> dict[str, str]:
        """A header with a fresh key of the shop."""
        with backend_of(self.client.application).store.writing() as connection:
            shop, _ = find_or_make_shop(connection, "甲店", NOW)
            keyring = keyring_of(self.client.application.config["HOME"])
            return {"Authorization": f"Bearer {create_key(connection, keyring, shop, scopes, now=NOW)}"}

    def ask(self, name: str, **changes: Any) -> TestResponse:
        """The good request of an operation with something changed; with a good key where it takes one."""
        client = changes.pop("client", self.client)
        asked = {"headers": self.key(*SCOPES) if scope(name) else {}, **good(name), **changes}
        return client.open(asked.pop("path"), **{key: value for key, value in asked.items() if value is not None})


@pytest.fixture(scope="module")
def kit(trained: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    folder = tmp_path_factory.mktemp("refusing")
    given = {
        "HOME": folder,
        "RATE_LIMIT": "",
        "OPEN_SCORING": False,
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scorer, "load", lambda directory: trained)
        sound, busy = create_app(given), create_app({**given, "RATE_LIMIT": "1/minute"})
        away = create_app({**given, "DATABASE_URL": "postgresql://somebody@127.0.0.1:1/nothing"})
        made = Kit(*(app.test_client() for app in (sound, away, busy)))
        assert made.ask("addMessages").status_code == 200
        assert made.ask("openCase").status_code == 201
        yield made
        for app in (sound, busy, away):
            backend_of(app).store.close()


def not_whole(kit: Kit, name: str) -> TestResponse:
    kind = "multipart/form-data; boundary=x" if name in ("importChats", "verifyEvidence") else "application/json"
    return kit.ask(name, json=None, data=b"{", content_type=kind)


def no_key(kit: Kit, name: str) -> TestResponse:
    return kit.ask(name, headers={})


def not_allowed(kit: Kit, name: str) -> TestResponse:
    if name == "metrics":
        return kit.ask(name, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    return kit.ask(name, headers=kit.key(*(other for other in SCOPES if other != scope(name))))


def not_there(kit: Kit, name: str) -> TestResponse:
    path = good(name)["path"]
    if name in ("addLabel", "openCase"):
        return kit.ask(name, json=good(name)["json"] | {"conversation_id": "none"})
    if name in ("listLabels", "listCases"):
        return kit.ask(name, query_string={"conversation_id": "none"})
    if name in ("addMessages", "addOrders", "setFacts"):  # a talk is made by these; a slash makes another path
        return kit.ask(name, path=path.replace("/t/", "/a%2Fb/"))
    return kit.ask(name, path=re.sub("/(t|k|start.js)(?=/|$)", "/none", path))


def other_method(kit: Kit, name: str) -> TestResponse:
    return kit.ask(name, method="PATCH")


def conflict(kit: Kit, name: str) -> TestResponse:
    if name == "addMessages":
        return kit.ask(name, json=MESSAGE | {"text": "明天呢"})
    if name == "openCase":
        return kit.ask(name, json=good(name)["json"] | {"claim": "complaint"})
    if name == "addCaseEvent":
        return kit.ask(name, json=good(name)["json"] | {"event_id": "e2", "action": "apologise"})
    if name == "fileExhibit":
        assert kit.ask(name).status_code in (200, 201)
        return kit.ask(name, data=b"another")
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("MOST_MESSAGES", "_MOST_ORDERS"):
            patch.setattr(growth, limit, 0)
        return kit.ask(name)


def too_large(kit: Kit, name: str) -> TestResponse:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(kit.client.application.config, "MAX_CONTENT_LENGTH", 1)
        return kit.ask(name)


def other_media(kit: Kit, name: str) -> TestResponse:
    return kit.ask(name, json=None, data=b"{}", content_type="text/html")


def against_contract(kit: Kit, name: str) -> TestResponse:
    if name == "importChats":
        return kit.ask(name, data={"form": "text"}, content_type="multipart/form-data")
    if name == "makeEvidence":
        assert kit.ask("setFacts", path="/v1/conversations/silent/facts").status_code == 200
        return kit.ask(name, path="/v1/conversations/silent/evidence")
    if "json" in good(name):
        return kit.ask(name, json={"unknown": 1})
    return kit.ask(name, query_string={"unknown": "1"})


def too_many(kit: Kit, name: str) -> TestResponse:
    key = kit.key(*SCOPES)
    kit.ask(name, headers=key, client=kit.busy)
    return kit.ask(name, headers=key, client=kit.busy)


def our_mistake(kit: Kit, name: str) -> TestResponse:
    app, asked = kit.client.application, good(name)
    endpoint, _ = app.url_map.bind("localhost").match(asked["path"], asked["method"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, endpoint, {}.__getitem__)
        return kit.ask(name)


def unavailable(kit: Kit, name: str) -> TestResponse:
    return kit.ask(name, client=kit.away)


PROVOKED = {
    400: not_whole,
    401: no_key,
    403: not_allowed,
    404: not_there,
    405: other_method,
    409: conflict,
    413: too_large,
    415: other_media,
    422: against_contract,
    429: too_many,
    500: our_mistake,
    503: unavailable,
}


@pytest.mark.parametrize(("name", "status"), REFUSED)
def test_each_refusal_has_the_one_shape_and_says_what_to_do(kit: Kit, name: str, status: int) -> None:
    """Type, title, text with a remedy, id and headers, for each operation and each status that the document names."""
    response = PROVOKED[status](kit, name)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json"), response.text
    problem = response.get_json()
    assert set(problem) - {"errors", "reference", "names", "possible"} == {
        "type",
        "title",
        "status",
        "detail",
        "request_id",
    }
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-Id"]
    kind = problem["type"].removeprefix("urn:baitwatch:problem:")
    assert re.search(rf"^{status} +{kind} ", str(problems.__doc__), re.MULTILINE), "not in the table of problems.py"
    assert problem["title"][0].isupper()
    assert not problem["detail"][0].islower()
    assert problem["detail"].endswith(".")
    assert TOLD.search(problem["detail"]), problem["detail"]
    for error in problem.get("errors", []):
        assert error["field"]
        assert error["message"]
    if status in HEADERS:
        assert response.headers[HEADERS[status]]


def test_every_status_is_provoked_somewhere() -> None:
    """What the document names and what this file can provoke are the same."""
    assert {status for _, status in REFUSED} == set(PROVOKED)
