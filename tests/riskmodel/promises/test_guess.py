"""Guesses: stances that the learned reader hears, only where it is sure enough and the rules leave room."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_talk import read
from strategies import texts

from riskmodel.promises import guess
from riskmodel.promises.clauses import clauses
from riskmodel.promises.guess import SURE_ASKED, Beyond, guesses
from riskmodel.promises.stance import Statement, statements
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader
from riskmodel.scorer import Scorer

# promises in words that are in no lexicon, each with what it is about
BEYOND_RULES = {
    "单位报账的单子给您盖好章": "invoice",
    "咱家老板说了,路上的费用算店里头": "free_shipping",
    "穿着不合身随时送还给我们": "return_policy",
}


@pytest.fixture(scope="module")
def reader(scorer: Scorer) -> LineReader:
    return scorer.model.reader


def heard(
    text: str,
    reader: LineReader,
    *,
    asked: Collection[str] = (),
    known: Sequence[Statement] | None = None,
    barred: Collection[str] = (),
    answer: int | None = None,
) -> dict[str, str]:
    """Topics with their stances; what rules hear is known unless given."""
    reading = read(text)
    parts = clauses(reading)
    by_rules = statements(reading, parts, asked) if known is None else known
    return {
        item.topic: item.stance
        for item in guesses(reading.folded.text, parts, reader, Beyond(asked, by_rules, barred, answer))
    }


@pytest.mark.parametrize(("text", "topic"), BEYOND_RULES.items())
def test_promise_in_other_words(reader: LineReader, text: str, topic: str) -> None:
    """What no rule knows is heard where it was asked, and nothing else is heard in it."""
    assert statements(read(text), clauses(read(text)), ()) == []
    assert set(heard(text, reader, asked=[topic])) == {topic}


@given(text=texts(), asked=st.sets(st.sampled_from(sorted(load_topics()))))
def test_every_guess_is_likely_enough(reader: LineReader, text: str, asked: set[str]) -> None:
    """A guess is a stance that means something, on a stretch that alone makes topic and stance likely together."""
    reading = read(text)
    parts = clauses(reading)
    folded = reading.folded.text
    lean = dict.fromkeys(asked, guess.LEAN)
    for item in guesses(folded, parts, reader, Beyond(asked, [], [], None)):
        topic = load_topics()[item.topic]
        assert item.stance in topic.says
        assert 0 <= item.start < item.end <= len(folded)
        said = reader.read(folded[item.start : item.end], lean)
        assert said.topic == item.topic
        sure = SURE_ASKED if item.topic in asked else topic.sure
        assert said.likelihood * said.stances[item.stance] >= sure - 1e-9


def test_likelihood_at_the_threshold(reader: LineReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The threshold of an open topic is lower than that of others, and both are kept to."""
    text, topic = next(iter(BEYOND_RULES.items()))
    said = reader.read(read(text).folded.text, {topic: guess.LEAN})
    likelihood = said.likelihood * said.stances["affirm"]
    for sure, expected in ((likelihood - 1e-6, {topic: "affirm"}), (likelihood + 1e-6, {})):
        monkeypatch.setattr(guess, "SURE_ASKED", sure)
        assert heard(text, reader, asked=[topic]) == expected
    assert all(topic.sure >= SURE_ASKED for topic in load_topics().values())


@pytest.mark.parametrize(
    "text",
    [
        "单位报账的单子您要吗",
        "单位报账的单子要不要?",
        "您说的单位报账的单子我记下了",
        "您问的是单位报账的单子",
        "单子嘛",
        "",
        "???",
        "[微笑]",
    ],
)
def test_nothing_in_what_is_asked_quoted_or_short(reader: LineReader, text: str) -> None:
    """A question, the buyer's own words, and a few characters promise nothing."""
    assert heard(text, reader, asked=["invoice"]) == {}


def test_hedge_takes_a_promise_back(reader: LineReader) -> None:
    """A clause that is heard as a promise is none with a hedge in it."""
    text, topic = next(iter(BEYOND_RULES.items()))
    for hedge in ("尽量", "有可能", "争取"):
        assert heard(f"{hedge}{text}", reader, asked=[topic]).get(topic) != "affirm"


@pytest.mark.parametrize(("text", "topic"), BEYOND_RULES.items())
def test_hedge_reaches_over_the_sentence(reader: LineReader, text: str, topic: str) -> None:
    """As for words that rules know, a hedge reaches to the end of its sentence."""
    assert heard(f"尽量吧,{text}", reader, asked=[topic]).get(topic) != "affirm"


RUDE = (
    "您这种人我见得多了",
    "没见过您这么难缠的",
    "嫌贵您就别买,没人求着您",
    "就几块钱的东西您至于吗",
    "穷就别学人家网购",
)


@pytest.mark.parametrize("text", RUDE)
def test_rudeness_is_likely_by_itself(reader: LineReader, text: str) -> None:
    """The reader hears rude words for what they are."""
    said = reader.read(read(text).folded.text)
    assert said.topic == "provocation"
    assert said.likelihood >= load_topics()["provocation"].sure


@pytest.mark.parametrize("text", RUDE)
def test_rudeness_may_deny_and_ask(reader: LineReader, text: str) -> None:
    """A not or a question mark makes rude words no kinder."""
    assert heard(text, reader).get("provocation") == "affirm"


def test_rules_go_first(reader: LineReader) -> None:
    """On a topic on which rules heard a stance, a sure one or one that is no yes, nothing is guessed."""
    text, topic = next(iter(BEYOND_RULES.items()))
    for stance, sure, expected in (("affirm", True, {}), ("careful", False, {}), ("deny", True, {})):
        known = [Statement(topic, stance, 0, 2, 9, sure)]  # type: ignore[arg-type]  # one of its names
        assert heard(text, reader, asked=[topic], known=known) == expected
    elsewhere = [Statement("gift", "affirm", 0, 2, 9, True)]
    assert heard(text, reader, asked=[topic], known=elsewhere) == {topic: "affirm"}


def test_barred_topic_is_not_meant(reader: LineReader) -> None:
    """What cannot be meant in this talk is not guessed."""
    for text, topic in BEYOND_RULES.items():
        assert topic not in heard(text, reader, asked=[topic], barred=[topic])


def test_bare_answer_is_left_alone(reader: LineReader) -> None:
    """The clause that is the bare answer is not read for anything else."""
    text, topic = next(iter(BEYOND_RULES.items()))
    assert heard(text, reader, asked=[topic], answer=0) == {}


def test_other_matter_is_left_out(reader: LineReader) -> None:
    """What turns the words to another matter turns guesses too."""
    assert "contact_chat" in heard("您搜一下我这个小号,那边聊着方便", reader, asked=["contact_chat"])
    assert "contact_chat" not in heard("您搜一下我这个小号,微信支付,那边聊着方便", reader, asked=["contact_chat"])
