"""A candidate in the background: scores what has grown as of then, and is never in the way of a request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from models import variant
from service_time import NOW
from sqlalchemy import select

from riskmodel.conversation import Message
from riskmodel.errors import ModelError
from riskmodel.scorer import Scorer
from service import shadow as module
from service.metrics import SHADOW
from service.model import WorkerModel
from service.shadow import Shadow
from service.store.engine import Store
from service.store.keyring import KeyFile
from service.store.retention import erase
from service.store.schema import shadow_scores
from service.store.talks import TalkStore
from service.talks import Talks

SAID = ("今天拍今天能发货吗", "就回我一句行还是不行", "不然我就投诉你们")


class Desk(NamedTuple):
    """Talks of a shop, and a candidate beside the model in use."""

    talks: Talks
    shadow: Shadow
    store: Store
    keys: KeyFile
    shop: int
    folder: Path

    def say(self, talk: str, *texts: str, first: int = 0) -> list[dict[str, Any]]:
        """Have the buyer say this, after so many messages."""
        said = [
            Message(message_id=f"m{number}", sender="buyer", sent_at=NOW, text=text)
            for number, text in enumerate(texts, start=first)
        ]
        return self.talks.add_messages(self.shop, talk, said)

    def rows(self) -> list[dict[str, Any]]:
        """What was kept."""
        with self.store.reading() as connection:
            found = connection.execute(select(shadow_scores).order_by(shadow_scores.c.id))
            return [dict(row._mapping) for row in found]

    def taken_up(self) -> None:
        """Wait until the background has a note in its hands."""
        with self.shadow._changed:
            assert self.shadow._changed.wait_for(lambda: self.shadow._busy, 60)


@pytest.fixture
def desk(store: Store, shop: int, trained: Scorer, model_folder: Path, tmp_path: Path) -> Desk:
    folder = tmp_path / "candidate"
    variant(model_folder, folder, lambda model: model.arrays["base"].__iadd__(3.0))
    keys = KeyFile(tmp_path / "keys" / "keyring.json")
    shadow = Shadow(store, keys, WorkerModel(folder, 0.0))
    talks = Talks(store, keys, lambda: trained, lambda: NOW, grown=shadow.offer)
    return Desk(talks, shadow, store, keys, shop, folder)


@pytest.fixture
def counted() -> Callable[[str], float]:
    before = {name: SHADOW.labels(name)._value.get() for name in ("scored", "dropped", "failed")}
    return lambda name: SHADOW.labels(name)._value.get() - before[name]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The background waits until this is set."""
    go, score = threading.Event(), Shadow._score

    def later(self: Shadow, note: object) -> None:
        go.wait(60)
        score(self, note)  # type: ignore[arg-type]

    monkeypatch.setattr(Shadow, "_score", later)
    yield go
    go.set()


def test_what_both_said_is_kept_beside_each_other(desk: Desk, trained: Scorer) -> None:
    """Risk and band of both as of the same entry, by their digests; the answer is of the model in use alone."""
    answers = desk.say("t", *SAID)
    assert desk.shadow.wait()
    candidate = Scorer.load(desk.folder)
    expected = candidate.assess(desk.talks.conversation(desk.shop, "t"))
    assert {answer["model"]["sha256"] for answer in answers} == {trained.info["sha256"]}
    (row,) = desk.rows()
    assert (row["position"], row["model"], row["candidate"]) == (
        2,
        trained.info["sha256"][:12],
        candidate.info["sha256"][:12],
    )
    assert row["risk"] == pytest.approx(answers[-1]["risk"])
    assert row["candidate_risk"] == pytest.approx(expected["risk"], abs=1e-9)
    assert (row["band"], row["candidate_band"]) == (answers[-1]["band"], expected["band"])


def test_a_talk_that_goes_on_meanwhile_is_scored_as_of_then(desk: Desk, held: threading.Event) -> None:
    """What came later is not read; of several states that wait the last one is scored."""
    desk.say("first", SAID[0])
    desk.taken_up()
    desk.say("first", *SAID[1:], first=1)
    held.set()
    assert desk.shadow.wait()
    assert [row["position"] for row in desk.rows()] == [0, 2]
    candidate, conversation = Scorer.load(desk.folder), desk.talks.conversation(desk.shop, "first")
    alone = candidate.assess(conversation.model_copy(update={"messages": conversation.messages[:1]}))
    assert desk.rows()[0]["candidate_risk"] == pytest.approx(alone["risk"], abs=1e-9)


def test_what_is_too_much_is_dropped_and_counted(
    desk: Desk, held: threading.Event, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str], float]
) -> None:
    """The oldest notes go; each request is answered as ever."""
    monkeypatch.setattr(module, "MOST", 2)
    desk.say("t0", SAID[0])
    desk.taken_up()
    for number in range(1, 6):
        assert desk.say(f"t{number}", SAID[0])
    held.set()
    assert desk.shadow.wait()
    assert (counted("dropped"), counted("scored"), len(desk.rows())) == (3, 3, 3)


def test_a_candidate_that_cannot_be_used_fails_no_request(desk: Desk, counted: Callable[[str], float]) -> None:
    """It is a line of the log and a figure; once it is there it scores on."""
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    with pytest.raises(ModelError):
        Scorer.load(desk.folder)
    assert desk.say("t", SAID[0])
    assert desk.shadow.wait()
    assert (counted("failed"), desk.rows()) == (1, [])
    desk.folder.with_name("elsewhere").rename(desk.folder)
    desk.say("t", SAID[1], first=1)
    assert desk.shadow.wait()
    assert (counted("failed"), len(desk.rows())) == (1, 1)


def test_an_erased_talk_leaves_nothing(desk: Desk, held: threading.Event) -> None:
    """Neither what was kept of it, nor what was still to be scored."""
    held.set()
    desk.say("t", SAID[0])
    assert desk.shadow.wait()
    held.clear()
    desk.say("t", SAID[1], first=1)
    with desk.store.writing() as connection:
        talk = TalkStore(connection, desk.keys.current(), desk.shop).find("t")
        assert talk is not None
        assert erase(connection, desk.keys.current(), talk, "user 1", NOW)
    held.set()
    assert desk.shadow.wait()
    assert desk.rows() == []
