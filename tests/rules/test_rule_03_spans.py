"""Rule 3: spans are true. Cut from the text as it was received, a span is what its reason names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strategies import Talk, dialogue, noisy, talks, texts

from riskmodel.acts import HEARD_FROM, LOWERING, RAISING
from riskmodel.conversation import parse_conversation
from riskmodel.promises.candidates import stretches_of
from riskmodel.promises.clauses import clauses
from riskmodel.promises.find import propose
from riskmodel.promises.topics import load_topics
from riskmodel.scorer import Scorer
from riskmodel.signals import Matcher, Signal, load_catalogue
from riskmodel.state import begin
from riskmodel.text import normalize
from riskmodel.words import utterance

CATALOGUE = load_catalogue()
MATCHER = Matcher(CATALOGUE, "buyer")


def cut(talk: Talk, place: dict[str, Any]) -> str:
    """The stretch that a reason or promise points at; fails where it lies outside its message or is empty."""
    (text,) = [message["text"] for message in talk["messages"] if message["message_id"] == place["message_id"]]
    start, end = place["span"]
    assert 0 <= start < end <= len(text)
    return str(text[start:end])


def concepts_in(text: str) -> set[str]:
    return set(CATALOGUE.lexicon.read(text).concepts)


def every_part_stands_in(signal: Signal, text: str) -> bool:
    """Some way to say the signal has all its parts in the text; an amount needs the words before it to be one."""
    there = concepts_in(text) | {"amount"}
    return any(all(not there.isdisjoint(group) for group in rule.groups) for rule in signal.match)


@given(talk=talks())
def test_every_span_lies_in_its_message(scorer: Scorer, talk: Talk) -> None:
    """Each span of each assessment is a stretch of a message that had been said; promises are in the agent's."""
    conversation = parse_conversation(talk)
    said: dict[str, str] = {}
    for message, assessment in zip(conversation.messages, scorer.trajectory(conversation), strict=True):
        said[message.message_id] = message.sender
        for place in (*assessment["reasons"], *assessment["promises"]):
            if place["message_id"] is None:
                assert place.get("span") is None
                continue
            assert place["message_id"] in said
            if place["span"] is not None:
                assert cut(talk, place)
        assert all(said[promise["message_id"]] == "agent" for promise in assessment["promises"])


@given(talk=talks())
def test_span_of_a_signal_is_what_it_names(scorer: Scorer, talk: Talk) -> None:
    """Cut out and read again, the span of a signal's reason holds the signal's words; all, if one message said it."""
    conversation = parse_conversation(talk)
    turn_starts = {
        after.message_id
        for before, after in pairwise([None, *[m for m in conversation.messages if m.sender != "system"]])
        if after is not None and (before is None or before.sender != after.sender)
    }
    for assessment in scorer.trajectory(conversation):
        for reason in assessment["reasons"]:
            signal = CATALOGUE.signals.get(reason["code"])
            if signal is None or reason["span"] is None:
                continue
            words = cut(talk, reason)
            named = {name for rule in signal.match for group in rule.groups for name in group}
            assert not named.isdisjoint(concepts_in(words) | {"amount"}), (reason["code"], words)
            if reason["message_id"] in turn_starts:
                assert every_part_stands_in(signal, words), (reason["code"], words)


@given(data=st.data())
def test_example_with_noise_is_quoted_right(data: st.DataObject) -> None:
    """However an example of a signal is typed, what is found in it, cut out of the original, is the signal again."""
    signal = data.draw(st.sampled_from([*CATALOGUE.of("buyer"), *CATALOGUE.of("agent")]), label="signal")
    text = data.draw(st.sampled_from(signal.examples).flatmap(noisy), label="text")
    reading = CATALOGUE.lexicon.read(text)
    for item in Matcher(CATALOGUE, signal.sender).find(reading):
        start, end = reading.folded.span(item.start, item.end)
        assert 0 <= start < end <= len(text)
        assert every_part_stands_in(item.signal, text[start:end]), (item.signal.code, text[start:end])
        assert reading.folded.text[item.start : item.end] in normalize(text[start:end]).text


@given(talk=talks())
def test_wording_is_quoted_clause_by_clause(scorer: Scorer, talk: Talk) -> None:
    """The text channel quotes buyers' clauses, each with more in it than white space and signs that nobody sees."""
    conversation = parse_conversation(talk)
    buyers = {message.message_id for message in conversation.messages if message.sender == "buyer"}
    for reason in scorer.assess(conversation)["reasons"]:
        if reason["code"] == "words.raised" and reason["message_id"] is not None:
            assert reason["message_id"] in buyers
            assert normalize(cut(talk, reason)).text.strip()


@given(talk=talks())
def test_an_act_is_quoted_only_where_it_is_likelier_than_not(scorer: Scorer, talk: Talk) -> None:
    """The message that is the evidence of an act is a buyer's that, read by itself, does it more likely than not."""
    conversation = parse_conversation(talk)
    said = {message.message_id: message for message in conversation.messages}
    for reason in scorer.assess(conversation)["reasons"]:
        name = reason["code"].removeprefix("act.")
        if name not in (*RAISING, *LOWERING) or reason["message_id"] is None:
            continue
        message = said[reason["message_id"]]
        reading = load_catalogue().lexicon.read(message.text)
        spoken = utterance(reading.folded.text, (), attached=False)
        assert message.sender == "buyer"
        assert scorer.model.acts.hear(spoken.text)[name] >= HEARD_FROM
        assert cut(talk, reason).strip()


@given(
    talk=talks(),
    draft=st.one_of(texts(), st.sampled_from(CATALOGUE.of("agent")).flatmap(lambda s: noisy(s.examples[0]))),
)
def test_findings_quote_the_draft(scorer: Scorer, talk: Talk, draft: str) -> None:
    """Every finding and promise points at a stretch of the draft that holds known words or of which all is read."""
    conversation = parse_conversation(talk)
    check = scorer.check_reply(conversation, draft)
    state = scorer.begin(conversation)
    for message in conversation.messages:
        state.add_message(message)
    reading = CATALOGUE.lexicon.read(draft)
    folded, reader = reading.folded, scorer.model.reader
    proposed = propose(reading, state.agenda.context()) if state.agenda.context().turn else []
    for place in (*check["findings"], *check["promises"]):
        start, end = place["span"]
        assert 0 <= start < end <= len(draft)
        if concepts_in(draft[start:end]) or not proposed:
            assert concepts_in(draft[start:end]) or not state.agenda.context().turn
            continue
        # words that no rule knows are heard by the reader: no other stretch says it more
        heard = [reader.read(folded.text[left:right]) for left, right, _ in stretches_of(clauses(reading))]
        quoted = [item for item in proposed if folded.span(item.start, item.end) == (start, end)]
        about = [
            item
            for item in quoted
            if load_topics()[item.topic].topic == place.get("topic", load_topics()[item.topic].topic)
        ]
        assert any(
            one.topics[item.topic] * one.stances[item.stance]
            == max(other.topics[item.topic] * other.stances[item.stance] for other in heard)
            for item in about
            for one in (reader.read(folded.text[item.start : item.end]),)
        )


@given(answer=st.sampled_from(["可以的", "好的", "没问题", "能的", "一定"]).flatmap(noisy))
def test_a_bare_yes_is_quoted_as_it_was_typed(answer: str) -> None:
    """What makes a bare answer a promise is found again in the stretch that it quotes."""
    conversation = parse_conversation(dialogue("b:今天能发货吗"))
    state = begin(conversation)
    state.add_message(conversation.messages[0])
    reading, _, understood = state.read_reply(answer)
    for commitment in understood.commitments:
        start, end = reading.folded.span(commitment.start, commitment.end)
        assert not {"assent", "ack", "certain", "can"}.isdisjoint(concepts_in(answer[start:end]))
