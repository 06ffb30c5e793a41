"""The same conversation gets the same answer, whichever way it came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_scorer import FakeScorer
from flask.testing import FlaskClient
from strange_input import ALLOWED

from riskmodel.conversation import parse_conversation
from service.cli import main


@pytest.mark.parametrize("name", ALLOWED)
def test_http_command_line_and_library_agree(
    name: str, client: FlaskClient, scorer: FakeScorer, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The service and the command add nothing, drop nothing and round nothing."""
    path = tmp_path / "talk.jsonl"
    path.write_bytes(ALLOWED[name])
    library = scorer.assess(parse_conversation(ALLOWED[name]))
    http = client.post("/v1/score", data=ALLOWED[name], content_type="application/json").get_json()
    capfdbinary.readouterr()
    assert main(["score", str(path)]) == 0
    assert json.loads(capfdbinary.readouterr().out) == http == library
