"""The learned tagger: what it was fitted on, its way through a message, and the messages that are drawn for it."""

from __future__ import annotations

import hashlib
import json
import re
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_set import DEVELOPMENT, WRITERS

from service.evidence.redaction import find_personal_data
from service.evidence.redaction.tagger import decode, load_tagger
from service.evidence.redaction.tagger.chance import read_frames
from service.evidence.redaction.tagger.decode import Tagger
from service.evidence.redaction.tagger.drawn import Writer
from service.evidence.redaction.tagger.features import tokens
from service.evidence.redaction.tagger.learn import arrays, data_digest
from service.evidence.redaction.tagger.marked import read_line

FOLDER = resources.files("service.evidence.redaction.tagger")
MANIFEST = json.loads(FOLDER.joinpath("manifest.json").read_text("utf-8"))


def small() -> Tagger:
    """Knows one name of two signs, one account, and that a further sign follows a first one."""
    weights = np.array([[0] * 7, [0, 9, 0, 0, 0, 0, 0], [0, 0, 0, 0, 9, 0, 0], [0, 0, 0, 9, 0, 0, 0]], np.int32)
    return Tagger({"汤": 1, "圆": 2, "id": 3}, weights, [1] * 7, [[0] * 7] * 3, [[0] * 3, [0] * 3])


def tagged(text: str) -> list[tuple[str, str]]:
    found = tokens(text)
    rows = [[text[one.start : one.end]] for one in found]
    return [(text[one.start : one.end], one.kind) for one in small().tag(found, rows)]


def test_the_weights_are_those_that_were_fitted() -> None:
    """The committed file has the digest of its manifest, and was fitted on the lines and sentences of today."""
    assert hashlib.sha256(FOLDER.joinpath("weights.npz").read_bytes()).hexdigest() == MANIFEST["sha256"]
    assert data_digest(DEVELOPMENT, WRITERS) == MANIFEST["data_sha256"], "fit it anew, see CONTRIBUTING"


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights with another digest than the manifest's are not used, and the error says what to do."""
    load_tagger.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(decode.json, "loads", lambda _: {"sha256": "0"})
        with pytest.raises(ValueError, match="install Baitwatch anew"):
            load_tagger()


def test_the_best_way_through_a_message() -> None:
    """Signs that go on belong to what began before them; what speaks for nothing is nothing."""
    assert tagged("找汤圆，id") == [("汤圆", "name"), ("id", "chat_account")]
    assert tagged("圆的") == []
    assert tagged("") == []


def test_fitted_weights_become_whole_numbers() -> None:
    """Features that round to nothing are left out; the rest stand in order, in thousandths."""
    fitted = {("b", "O"): 0.5, ("a", "Bn"): -1.25, ("c", "In"): 0.0001}, {("O", "Bn"): 2.0, ("Bn", "In"): 1.0}
    plain = arrays(fitted)
    assert plain["names"].tobytes().decode() == "a\nb"
    assert plain["weights"].tolist() == [[0, -1250, 0, 0, 0, 0, 0], [500, 0, 0, 0, 0, 0, 0]]
    assert plain["go_on"].tolist() == [[1000, 0, 0], [0, 0, 0]]


def test_drawn_messages_are_the_same_for_a_seed_and_marked() -> None:
    """Each slot of each sentence is filled, most messages hold something personal, and none an unread mark."""
    drawn = [Writer(3, ["汤圆"]).message() for _ in range(2)]
    assert drawn[0] == drawn[1]
    writer = Writer(4, ["汤圆"])
    lines = [read_line(writer.message()) for _ in range(400)]
    assert not any(re.search(r"[{}\[\]]", line.text) for line in lines)
    assert sum(bool(line.values) for line in lines) > 200


def test_there_are_sentences_enough() -> None:
    """Three hundred sentences or more, each once."""
    frames = [
        line for key, text in read_frames()["frames"].items() if key != "source" for line in text.strip().split("\n")
    ]
    assert len(frames) == len(set(frames)) >= 300


@given(st.text(alphabet="我叫汤圆，13900001234 微信ab_1路号栋", max_size=60))
def test_the_tagger_leaves_no_gap_and_says_the_same_again(text: str) -> None:
    """Tokens are the whole text, and what is found in it does not change from run to run."""
    assert "".join(text[one.start : one.end] for one in tokens(text)) == text
    assert find_personal_data(text) == find_personal_data(text)


@pytest.mark.parametrize(
    "text", ["A1写 =SUM(B2) @SUM(1) +1", "参考 <label> 和 \\input{file} 这两处", "模板里是 {{ name }} 这样"]
)
def test_markup_and_formulas_are_nobody(text: str) -> None:
    """What is written for programs is no account, however much it looks like one."""
    assert find_personal_data(text) == []
