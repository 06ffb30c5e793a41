"""Rule 10: same input, same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from strategies import Talk, dialogue, sample, talks

from riskmodel.conversation import parse_conversation
from riskmodel.scorer import Scorer
from service.evidence.bundle import build_bundle

# Trains, scores and seals in a process of its own; prints digests of what came of it.
WORK = """
import hashlib, json, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from riskmodel.conversation import parse_conversation
from riskmodel.promises.fit import fit_listener
from riskmodel.reader.corpus import read_exchanges, read_lines
from riskmodel.scorer import Scorer
from riskmodel.synthesis import written_chats
from riskmodel.training import train
from service.evidence.bundle import build_bundle

out, trained = Path(sys.argv[1]), Path(sys.argv[2])
# of the texts that teach the reader a part will do
reader = fit_listener(read_lines()[::20], read_exchanges()[::12])
report = train(out, seed=3, chats=200, written=written_chats()[::24], reader=reader)
scorer = Scorer.load(trained)
key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
answers, bundles = hashlib.sha256(), hashlib.sha256()
for line in sys.stdin:
    talk = parse_conversation(line)
    path = list(scorer.trajectory(talk))
    answers.update(json.dumps([path, scorer.check_reply(talk, "可以的亲，今天一定发，不开票")]).encode())
    bundles.update(build_bundle(talk, path, key))
files = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("model.npz", "manifest.json")}
print(json.dumps([report.sha256, files, answers.hexdigest(), bundles.hexdigest()]))
"""


def cases() -> list[Talk]:
    # two ways to press in one message: which of them is quoted must not be left to chance
    pressed = dialogue(
        "b:今天能发货吗，有发票吗",
        "a:尽量安排，以订单页为准",
        "b:你就说能不能今天发，发票呢，包邮吗，你说的啊",
        "a:好的",
        orders=[{"order_id": "o", "ship_to": {"recipient": "某", "phone": "13900001234"}}],
    )
    return [pressed, *(chat.conversation for chat in sample()[:25])]


def test_other_process_gives_the_same_bytes(model_folder: Path, tmp_path: Path) -> None:
    """Model, manifest, answers and bundle are the same in processes whose hashes, zone and locale differ."""
    lines = "".join(json.dumps(talk) + "\n" for talk in cases())
    runs: list[Any] = []
    for seed, zone, language in (("1", "Asia/Shanghai", "C.UTF-8"), ("77", "America/New_York", "C")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONIOENCODING": "utf-8",
        }
        command = [sys.executable, "-c", WORK, str(tmp_path / seed), str(model_folder)]
        done = subprocess.run(command, env=environment, input=lines, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        runs.append(json.loads(done.stdout))
    assert runs[0] == runs[1]
    assert runs[0][0] == runs[0][1]["model.npz"]


@given(talk=talks().filter(lambda talk: talk["messages"]))
def test_bundle_of_the_same_case_is_the_same(scorer: Scorer, talk: Talk) -> None:
    """Assessing and sealing one talk twice gives one sequence of bytes, whatever was done in between."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

    def sealed() -> bytes:
        conversation = parse_conversation(json.dumps(talk))
        return build_bundle(conversation, list(scorer.trajectory(conversation)), key)

    assert sealed() == sealed()


def test_another_case_is_other_bytes(scorer: Scorer) -> None:
    """One character more in one message, and the bundle is another."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    one, other = (parse_conversation(dialogue(f"b:{text}")) for text in ("能发货吗", "能发货吗?"))
    assert build_bundle(one, [scorer.assess(one)], key) != build_bundle(other, [scorer.assess(other)], key)


@pytest.mark.parametrize("seed", [0, 5])
def test_generated_chats_are_the_same(seed: int) -> None:
    """The chats that a model is trained from are the same each time."""
    from riskmodel.synthesis import generate

    assert [chat.conversation for chat in generate(20, seed)] == [chat.conversation for chat in generate(20, seed)]
