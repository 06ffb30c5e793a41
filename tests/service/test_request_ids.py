"""Request ids: with every answer, in its log line and in its problem; a client's own only where it can say nothing."""

from __future__ import annotations

import json
import uuid

import pytest
from flask.testing import FlaskClient
from strange_input import SECRET

RANDOM = "7cc0b93b-0399-4335-9766-98dca86d67e0"


def test_answer_log_and_problem_have_the_same_id(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    """What a user reports is found in the log."""
    response = client.post("/v1/score", data=b"", content_type="application/json")
    given = response.headers["X-Request-Id"]
    assert str(uuid.UUID(given)) == given
    assert response.get_json()["request_id"] == given
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["request_id"] == given


@pytest.mark.parametrize("path", ["/healthz", "/v1/score", "/nothing", "/docs"])
def test_every_answer_has_a_fresh_one(client: FlaskClient, path: str) -> None:
    """Good answers and errors alike, and no two the same."""
    assert client.get(path).headers["X-Request-Id"] != client.get(path).headers["X-Request-Id"]


@pytest.mark.parametrize("sent", [RANDOM, "01912d68-783e-7a03-8467-5661c1243ad4"])
def test_a_random_uuid_of_the_client_is_kept(client: FlaskClient, sent: str) -> None:
    """A client that numbers its requests finds its number again."""
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize(
    "sent",
    [
        SECRET,
        "",
        "a" * 36,
        RANDOM.upper(),
        RANDOM.replace("-", ""),
        f"{RANDOM}{SECRET}",
        "13800138-0000-1000-8000-013800138000",
        "13800138-0000-0000-0000-000000000000",
    ],
)
def test_anything_else_is_neither_answered_nor_logged(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], sent: str
) -> None:
    """What a client sends there can hold a phone number; only random UUIDs in canonical form cannot."""
    response = client.get("/nothing", headers={"X-Request-Id": sent})
    given = response.headers["X-Request-Id"]
    assert uuid.UUID(given).version == 4
    if sent.strip():
        assert given not in (sent, sent.strip())
        assert sent.strip() not in response.get_data(as_text=True) + capsys.readouterr().err
