"""Every error is RFC 9457 problem+json, says what to do, and repeats nothing that was sent."""

from __future__ import annotations

import json

import pytest
from fake_scorer import FakeScorer
from flask.testing import FlaskClient
from strange_input import AGAINST_CONTRACT, NOT_JSON, SECRET, encoded, talk
from werkzeug.test import TestResponse

from service.app import create_app
from service.problems import MOST_ERRORS_SHOWN


def assert_problem(response: TestResponse, status: int, kind: str = "about:blank") -> dict[str, object]:
    """Assert the one error shape and return the document."""
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    problem = json.loads(response.get_data())
    assert problem["status"] == status
    assert problem["type"] in (kind, f"urn:baitwatch:problem:{kind}")
    assert problem["title"]
    assert problem["detail"]
    assert "instance" not in problem
    return problem


def send(client: FlaskClient, body: bytes, path: str = "/v1/score") -> TestResponse:
    return client.post(path, data=body, content_type="application/json")


@pytest.mark.parametrize("name", NOT_JSON)
@pytest.mark.parametrize("path", ["/v1/score", "/v1/check-reply"])
def test_a_body_that_is_no_json_is_400(client: FlaskClient, name: str, path: str) -> None:
    """Text that is not JSON in UTF-8 is a bad request."""
    assert_problem(send(client, NOT_JSON[name], path), 400, "body-not-json")


@pytest.mark.parametrize("body", [b"", b"   \n"])
def test_an_empty_body_is_400(client: FlaskClient, body: bytes) -> None:
    """Nothing at all is not JSON either."""
    assert_problem(send(client, body), 400, "body-not-json")


@pytest.mark.parametrize("name", AGAINST_CONTRACT)
def test_json_against_the_contract_is_422_and_names_the_field(client: FlaskClient, name: str) -> None:
    """Each wrong field is listed with its path."""
    body, field = AGAINST_CONTRACT[name]
    problem = assert_problem(send(client, body), 422, "contract")
    assert any(error["field"].startswith(field) for error in problem["errors"])
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize("name", AGAINST_CONTRACT)
def test_a_wrong_conversation_in_a_draft_request_is_named_with_its_path(client: FlaskClient, name: str) -> None:
    """The path starts at the body, so a field of the conversation is below `conversation`."""
    body, field = AGAINST_CONTRACT[name]
    problem = assert_problem(
        send(client, b'{"conversation":' + body + b',"draft":""}', "/v1/check-reply"), 422, "contract"
    )
    inner = "" if field.startswith("(") else f".{field}"
    assert any(error["field"].startswith(f"conversation{inner}") for error in problem["errors"])


@pytest.mark.parametrize("draft", [None, 7, ["好"], "长" * 20_001])
def test_a_wrong_draft_is_422(client: FlaskClient, draft: object) -> None:
    """The draft has to be a text of at most 20,000 characters."""
    body = encoded({"conversation": talk("在吗"), "draft": draft})
    problem = assert_problem(send(client, body, "/v1/check-reply"), 422, "contract")
    assert [error["field"] for error in problem["errors"]] == ["draft"]


def test_many_wrong_fields_are_counted_but_not_all_listed(client: FlaskClient) -> None:
    """An answer stays small however much is wrong."""
    document = talk(*["在吗"] * 300)
    for message in document["messages"]:
        message["sender"] = "robot"
    problem = assert_problem(send(client, encoded(document)), 422, "contract")
    assert len(problem["errors"]) == MOST_ERRORS_SHOWN
    assert problem["detail"].startswith("300 fields")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=gbk",
        "",
        "json",
    ],
)
def test_another_media_type_is_415(client: FlaskClient, content_type: str) -> None:
    """Only plain JSON in UTF-8 is read, which also keeps other sites' forms out."""
    response = client.post("/v1/score", data=encoded(talk("在吗")), content_type=content_type)
    assert_problem(response, 415, "media-type")


def test_a_compressed_body_is_415(client: FlaskClient) -> None:
    """A body in another coding is refused rather than misread."""
    response = client.post(
        "/v1/score", data=b"\x1f\x8b", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    assert_problem(response, 415, "media-type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
def test_json_may_be_declared_in_every_usual_way(client: FlaskClient, content_type: str) -> None:
    """Case and an explicit UTF-8 make no difference."""
    assert client.post("/v1/score", data=encoded(talk("在吗")), content_type=content_type).status_code == 200


def test_a_body_over_the_limit_is_413_and_names_the_limit(scorer: FakeScorer) -> None:
    """What is too large is not read; the answer says how large it may be and what else to do."""
    client = create_app({"MAX_CONTENT_LENGTH": 100}).test_client()
    problem = assert_problem(send(client, encoded(talk("长" * 100))), 413)
    assert "100 bytes" in problem["detail"]


def test_an_unknown_path_is_404_and_is_not_repeated(client: FlaskClient) -> None:
    """A path can hold an id, so the answer does not echo it."""
    response = client.get(f"/v1/{SECRET}")
    assert_problem(response, 404)
    assert SECRET not in response.get_data(as_text=True)


@pytest.mark.parametrize(("method", "path", "allowed"), [("GET", "/v1/score", "POST"), ("DELETE", "/healthz", "GET")])
def test_another_method_is_405_and_the_right_one_is_named(
    client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    """The Allow header names the methods that there are."""
    response = client.open(path, method=method)
    assert_problem(response, 405)
    assert allowed in response.headers["Allow"]


def test_values_are_never_repeated(client: FlaskClient) -> None:
    """A wrong value may be personal data; the error names its field only."""
    document = talk("在吗", orders=[{"order_id": "o1", "ship_to": {"phone": SECRET * 10, "recipient": [SECRET]}}])
    response = send(client, encoded(document))
    assert_problem(response, 422, "contract")
    assert SECRET not in response.get_data(as_text=True)


def test_a_mistake_of_ours_is_a_500_with_a_reference_and_no_content(
    capsys: pytest.CaptureFixture[str], client: FlaskClient, monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer
) -> None:
    """Answer and log share a reference; neither holds what was sent nor the message of the error."""

    def broken(conversation: object) -> dict[str, object]:
        raise KeyError(SECRET)

    monkeypatch.setattr(scorer, "assess", broken)
    problem = assert_problem(send(client, encoded(talk(SECRET))), 500, "unexpected")
    log = capsys.readouterr().err
    entry = json.loads(log.splitlines()[0])
    assert (entry["reference"], entry["error"]) == (problem["reference"], "KeyError")
    assert any("broken" in place for place in entry["where"])
    assert SECRET not in log + json.dumps(problem)
