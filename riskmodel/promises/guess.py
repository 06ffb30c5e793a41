"""Stances in words that no rule knows, by the learned reader: only where it is sure enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from riskmodel.promises.clauses import Clause, spoken
from riskmodel.promises.stance import Statement, excluded
from riskmodel.promises.topics import alternatives, load_topics
from riskmodel.reader import LineReader, Reading

__all__ = ["Beyond", "guesses"]

# How likely topic and stance together must be where the topic is open (elsewhere the topic says it), and what being
# open adds to a topic's log-odds. Chosen on the hand-written development drafts, measured on others.
SURE_ASKED = 0.30
LEAN = 1.5
_LEAST = 4  # characters; less says nothing by itself
_MOST_UNITS = 24
_AGAINST = 0.35  # what the rules hear of a negation counts against a stance that goes the other way


class Beyond(NamedTuple):
    """What a guess goes beyond: topics that are open, what rules heard, and topics that cannot be meant."""

    asked: Collection[str]
    known: Sequence[Statement]
    barred: Collection[str]
    answer: int | None  # the clause that is a bare answer and says nothing itself


def guesses(text: str, parts: Sequence[Clause], reader: LineReader, beyond: Beyond) -> list[Statement]:
    """What the reader finds in a folded message as a whole, its sentences and its clauses.

    A topic on which rules heard a stance is left to them.
    """
    asked, known = beyond.asked, beyond.known
    topics = load_topics()
    taken = {item.topic for item in known if item.sure or item.stance != "affirm"}
    taken |= set(beyond.barred)
    answered = {statement.clause for statement in known if statement.topic in asked}
    lean = dict.fromkeys(asked, LEAN)
    alone: dict[int, Reading] = {}
    best: dict[tuple[str, str], tuple[float, int, int, int]] = {}
    hedged = {part.sentence for part in parts if part.has("hedge")}  # a hedge reaches to the end of its sentence
    for start, end, numbers in _units(parts):
        group = [parts[number] for number in numbers]
        if answered.issuperset(numbers) or numbers == [beyond.answer] or any(part.has("quoting") for part in group):
            continue
        words = sum(text[index].isalpha() for index in spoken(text, start, end))
        if max(words, (end - start) // 2) < _LEAST:
            continue
        heard = reader.read(text[start:end], lean)
        if len(numbers) == 1:
            alone[numbers[0]] = heard
        topic = heard.topic
        if topic not in topics or topic in taken or excluded(topic, group):
            continue
        # rudeness may ask, and needs no more than address and particles: 您这种人我见得多了
        if topics[topic].anchors and (words < _LEAST or all(part.asks for part in group)):
            continue
        must = alternatives(topics[topic].must)
        if must and not any(part.has(*must) for part in group):
            continue
        sure = SURE_ASKED if topic in asked else topics[topic].sure
        if heard.likelihood < sure:
            continue  # no stance makes it likelier
        # the clause that speaks of it most; what no reading was worth speaks of nothing
        bearer = parts[max(numbers, key=lambda number: alone[number].topics[topic] if number in alone else 0.0)]
        for stance in topics[topic].says:
            if stance == "affirm" and bearer.sentence in hedged and not bearer.has("certain"):
                continue
            # a not turns what is said of a service; rudeness stays rude: 没见过您这样的
            agreement = _agreement(stance, group, bearer) if topics[topic].anchors else 1.0
            likelihood = heard.likelihood * heard.stances.get(stance, 0.0) * agreement
            if likelihood >= sure and likelihood > best.get((topic, stance), (0.0,))[0]:
                best[topic, stance] = (likelihood, start, end, numbers[0])
    return [
        Statement(topic, stance, start, end, number, True)  # type: ignore[arg-type]  # keys of `says`
        for (topic, stance), (_, start, end, number) in best.items()
    ]


def _agreement(stance: str, group: Sequence[Clause], bearer: Clause) -> float:
    if stance == "affirm":
        if any(part.has("hedge") for part in group):
            return 0.0
        return _AGAINST if bearer.negated else 1.0
    if stance == "deny":
        if any(part.has("double_negation") for part in group):
            return 0.0
        return 1.0 if any(part.negated or part.has("deny") for part in group) else _AGAINST
    return 1.0


def _units(parts: Sequence[Clause]) -> list[tuple[int, int, list[int]]]:
    """Stretches to read and the clauses in each: every clause, every sentence, and the whole."""
    sentences: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        sentences.setdefault(part.sentence, []).append(number)
    groups = [*([number] for number in range(len(parts))), *sentences.values(), list(range(len(parts)))]
    units = {(parts[numbers[0]].start, parts[numbers[-1]].end): numbers for numbers in groups if numbers}
    return [(start, end, numbers) for (start, end), numbers in units.items()][:_MOST_UNITS]
