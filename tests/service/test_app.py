"""The application as a whole: what it answers, which headers it sets and what it logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from flask.testing import FlaskClient
from strange_input import ALLOWED, SECRET, encoded, talk

from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service.app import HEADERS, create_app
from service.config import ConfigError, settings


def post(client: FlaskClient, path: str, body: bytes) -> tuple[int, dict[str, object]]:
    response = client.post(path, data=body, content_type="application/json")
    return response.status_code, response.get_json()


def test_score_answers_with_the_assessment_of_the_conversation(client: FlaskClient) -> None:
    """What the scorer says of the conversation comes back unchanged."""
    status, answer = post(client, "/v1/score", encoded(talk("不开我就投诉")))
    assert status == 200
    assert (answer["conversation_id"], answer["risk"], answer["action"]) == ("c1", 0.9, "escalate")


def test_check_reply_answers_with_the_check_of_the_draft(client: FlaskClient) -> None:
    """The draft is checked, with its span in code points of the draft as sent."""
    body = encoded({"conversation": talk("今天能发吗"), "draft": "😊可以的亲"})
    status, answer = post(client, "/v1/check-reply", body)
    assert status == 200
    assert answer["verdict"] == "revise"
    assert answer["findings"][0]["span"] == [1, 3]


@pytest.mark.parametrize("name", ALLOWED)
def test_strange_but_valid_conversations_are_scored(client: FlaskClient, name: str) -> None:
    """What the contract allows is answered with 200, however strange."""
    assert post(client, "/v1/score", ALLOWED[name])[0] == 200
    draft = b'{"conversation": ' + ALLOWED[name] + b', "draft": "\xe5\xa5\xbd"}'
    assert post(client, "/v1/check-reply", draft)[0] == 200


def test_the_default_limit_lets_a_long_chat_pass() -> None:
    """5,000 messages of 4,000 Chinese characters are below the default limit."""
    assert len(encoded(talk(*["长" * 4_000] * 5_000))) < settings({})["MAX_CONTENT_LENGTH"]


def test_chinese_is_written_as_it_is_read(client: FlaskClient) -> None:
    """Answers hold the characters themselves, not escapes, and keep the order of the contract's fields."""
    response = client.post("/v1/score", data=encoded(talk("不开我就投诉")), content_type="application/json")
    text = response.get_data(as_text=True)
    assert "提到投诉" in text
    assert text.index('"conversation_id"') < text.index('"risk"') < text.index('"abstained"')


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/score", "/nothing"])
def test_every_answer_has_the_protective_headers(client: FlaskClient, path: str) -> None:
    """Good answers and errors alike are not cached, sniffed, framed or referred."""
    response = client.get(path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["Cache-Control"] == "no-store"


def test_alive_says_nothing_of_the_model(no_model: None) -> None:
    """The process is alive also without a model."""
    assert create_app().test_client().get("/healthz").get_json() == {"status": "alive"}


def test_ready_names_the_model(client: FlaskClient) -> None:
    """A service that can score says so, and with which model."""
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json()["model"]["name"] == "fake"


@pytest.mark.parametrize("path", ["/v1/score", "/v1/check-reply", "/readyz"])
def test_without_a_model_the_service_says_what_to_do(no_model: None, path: str) -> None:
    """A service without a model starts, and answers 503 with a hint and a time to come back."""
    client = create_app().test_client()
    body = {"conversation": talk("在吗"), "draft": "在"} if "check" in path else talk("在吗")
    response = client.get(path) if path == "/readyz" else client.post(path, json=body)
    problem = response.get_json()
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert "baitwatch train" in problem["detail"]
    assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("risk", [float("nan"), -0.1, 1.1, None])
def test_ready_is_refused_where_the_model_answers_nonsense(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer, risk: float | None
) -> None:
    """Readiness is shown by scoring: a risk that is no probability is not ready."""
    monkeypatch.setattr(scorer, "assess", lambda conversation: {"risk": risk})
    assert client.get("/readyz").status_code == 503


def test_ready_is_refused_where_the_model_breaks(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer
) -> None:
    """A model that loads but raises when it scores is not ready."""

    def broken(conversation: object) -> dict[str, object]:
        raise IndexError(SECRET)

    monkeypatch.setattr(scorer, "assess", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert SECRET not in response.get_data(as_text=True)


def test_the_model_is_loaded_once_for_many_requests(monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer) -> None:
    """Loading happens when the app is made, not when it is asked."""
    loads = []
    monkeypatch.setattr(Scorer, "load", lambda directory: loads.append(directory) or scorer)
    client = create_app({"MODEL_DIR": Path("there")}).test_client()
    for _ in range(3):
        post(client, "/v1/score", encoded(talk("在吗")))
    assert loads == [Path("there")]


def test_a_model_that_comes_later_is_taken_up(monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer) -> None:
    """After the pause the folder is looked at again, so no restart is needed."""
    answers = [ModelError("none yet"), scorer]

    def load(directory: Path) -> object:
        answer = answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        return answer

    monkeypatch.setattr(Scorer, "load", load)
    client = create_app({"RETRY_SECONDS": 0.0}).test_client()
    assert client.get("/readyz").status_code == 200


def test_a_missing_model_is_not_looked_for_at_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the pause the first error is repeated, so that requests stay cheap."""
    loads = []

    def load(directory: Path) -> Scorer:
        loads.append(directory)
        raise ModelError("none")

    monkeypatch.setattr(Scorer, "load", load)
    client = create_app({"RETRY_SECONDS": 3600.0}).test_client()
    assert [client.get("/readyz").status_code for _ in range(3)] == [503] * 3
    assert len(loads) == 1


@pytest.mark.parametrize("value", ["0", "-1", "64M", "1e6", "٣", "9" * 40])
def test_a_setting_that_is_no_size_is_refused(monkeypatch: pytest.MonkeyPatch, scorer: FakeScorer, value: str) -> None:
    """A wrong setting in the environment is named, with an example."""
    monkeypatch.setenv("BAITWATCH_MAX_BODY_BYTES", value)
    with pytest.raises(ConfigError, match="BAITWATCH_MAX_BODY_BYTES must be a number of bytes"):
        create_app()


def test_the_log_has_one_line_a_request_and_nothing_of_what_was_sent(
    capsys: pytest.CaptureFixture[str], client: FlaskClient
) -> None:
    """Method, rule, status and duration are logged; path, query, body, headers and ids are not."""
    headers = {"User-Agent": SECRET, "X-Request-Id": SECRET}
    client.post(f"/v1/score?phone={SECRET}", json=talk(SECRET, buyer={"buyer_id": SECRET}), headers=headers)
    client.post("/v1/score", data=f'{{"{SECRET}": 1}}', content_type="application/json")
    client.get(f"/{SECRET}")
    client.open("/v1/score", method=f"X{SECRET}")
    log = capsys.readouterr().err
    lines = [json.loads(line) for line in log.splitlines()]
    assert SECRET not in log
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/v1/score", 200),
        ("POST", "/v1/score", 422),
        ("GET", "(none)", 404),
        ("(other)", "(none)", 405),
    ]
    assert all(line["milliseconds"] >= 0 for line in lines)
