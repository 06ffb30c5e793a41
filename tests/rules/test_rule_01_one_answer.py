"""Rule 1: one answer, whichever way the talk came."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, talks

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from service.app import create_app
from service.cli import main


@pytest.fixture(scope="module")
def client(model_folder: Path) -> FlaskClient:
    return create_app({"MODEL_DIR": model_folder}).test_client()


def command(*arguments: str, given: bytes) -> list[dict[str, Any]]:
    """What a command of this very process writes on standard output, line by line."""
    written = io.TextIOWrapper(io.BytesIO(), write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        patch.setattr(sys, "stdout", written)
        assert main(list(arguments)) == 0
    written.seek(0)
    return [json.loads(line) for line in written]


@given(talk=talks())
def test_message_by_message_equals_whole(scorer: Scorer, talk: Talk) -> None:
    """Feeding a state one message at a time ends where scoring the whole talk does, and where the trajectory does."""
    conversation = parse_conversation(talk)
    whole = scorer.assess(conversation)
    state = scorer.begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    stepwise = scorer.assess_state(state, conversation.conversation_id)
    assert stepwise["risk"] == pytest.approx(whole["risk"], abs=1e-9)
    assert stepwise == whole
    path = list(scorer.trajectory(conversation))
    assert len(path) == len(conversation.messages)
    if path:
        assert path[-1] == whole


@given(some=st.lists(talks(), min_size=1, max_size=4))
def test_http_and_command_line_equal_the_library(
    scorer: Scorer, client: FlaskClient, model_folder: Path, some: list[Talk]
) -> None:
    """The service and the command, with the same model, give the risk that the library gives."""
    expected = [scorer.assess(parse_conversation(talk)) for talk in some]
    lines = b"".join(json.dumps(talk).encode() + b"\n" for talk in some)
    scored = command("score", "-", "--model", str(model_folder), given=lines)
    answered = [client.post("/v1/score", json=talk).get_json() for talk in some]
    for way in (scored, answered):
        assert [row["risk"] for row in way] == pytest.approx([row["risk"] for row in expected], abs=1e-9)
        assert way == json.loads(json.dumps(expected))
    walked = [row for talk in some for row in scorer.trajectory(parse_conversation(talk))]
    given_lines = command("score", "--trajectory", "-", "--model", str(model_folder), given=lines)
    assert given_lines == json.loads(json.dumps(walked))


@given(talk=talks(), draft=st.sampled_from(["好的亲，今天一定发", "不能开票的", "以页面为准哦", ""]))
def test_reply_check_is_one_answer(
    scorer: Scorer, client: FlaskClient, model_folder: Path, talk: Talk, draft: str
) -> None:
    """A draft gets the same check over HTTP, from the command and from the library, at the risk of the talk itself."""
    conversation = parse_conversation(talk)
    expected = json.loads(json.dumps(scorer.check_reply(conversation, draft)))
    request = {"conversation": talk, "draft": draft}
    assert client.post("/v1/check-reply", json=request).get_json() == expected
    given_line = json.dumps(request).encode()
    assert command("check-reply", "-", "--model", str(model_folder), given=given_line) == [expected]
    whole = scorer.assess(conversation)
    assert (expected["risk"], expected["band"]) == (whole["risk"], whole["band"])
