"""The log: what cannot be written to it stops nothing."""

from __future__ import annotations

import io
import sys

import pytest
from flask.testing import FlaskClient
from strange_input import talk


class Full(io.StringIO):
    """A file on a disk without room."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_without_room_fails_no_request(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is lost, the answer is not."""
    monkeypatch.setattr(sys, "stderr", Full())
    assert client.post("/v1/score", json=talk("在吗")).status_code == 200
