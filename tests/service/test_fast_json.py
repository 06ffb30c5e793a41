"""How answers are written."""

from __future__ import annotations

import json

from flask import Flask, jsonify

from service.fast_json import FastJSON


def test_answers_read_back_as_they_were() -> None:
    """Order of keys, Chinese text and the last digit of numbers are kept; the line ends."""
    app = Flask("test")
    app.json = FastJSON(app)
    given = {"b": "不好评就投诉", "a": [0.1 + 0.2, 1e-9, 1e22, -0.0, None, True], "empty": {}}
    with app.app_context():
        answer = jsonify(given).get_data()
    assert answer.endswith(b"}\n")
    assert "不好评就投诉".encode() in answer
    assert json.dumps(json.loads(answer)) == json.dumps(given)
    assert app.json.loads(app.json.dumps(given)) == given
