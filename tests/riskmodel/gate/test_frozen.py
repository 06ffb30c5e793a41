"""Frozen sets: known by a digest, never trained on, and asked as the service is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strategies import sample

from riskmodel.conversation import parse_conversation
from riskmodel.errors import InputError
from riskmodel.evaluation.talks import ACTIONS
from riskmodel.gate import Frozen, FrozenSet, generated_set, load_limits, project_sets, written_set
from riskmodel.scorer import Scorer
from riskmodel.synthesis import generate
from riskmodel.synthesis.digest import data_digest
from riskmodel.table import Table, read_table
from riskmodel.training import train

WRITTEN = Path(__file__).resolve().parents[2] / "written"


def test_the_generated_set_is_the_same_each_time() -> None:
    """Its first talks do not hang on how many there are; another seed is another set."""
    few = generated_set(10)
    assert generated_set(15).chats[:10] == few.chats
    assert generated_set(10, seed=1).digest != few.digest


def test_the_digest_is_of_words_and_labels() -> None:
    """A label that is changed makes other data, and so does another order."""
    some = sample()[:10]
    found = {data_digest(some), data_digest(some[::-1]), data_digest([*some[:9], replace(some[9], label="other")])}
    assert len(found) == 3
    assert data_digest(list(some)) in found


def test_the_project_has_a_large_set_and_one_by_hand() -> None:
    """The former of the seed that the limits name, the latter the chats written for measuring."""
    large, by_hand = project_sets(20)
    assert (large.name, large.digest) == ("generated", generated_set(20).digest)
    assert large.chats == tuple(generate(20, load_limits().generated.seed))
    assert (by_hand.name, len(by_hand.chats)) == ("written", 60)
    assert len({chat.pair for chat in by_hand.chats}) == 60


def test_a_model_is_asked_as_in_use(trained: Scorer) -> None:
    """Highest risk and strongest advice of each talk are those of its trajectory."""
    some = sample()[:25]
    frozen = Frozen([FrozenSet("own", some)])
    asked = frozen.ask("own", trained)
    for place, chat in enumerate(some):
        answers = list(trained.trajectory(parse_conversation(chat.conversation)))
        assert asked.peaks[place] == pytest.approx(max(answer["risk"] for answer in answers), abs=1e-9)
        assert asked.strongest[place] == max(ACTIONS.index(answer["action"]) for answer in answers)
    assert asked.sums[:, 0].sum(axis=1) == pytest.approx(np.ones(len(some)))


def test_asking_one_model_leaves_no_trace_in_the_next(trained: Scorer) -> None:
    """The talks are read once, and each model fills in its own channels."""
    frozen = Frozen([FrozenSet("own", sample()[:10])])
    first = frozen.ask("own", trained).peaks
    words = trained.model.words
    try:
        trained.model.words = type(words)(
            words.arrays["word_grams"], -words.arrays["word_weights"], words.arrays["word_norms"]
        )
        other = frozen.ask("own", trained).peaks
    finally:
        trained.model.words = words
    assert not np.allclose(first, other)
    assert frozen.ask("own", trained).peaks == pytest.approx(first)


def test_training_on_a_frozen_talk_is_refused(tmp_path: Path) -> None:
    """Before any work: the talk is named with the one that it repeats, and nothing is stored."""
    frozen = generated_set(40)
    copied = replace(frozen.chats[3], conversation={**frozen.chats[3].conversation, "conversation_id": "copy"})
    with pytest.raises(
        InputError, match=f"copy: nearly repeats talk {frozen.chats[3].conversation['conversation_id']}"
    ):
        train(tmp_path / "m", chats=200, written=[copied], frozen=frozen.chats)
    assert not (tmp_path / "m").exists()


def test_the_seed_of_the_frozen_set_is_refused(tmp_path: Path) -> None:
    """Whoever trains with it is told to take another."""
    with pytest.raises(InputError, match="generate with another seed"):
        train(tmp_path / "m", chats=60, seed=load_limits().generated.seed, written=[], frozen=generated_set(40).chats)


def test_a_talk_without_messages_is_refused(tmp_path: Path) -> None:
    """It cannot be measured; its id is named."""
    chats, labels = tmp_path / "chats.jsonl", tmp_path / "labels.jsonl"
    chats.write_bytes((WRITTEN / "chats.jsonl").read_bytes() + b'{"conversation_id": "empty", "messages": []}\n')
    labels.write_bytes(
        (WRITTEN / "chats_labels.jsonl").read_bytes() + b'{"conversation_id": "empty", "label": "benign"}\n'
    )
    with pytest.raises(InputError, match="empty: a talk without messages"):
        written_set(chats, labels)


def test_talks_are_read_by_whoever_is_given(trained: Scorer) -> None:
    """Once for each set, and what models say of them is the same."""
    sets, calls = [FrozenSet("own", sample()[:10])], []

    def read(chats: object, **how: Any) -> Table:
        calls.append(chats)
        return read_table(sets[0].chats, **how)

    kept = Frozen(sets, read)
    asked = [kept.ask("own", trained), kept.ask("own", trained)]
    assert calls == [sets[0].chats]
    assert asked[1].peaks.tolist() == Frozen(sets).ask("own", trained).peaks.tolist()
