"""A candidate from a shop's talks and synthetic ones; small, so that only its rules mean anything, not its figures."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shop_talks import NOW, labelled

from riskmodel.errors import InputError
from riskmodel.learning.curve import learning_curve
from riskmodel.learning.outcomes import Given
from riskmodel.learning.prequential import by_month
from riskmodel.learning.retrain import Base, Retrained, ShopTalk, learn_from, read_base, retrain, with_base
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer
from riskmodel.synthesis import written_chats
from riskmodel.words.fit import LEAST_TALKS

# characters that no project text has: in a single talk, and in as many as a model may learn from
RARE, KNOWN = "魑魅", "饕餮"


def with_words(talk: ShopTalk, words: str, buyer: str) -> ShopTalk:
    """The talk of another buyer, with words put in front of all that the buyer says."""
    messages = [
        {**message, "text": f"{words}{message['text']}"} if message["sender"] == "buyer" else message
        for message in talk.conversation["messages"]
    ]
    return talk._replace(conversation={**talk.conversation, "messages": messages, "buyer": {"buyer_id": buyer}})


@pytest.fixture(scope="module")
def base(model_folder: Path) -> Base:
    reader = Scorer.load(model_folder).model.reader
    return read_base(reader, chats=200, seed=2, written=written_chats()[::40])


@pytest.fixture(scope="module")
def talks() -> list[ShopTalk]:
    """The first has words that no other has; as many as needed have others in common."""
    made = labelled(40, 11)
    made[0] = with_words(made[0], RARE, "one")
    for number in range(1, LEAST_TALKS + 1):
        made[number] = with_words(made[number], KNOWN, f"buyer {number}")
    return made


@pytest.fixture(scope="module")
def candidate(
    tmp_path_factory: pytest.TempPathFactory, base: Base, talks: list[ShopTalk], reader: LineReader
) -> Retrained:
    return retrain(tmp_path_factory.mktemp("candidate"), talks, reader=reader, base=base, parent="f" * 64)


def manifest_of(found: Retrained) -> dict[str, Any]:
    return json.loads((found.report.folder / "manifest.json").read_text("utf-8"))


def test_the_record_says_what_was_learned_from(candidate: Retrained, talks: list[ShopTalk], base: Base) -> None:
    """Digest, counts, seed and parent; the candidate is read as any model."""
    manifest = manifest_of(candidate)
    shop = manifest["shop"]
    assert shop["sha256"] == candidate.learned.sha256
    assert sum(shop["talks"].values()) == len(talks)
    assert (manifest["parent"], manifest["seed"], manifest["generated_chats"]) == ("f" * 64, 2, 200)
    assert manifest["talks"] == len(talks) + len(base.chats)
    assert Scorer.load(candidate.report.folder).info["sha256"] == candidate.report.sha256


def test_same_talks_same_bytes_in_whatever_order(
    candidate: Retrained, base: Base, talks: list[ShopTalk], reader: LineReader, tmp_path: Path
) -> None:
    """The digest of data and model; what was read once is good for several candidates."""
    again = retrain(tmp_path, talks[::-1], reader=reader, base=base, parent="f" * 64)
    assert again.report.sha256 == candidate.report.sha256
    assert again.learned.sha256 == candidate.learned.sha256
    assert (tmp_path / "manifest.json").read_bytes() == (candidate.report.folder / "manifest.json").read_bytes()


def test_no_words_of_few_talks_are_in_a_model(candidate: Retrained) -> None:
    """What many buyers say may be known; of what single ones say not a character, and no id or name of anybody."""
    with np.load(candidate.report.folder / "model.npz") as model:
        grams = [str(gram) for name in model.files if model[name].dtype.kind == "U" for gram in model[name]]
    assert not [gram for gram in grams if set(gram) & set(RARE)]
    assert KNOWN in grams
    assert max(map(len, grams)) < 40, "names of topics and acts; no sentence"
    content = b"".join((candidate.report.folder / name).read_bytes() for name in ("model.npz", "manifest.json"))
    for text in ("own-11", "buyer 1", RARE):
        assert text.encode() not in content
        assert text.encode("utf-32-le") not in content


def test_labels_that_teach_nothing_are_counted(talks: list[ShopTalk]) -> None:
    """Unclear ones, and those that contradict one another; weights are shared out within a class."""
    unclear = talks[0]._replace(given=[Given("unclear", "a", NOW)])
    against = talks[1]._replace(given=[Given("abusive", "a", NOW), Given("benign", "b", NOW)])
    picked = talks[2]._replace(given=[talks[2].given[0]._replace(probability=0.1)])
    found = learn_from([unclear, against, picked, *talks[3:]])
    assert (found.unclear, found.contradicted, found.by_chance) == (1, 1, 1)
    assert len(found.chats) == len(found.outcomes) == len(talks) - 2
    own = {chat.conversation["conversation_id"]: chat for chat in found.chats}
    same = [chat.weight for chat in found.chats if chat.label == own["own-11-2"].label]
    assert own["own-11-2"].weight == pytest.approx(10 * min(same))
    given = [unclear, against, picked, *talks[3:]]
    assert [given[place].conversation for place in found.places] == [chat.conversation for chat in found.chats]


def test_who_labels_most_is_capped_and_shown(talks: list[ShopTalk]) -> None:
    """In what is printed by name, in the manifest without one; and those talks count less."""
    many = [talk._replace(given=[talk.given[0]._replace(by="user 7")]) for talk in labelled(80, 12)]
    few = labelled(20, 13, by=("user 8", "user 9"))
    found = learn_from([*many, *few])
    assert {each.by for each in found.capped} == {"user 7"}
    weight = {chat.conversation["conversation_id"]: chat.weight for chat in found.chats}
    assert max(weight[talk.conversation["conversation_id"]] for talk in many) < min(
        weight[talk.conversation["conversation_id"]] for talk in few
    )
    assert "user 7" not in json.dumps(found.record())
    assert [each["talks"] for each in found.record()["capped"]] == [each.talks for each in found.capped]


def test_nothing_to_learn_from_is_said(base: Base, reader: LineReader, tmp_path: Path) -> None:
    """And nothing is written."""
    unclear = [talk._replace(given=[Given("unclear", "a", NOW)]) for talk in labelled(3, 1)]
    with pytest.raises(InputError, match="label some"):
        retrain(tmp_path / "none", unclear, reader=reader, base=base)
    assert not (tmp_path / "none").exists()


def test_a_shops_abusive_talk_says_nothing_of_its_kind(base: Base, talks: list[ShopTalk], reader: LineReader) -> None:
    """Its label does not say which it was; the table has no kind of it, and the base is left as it was."""
    before = base.table.columns.copy()
    table = with_base(base, learn_from(talks).chats, reader)
    own = table.private
    assert own.sum() == len(talks)
    assert not table.patterns[own].any()
    assert table.patterns[~own].any()
    assert (base.table.columns == before).all()


def test_the_curve_is_measured_on_talks_that_no_point_learned(
    base: Base, talks: list[ShopTalk], reader: LineReader
) -> None:
    """Always the same ones; none of the shop's to begin with."""
    first, second = learning_curve(base, learn_from(talks), reader, shares=(0.0, 1.0))
    assert first.talks == 0
    assert second.talks > len(talks) // 2
    for point in (first, second):
        assert point.measured.recall.n + point.measured.false_alarms.n == len(talks) - second.talks


def test_each_month_learns_what_was_known_then(base: Base, reader: LineReader) -> None:
    """With the delay of labels; a month is measured on the talks that came in it, unless their like was known."""
    every = timedelta(days=3)
    made = labelled(20, 21, every=every)
    began = [NOW + number * every for number in range(len(made))]
    found = list(by_month(base, made, began, reader))
    assert [month.start.month for month in found] == [4]
    known = sum(start + timedelta(days=7) <= found[0].start for start in began)
    assert found[0].known == known < sum(start < found[0].start for start in began)
    assert 0 < found[0].came <= sum(start >= found[0].start for start in began)
