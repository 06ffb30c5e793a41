"""The demo from start to end: train if needed, serve, replay, seal and break the evidence, sum up."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from riskmodel.conversation import Conversation
from riskmodel.paths import default_model_dir
from riskmodel.training import train
from service.demo.chats import Chat, chats_to_replay
from service.demo.process import Client, running_service
from service.demo.replay import Outcome, outcome, replay
from service.demo.view import View
from service.evidence import Status, verify_bundle
from service.evidence.bundle import build_bundle
from service.evidence.keys import load_or_create_key
from service.evidence.signature import fingerprint
from service.files import default_key, make_private_folder, write_atomically

__all__ = ["run"]

SEALED_CHAT = "demo-same-day"
MANIFEST = "manifest.json"


def run(*, once: bool, chats: Path | None = None) -> int:
    """Run the demo and give the exit status: 0 where every expectation held, else 1.

    Parameters
    ----------
    once
        End afterwards; otherwise the service stays up until Ctrl-C.
    chats
        JSON Lines to replay after the project's own chats, in place of the real ones.

    Raises
    ------
    BaitwatchError
        Where the demo cannot go on; the text says why.
    """
    signal.signal(signal.SIGTERM, _leave)  # so that the service is stopped with us
    view = View()
    stories = chats_to_replay(chats)
    model = default_model_dir()
    folder = model.parent / "demo"
    make_private_folder(folder)
    _train_if_missing(model, view)
    with running_service(model, folder / "service.log") as client:
        view.note(f"服务已启动 · the service runs at {client.address}")
        view.legend()
        missed: list[str] = []
        outcomes: list[Outcome] = []
        for number, chat in enumerate(stories, start=1):
            result, assessments = _replay_and_show(number, chat, client, view)
            outcomes.append(result)
            if chat.conversation.conversation_id == SEALED_CHAT:
                sealed = (chat.conversation, assessments)
        missed += _seal_and_break(*sealed, folder, view)
        view.summary(outcomes)
        missed += [result.missed for result in outcomes if result.missed]
        for text in missed:
            view.note(f"✗ {text}", "bold red")
        if not once:
            view.note(f"服务仍在运行 · still serving at {client.address} — Ctrl-C 结束 · ends it", "bold")
            _wait()
    return 1 if missed else 0


def _train_if_missing(model: Path, view: View) -> None:
    if (model / MANIFEST).exists():
        return
    view.note(f"没有模型，先训练（约一分钟）· no model in {model}; training one, which takes about a minute")
    with view.progress("训练 · training") as progress:
        train(out=model, progress=progress)


def _replay_and_show(number: int, chat: Chat, client: Client, view: View) -> tuple[Outcome, list[Mapping[str, Any]]]:
    view.chat(number, chat)
    turns = []
    for turn in replay(chat, client):
        view.turn(turn)
        turns.append(turn)
    return outcome(chat, turns), [turn.assessment for turn in turns]


def _seal_and_break(
    conversation: Conversation, assessments: list[Mapping[str, Any]], folder: Path, view: View
) -> list[str]:
    key = load_or_create_key(default_key())
    sealed = build_bundle(conversation, assessments, key)
    offset = len(sealed) // 2
    altered = bytearray(sealed)
    altered[offset] ^= 1
    bundle, broken = folder / f"{SEALED_CHAT}.zip", folder / f"{SEALED_CHAT}-one-byte-flipped.zip"
    write_atomically(bundle, sealed)
    write_atomically(broken, bytes(altered))
    trusted = frozenset({fingerprint(key.public_key())})
    good, bad = verify_bundle(bundle, trusted=trusted), verify_bundle(broken, trusted=trusted)
    view.evidence(str(bundle), _both(good.explain), str(broken), _both(bad.explain), offset)
    wanted = ((good.status, Status.VERIFIED, bundle), (bad.status, Status.ALTERED, broken))
    return [
        f"{path.name}: expected {expected.name.lower()}, but verify says {status.name.lower()}"
        for status, expected, path in wanted
        if status != expected
    ]


def _both(explain: Callable[[str], str]) -> str:
    return f"{explain('zh')}\n{explain('en')}"


def _wait() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
