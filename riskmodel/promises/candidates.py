"""What a message of the shop may say: the topics that come up, by rules, by the bare answer and by the learned reader.

None of the three decides. What each is worth, together and after this turn of the buyer, is learned from written
exchanges (`riskmodel.promises.fit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, log

from riskmodel.promises.clauses import Clause
from riskmodel.promises.context import Context
from riskmodel.promises.evidence import STANCES, Candidate, Evidence, Unit, Words
from riskmodel.promises.stance import Stand, excluded
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader, Weighing

__all__ = ["candidates", "heard_alone", "likelihoods", "stretches_of"]

# Likelihoods from which a topic is weighed at all.
_LEAST_SAID, _LEAST_ASKED = log(0.10), log(0.15)
_MOST_UNITS = 12
_TOPIC = {topic: place for place, topic in enumerate(load_topics())}
_STANCE = {stance: place for place, stance in enumerate(STANCES)}


def candidates(words: Words, context: Context) -> list[Candidate]:
    """Every stance on every topic that rules, answer, reader or the buyer's turn bring up.

    Parameters
    ----------
    words
        The message.
    context
        What it answers; without a reader nothing comes up.
    """
    reader, turn = context.reader, context.turn
    if reader is None or turn is None:
        return []
    units = _hear(words, reader)
    named = {item.topic for item in words.said} | {question.topic for question in context.meant}
    loud = [
        (turn.whole.topic_floors, turn.whole.loudest[1], _LEAST_ASKED),
        *((unit.topics, unit.loudest[1], _LEAST_SAID) for unit in units if not unit.quotes),
    ]
    for logs, highest, least in loud:
        if highest >= least:
            named.update([reader.topics[place] for place, likelihood in enumerate(logs) if likelihood >= least])
    # what is barred cannot be meant in this talk, and what is taken is meant otherwise: an invoice, by an untrue one
    asked = [load_topics()[topic].takes for topic in context.asked]
    named.difference_update(context.barred, asked)
    topics = [topic for topic in load_topics() if topic in named]
    return Evidence(words, units, context).of(topics) if topics else []


def likelihoods(found: Sequence[Candidate], weighing: Weighing) -> list[float]:
    """How likely each candidate is."""
    topics, stances = [_TOPIC[item.topic] for item in found], [_STANCE[item.stance] for item in found]
    return weighing.likelihoods([item.evidence for item in found], topics, stances)


def heard_alone(words: Words, reader: LineReader) -> list[tuple[str, Stand, Unit]]:
    """Stances that the reader by itself is sure of, each where it is likeliest; a hedge takes a promise back."""
    topics = load_topics()
    best: dict[tuple[str, Stand], tuple[float, Unit]] = {}
    hedged = {part.sentence for part in words.parts if part.has("hedge")}
    for unit in _hear(words, reader):
        place, highest, _ = unit.loudest
        name = reader.topics[place]
        group = [words.parts[number] for number in unit.numbers]
        if name not in topics or unit.quotes or not group or excluded(name, group):
            continue
        if topics[name].anchors and all(part.asks for part in group):
            continue  # rudeness may ask
        for stance, logs in zip(STANCES, unit.stances, strict=True):
            withheld = any(part.sentence in hedged for part in group) and not any(part.has("certain") for part in group)
            likelihood = exp(highest + logs)
            if stance not in topics[name].says or (stance != "deny" and withheld) or likelihood < topics[name].sure:
                continue
            if likelihood > best.get((name, stance), (0.0, unit))[0]:
                best[name, stance] = likelihood, unit
    return [(name, stance, unit) for (name, stance), (_, unit) in best.items()]


def _hear(words: Words, reader: LineReader) -> list[Unit]:
    parts = words.parts
    wanted = _stances(tuple(reader.stances))
    quoting = {number for number, part in enumerate(parts) if "quoting" in part.marks}
    units = []
    for start, end, numbers in stretches_of(parts) or [(0, len(words.text), [])]:
        heard = reader.read(words.text[start:end])
        stances = [heard.stance_floors[place] for place in wanted]
        quotes = not quoting.isdisjoint(numbers)
        units.append(Unit(start, end, numbers, heard.topic_floors, stances, heard.loudest, quotes))
    return units


@cache
def _stances(names: tuple[str, ...]) -> list[int]:
    return [names.index(stance) for stance in STANCES]


def stretches_of(parts: Sequence[Clause]) -> list[tuple[int, int, list[int]]]:
    """What to read and the clauses in each: the whole, every sentence, and every clause."""
    sentences: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        sentences.setdefault(part.sentence, []).append(number)
    groups = [list(range(len(parts))), *sentences.values(), *([number] for number in range(len(parts)))]
    stretches = {(parts[numbers[0]].start, parts[numbers[-1]].end): numbers for numbers in groups if numbers}
    return [(start, end, numbers) for (start, end), numbers in stretches.items()][:_MOST_UNITS]
