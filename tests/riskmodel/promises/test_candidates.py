"""What a message may say: the topics that come up, where it says so, and the evidence for each stance."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_talk import after, codes, read
from strategies import texts

from riskmodel.promises import Context
from riskmodel.promises.candidates import candidates, heard_alone, likelihoods, stretches_of
from riskmodel.promises.clauses import clauses
from riskmodel.promises.evidence import COLUMNS, EVIDENCE, LOGS, STANCES, Candidate, Words
from riskmodel.promises.find import propose
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LOWEST, LineReader
from riskmodel.reader.weighing import widened

# promises in words that are in no lexicon, each with what it is about, and how that is asked
BEYOND_RULES = {
    "单位报账的单子给您盖好章": "invoice",
    "咱家老板说了,路上的费用算店里头": "free_shipping",
    "穿着不合身随时送还给我们": "return_policy",
}
ASKED = {"invoice": "能开发票吗", "free_shipping": "包邮的吗", "return_policy": "不合适能退吗"}
RUDE = (
    "您这种人我见得多了",
    "没见过您这么难缠的",
    "嫌贵您就别买,没人求着您",
    "就几块钱的东西您至于吗",
    "穷就别学人家网购",
)
QUESTIONS = ("现在付款今晚走得掉么", "抬头给单位的能弄吗", "到我们团场另加钱不", "不合脚还得成不")


def proposed(draft: str, *lines: str, reader: LineReader) -> list[Candidate]:
    return propose(read(draft), after(*lines, reader=reader).agenda.context())


def column(candidate: Candidate, name: str) -> float:
    return candidate.evidence[EVIDENCE.index(name)]


@given(draft=texts(), question=st.sampled_from(QUESTIONS))
def test_every_candidate_is_a_stance_on_a_topic_in_the_text(reader: LineReader, draft: str, question: str) -> None:
    """A candidate is a known stance on a known topic, each once, at a stretch of the text, with every column filled."""
    found = proposed(draft, f"b:{question}", reader=reader)
    assert len({(item.topic, item.stance) for item in found}) == len(found)
    for item in found:
        assert item.topic in load_topics()
        assert item.stance in STANCES
        assert 0 <= item.start <= item.end <= len(read(draft).folded.text)
        assert len(item.evidence) == len(EVIDENCE)
        assert all(LOWEST <= value <= 4.0 for value in item.evidence[: len(LOGS)])


@given(draft=texts(), question=st.sampled_from(QUESTIONS))
def test_likelihoods_are_likelihoods(reader: LineReader, draft: str, question: str) -> None:
    """Each candidate has one likelihood from 0 to 1, whatever stands beside it."""
    assert reader.weighing is not None
    found = proposed(draft, f"b:{question}", reader=reader)
    together = likelihoods(found, reader.weighing)
    assert all(0.0 <= value <= 1.0 for value in together)
    assert together == pytest.approx([likelihoods([item], reader.weighing)[0] for item in found], abs=1e-12)


def test_a_charge_is_weighed_only_where_there_can_be_one(reader: LineReader) -> None:
    """Nobody charges for a date, and for an invoice one may."""
    stances = {
        (item.topic, item.stance)
        for draft in ("今晚走得掉", "能弄,另付六个点")
        for item in proposed(draft, "b:现在付款今晚走得掉么", "b:抬头给单位的发票能弄吗", reader=reader)
    }
    assert ("invoice", "charge") in stances
    assert all("charge" in load_topics()[topic].says for topic, stance in stances if stance == "charge")


def test_without_a_reader_nothing_comes_up() -> None:
    """Rules alone need no weighing."""
    assert candidates(Words("可以", clauses(read("可以")), [], None), Context()) == []


def test_what_the_answer_says_is_not_weighed_against_a_rule(reader: LineReader) -> None:
    """A yes that goes on to decline in so many words is no yes to that."""
    bare = proposed("好的", "b:有发票吗", reader=reader)
    assert {item.source for item in bare if (item.topic, item.stance) == ("invoice", "affirm")} == {"answer"}
    own = proposed("好的,我们开不了发票", "b:有发票吗", reader=reader)
    assert {item.source for item in own if (item.topic, item.stance) == ("invoice", "deny")} == {"rule"}
    assert all(item.question is None for item in own)


def test_barred_topics_and_taken_ones_do_not_come_up(reader: LineReader) -> None:
    """One's own address is no other's data, and an untrue invoice takes what is said of invoices."""
    assert not {"personal_data"} & {item.topic for item in proposed("尾号3321", "b:我的地址你看对不对", reader=reader)}
    taken = proposed("这个我们开不了的", "b:发票金额帮我多写五百行不", reader=reader)
    assert "invoice_untrue" in {item.topic for item in taken}
    assert "invoice" not in {item.topic for item in taken}


@given(text=texts())
def test_stretches_are_the_whole_its_sentences_and_its_clauses(text: str) -> None:
    """The whole comes first; each stretch begins and ends with its clauses; none stands twice; a dozen at most."""
    parts = clauses(read(text))
    stretches = stretches_of(parts)
    assert len(stretches) <= 12
    assert len({(start, end) for start, end, _ in stretches}) == len(stretches)
    for start, end, numbers in stretches:
        assert (start, end) == (parts[numbers[0]].start, parts[numbers[-1]].end)
    if parts:
        assert stretches[0][2] == list(range(len(parts)))


@pytest.mark.parametrize(
    ("draft", "name", "stance"),
    [
        ("不能保证今晚走得掉", "negated", "affirm"),
        ("尽量今晚给您发走", "hedged", "careful"),
        ("要不要尽量今天发?", "asks", "careful"),
        ("今晚一定走得掉", "certain", "affirm"),
    ],
)
def test_scope_is_evidence(reader: LineReader, draft: str, name: str, stance: str) -> None:
    """A not, a hedge, a question back and a certainty each stand in their column."""
    (found,) = [
        item
        for item in proposed(draft, "b:现在付款今晚发得走么", reader=reader)
        if (item.topic, item.stance) == ("dispatch_time", stance)
    ]
    assert column(found, name) == 1.0


def likelihood(reader: LineReader, text: str, topic: str, stance: str) -> float:
    heard = reader.read(text)
    return heard.topics[topic] * heard.stances[stance]


@pytest.mark.parametrize(("text", "topic"), BEYOND_RULES.items())
def test_reader_quotes_what_says_it_most(reader: LineReader, text: str, topic: str) -> None:
    """What only the reader hears is quoted where topic and stance are likeliest together."""
    draft = f"谢谢惠顾哦。{text}。祝您生活愉快"
    (found,) = [
        item
        for item in proposed(draft, f"b:{ASKED[topic]}", reader=reader)
        if (item.topic, item.stance, item.source) == (topic, "affirm", "reader")
    ]
    folded = read(draft).folded.text
    stretches = [folded[start:end] for start, end, _ in stretches_of(clauses(read(draft)))]
    quoted = likelihood(reader, folded[found.start : found.end], topic, "affirm")
    assert quoted == max(likelihood(reader, text, topic, "affirm") for text in stretches)


@pytest.mark.parametrize("text", RUDE)
def test_rudeness_is_heard_where_the_shop_speaks_first(reader: LineReader, text: str) -> None:
    """Without a turn of the buyer the reader alone is heard, a not in it or none."""
    assert "provoke.words" in codes(text, reader=reader)


@pytest.mark.parametrize(("text", "topic"), BEYOND_RULES.items())
def test_reader_alone_must_be_sure(reader: LineReader, text: str, topic: str) -> None:
    """Where the shop speaks first, every stance is as likely as its topic asks, and a hedge takes a promise back."""
    for draft in (text, f"尽量吧,{text}"):
        words = Words(read(draft).folded.text, clauses(read(draft)), [], None)
        for name, stance, unit in heard_alone(words, reader):
            said = likelihood(reader, words.text[unit.start : unit.end], name, stance)
            assert said >= load_topics()[name].sure - 1e-9
            assert stance in load_topics()[name].says
            assert draft == text or stance == "deny"
    assert heard_alone(Words("", [], [], None), reader) == []


def test_columns_are_counted() -> None:
    """The weighing has each column once and each logarithm once more for every knot."""
    import numpy as np

    assert widened(np.full((1, len(EVIDENCE)), log(0.5)), len(LOGS)).shape == (1, COLUMNS)
