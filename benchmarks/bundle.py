"""The bundle of a large case: seconds, peak of memory and bytes, each in a process of its own, as a shop would run it.

``python -m benchmarks bundle [--messages N] [--attachments N]``: by default 5,000 and 200 of 300 KB. The same talk is
then bundled from a store that has taken it with an assessment after each message.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from riskmodel.conversation import parse_conversation
from riskmodel.paths import default_model_dir
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate
from service.store.access import find_or_make_shop
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.talks import Talks

MESSAGES, ATTACHMENTS, SIZE, SEED = 5_000, 200, 300_000, 99
SHOP = "bench"
_START = datetime.fromisoformat("2026-03-01T09:00:00+08:00")
_PACE = timedelta(seconds=40)

# what a command costs, told by the system when it is done; what `resource` says on Linux is no less than the peak of
# the process that started this one
_MEASURED = r"""
import pathlib, re, resource, sys, time
from service.cli import main
began = time.perf_counter()
status = main(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
own = pathlib.Path("/proc/self/status")
if own.exists():
    peak = int(re.search(r"VmHWM:\s*(\d+)", own.read_text())[1]) / 2**10
print(status, time.perf_counter() - began, time.process_time(), peak, file=sys.stderr)
"""


def large_case(messages: int, attachments: int, folder: Path) -> dict[str, Any]:
    """A talk as long as asked for, of generated chats one after another; its attachments are written to the folder."""
    chance = Random(SEED)
    lines: list[dict[str, Any]] = []
    for chat in generate(messages, SEED):
        lines += chat.conversation["messages"]
        if len(lines) >= messages:
            break
    every = max(1, messages // attachments) if attachments else messages + 1
    said = []
    for number, line in enumerate(lines[:messages]):
        message = {
            **{"message_id": f"m{number}", "sender": line["sender"], "text": line["text"]},
            "sent_at": (_START + number * _PACE).isoformat(),
        }
        if number % every == 0 and number // every < attachments:
            message["attachments"] = [_attachment(folder / f"photo {number}.jpg", chance)]
        said.append(message)
    return {"conversation_id": "large", "platform": "taobao", "messages": said}


def _attachment(path: Path, chance: Random) -> dict[str, Any]:
    content = chance.randbytes(SIZE)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return {"name": path.name, "media_type": "image/jpeg", "sha256": digest, "size_bytes": SIZE}


def measured(*arguments: str, home: Path) -> tuple[float, float, float]:
    """Run a command of the project in a process of its own: seconds, those of the processor, peak in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "BAITWATCH_HOME": str(home), "BAITWATCH_DATABASE_URL": ""},
    )
    status, seconds, busy, peak = map(float, done.stderr.splitlines()[-1].split())
    if status:
        raise RuntimeError(done.stderr)
    return seconds, busy, peak


def store_case(case: dict[str, Any], scorer: Scorer, home: Path) -> None:
    """Take a talk into a store of its own, as a shop does."""
    with closing(Store(f"sqlite:///{home / 'baitwatch.db'}")) as store:
        with store.writing() as connection:
            shop, _ = find_or_make_shop(connection, SHOP, datetime.now(UTC))
        talks = Talks(store, KeyFile(home / "keys" / "keyring.json"), lambda: scorer)
        talks.add_conversations(shop, [parse_conversation(json.dumps(case))])


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks bundle", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--attachments", type=int, default=ATTACHMENTS)
    parser.add_argument("--model", type=Path, default=None)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "photos").mkdir()
        case = large_case(options.messages, options.attachments, folder / "photos")
        (folder / "case.jsonl").write_text(json.dumps(case) + "\n")
        bundle = str(folder / "case.zip")
        print(f"a case of {options.messages} messages and {options.attachments} attachments of {SIZE // 1000} KB")
        store_case(case, Scorer.load(options.model or default_model_dir()), folder)
        whole = ("-o", bundle, "--attachments", str(folder / "photos"))
        commands = {
            "bundle of a file": (
                *("bundle", str(folder / "case.jsonl"), *whole, "--key", str(folder / "key.pem")),
                *("--model", str(options.model or default_model_dir())),
            ),
            "bundle of the store": ("bundle", "--conversation", case["conversation_id"], "--shop", SHOP, *whole),
            "verify": ("verify", bundle),
        }
        for command, line in commands.items():
            seconds, busy, peak = measured(*line, home=folder)
            print(f"  {command}: {seconds:.1f} s (processor {busy:.1f} s, with start-up), peak {peak:.0f} MiB")
        print(f"  {Path(bundle).stat().st_size / 2**20:.1f} MiB")
    return 0
