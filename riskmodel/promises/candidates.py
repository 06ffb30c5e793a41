"""What a message of the shop may say: the topics that come up, by rules, by the bare answer and by the learned reader.

None of the three decides. What each is worth, together and after this turn of the buyer, is learned from written
exchanges (`riskmodel.promises.fit`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.promises.clauses import Clause
from riskmodel.promises.context import Context
from riskmodel.promises.evidence import LOWEST, STANCES, Candidate, Evidence, Units, Words
from riskmodel.promises.topics import load_topics
from riskmodel.reader import LineReader, Weighing

__all__ = ["candidates", "likelihoods", "stretches_of"]

# Likelihoods from which a topic is weighed at all.
_LEAST_SAID, _LEAST_ASKED = np.log([0.10, 0.15])
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
    asked = {question.topic: question for question in (*context.open, *context.meant)}
    now = frozenset(question.topic for question in context.meant)
    loud = (units.topics[units.usable] >= _LEAST_SAID).any(axis=0) | (turn.whole.topic_logs >= _LEAST_ASKED)
    named = {units.names[place] for place in np.flatnonzero(loud).tolist()}
    named |= {item.topic for item in words.said} | now
    # what is barred cannot be meant in this talk, and what is taken is meant otherwise: an invoice, by an untrue one
    named -= {*context.barred, *(load_topics()[topic].takes for topic in asked)}
    topics = [topic for topic in load_topics() if topic in named]
    return Evidence(words, units, turn, asked, now).of(topics) if topics else []


def likelihoods(found: Sequence[Candidate], weighing: Weighing) -> list[float]:
    """How likely each candidate is."""
    topics, stances = [_TOPIC[item.topic] for item in found], [_STANCE[item.stance] for item in found]
    return weighing.likelihoods([item.evidence for item in found], topics, stances)


def _hear(words: Words, reader: LineReader) -> Units:
    parts = words.parts
    stretches = stretches_of(parts) or [(0, len(words.text), [])]
    topics, stances = reader.read_all([words.text[start:end] for start, end, _ in stretches])
    wanted = [reader.stances.index(stance) for stance in STANCES]
    quoting = {number for number, part in enumerate(parts) if part.has("quoting")}
    return Units(
        [(start, end) for start, end, _ in stretches],
        [numbers for _, _, numbers in stretches],
        reader.topics,
        np.maximum(topics, LOWEST),
        np.maximum(stances[:, wanted], LOWEST),
        np.array([quoting.isdisjoint(numbers) for _, _, numbers in stretches]),
    )


def stretches_of(parts: Sequence[Clause]) -> list[tuple[int, int, list[int]]]:
    """What to read and the clauses in each: the whole, every sentence, and every clause."""
    sentences: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        sentences.setdefault(part.sentence, []).append(number)
    groups = [list(range(len(parts))), *sentences.values(), *([number] for number in range(len(parts)))]
    stretches = {(parts[numbers[0]].start, parts[numbers[-1]].end): numbers for numbers in groups if numbers}
    return [(start, end, numbers) for (start, end), numbers in stretches.items()][:_MOST_UNITS]
