"""Finds what an agent's message commits to: said outright, or by a bare yes or no to the buyer's open questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from riskmodel.promises.answers import Answer, bare_answer
from riskmodel.promises.clauses import Clause, clauses
from riskmodel.promises.guess import Beyond, guesses
from riskmodel.promises.questions import OpenQuestion
from riskmodel.promises.stance import Statement, statements
from riskmodel.promises.topics import Meaning, alternatives, load_topics
from riskmodel.reader import LineReader
from riskmodel.signals import Found, Reading
from riskmodel.text.when import find_dues

__all__ = ["Commitment", "Context", "Understanding", "understand"]


_SOME_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)  # whether a text names a time at all does not depend on the day


class Commitment(NamedTuple):
    """Something that the agent's words bind the shop to, at ``[start, end)`` of the folded text.

    `kind` is the kind of promise or None for what is no promise (a denial, a disclosure); `said` is the text that gives
    it its content: the agent's own, or the buyer's question for a bare answer.
    """

    code: str
    topic: str
    polarity: str | None
    kind: str | None
    start: int
    end: int
    said: str
    question: str | None
    judged: str | None = None
    in_doubt: str = "fault"


class Understanding(NamedTuple):
    """An agent's message: what it commits to, and the stance it takes on each topic by name."""

    commitments: list[Commitment]
    stances: dict[str, str]
    answered: bool

    @property
    def careful(self) -> set[str]:
        """Topics that were answered with care: hedged, or declined where declining is no fault."""
        return {
            topic
            for topic, stance in self.stances.items()
            if stance == "careful" or (stance == "deny" and "deny" not in load_topics()[topic].says)
        }


class Context(NamedTuple):
    """What a message of the shop answers: open questions, oldest first, and those that a bare yes or no would answer.

    `barred` are topics that cannot be meant in this talk; `reader`, where there is one, hears what no rule knows.
    """

    open: Sequence[OpenQuestion] = ()
    meant: Sequence[OpenQuestion] = ()
    barred: Collection[str] = ()
    reader: LineReader | None = None


def understand(reading: Reading, found: Sequence[Found], context: Context) -> Understanding:
    """What the message binds the shop to and which topics it speaks of.

    Parameters
    ----------
    reading
        The agent's message as read by the lexicon.
    found
        The agent-side signals found in it.
    context
        What it answers.
    """
    parts = clauses(reading)
    asked = {question.topic: question for question in (*context.open, *context.meant)}
    taken = {other: name for name in asked if (other := load_topics()[name].takes) is not None}
    said = statements(reading, parts, asked.keys())
    answer = bare_answer(reading, parts)
    if answer is not None and answer.kind == "no" and _speaks_for_itself(answer, parts, said, asked):
        answer = None
    if context.reader is not None:
        alone = next(
            (index for index, part in enumerate(parts) if answer and part.start <= answer.start < part.end), None
        )
        beyond = Beyond(asked.keys(), said, context.barred, alone)
        said = [*said, *guesses(reading.folded.text, parts, context.reader, beyond)]
    result: list[Commitment] = []
    stances: dict[str, str] = {}
    answered = {question.topic for question in context.meant} if answer is not None else set()
    for statement in (item._replace(topic=taken.get(item.topic, item.topic)) for item in said):
        if answer is not None and answer.kind == "no" and statement.topic in answered and not statement.sure:
            continue  # 没有的呢,只能在线付: the no comes first
        if stances.get(statement.topic) in (None, "asks", "quotes") or statement.stance in ("affirm", "charge"):
            stances[statement.topic] = statement.stance
        meaning = _meaning(statement.topic, statement.stance)
        if meaning is None or not (statement.sure or statement.topic in asked):
            continue
        if not _binds(meaning, statement.stance, reading, asked.get(statement.topic)):
            continue
        result.append(_commitment(meaning, statement, reading, parts, asked))
    if answer is not None:
        for question in reversed(context.meant):
            if question.topic in stances:
                continue
            stance = question.meaning_of(answer)
            stances[question.topic] = stance
            meaning = _meaning(question.topic, stance)
            if meaning is not None and _binds(meaning, stance, reading, question):
                result.append(
                    Commitment(
                        meaning.code, load_topics()[question.topic].topic, meaning.polarity, meaning.kind,
                        answer.start, answer.end, question.text, question.text, meaning.judged or meaning.kind,
                        meaning.in_doubt,
                    )
                )  # fmt: skip
    for item in found:
        signal = item.signal
        if signal.topic is not None and signal.polarity is not None:
            result.append(
                Commitment(
                    signal.code, signal.topic, signal.polarity, None, item.start, item.end, reading.folded.text, None
                )
            )
    return Understanding(_once(result), stances, answer is not None)


def _speaks_for_itself(
    answer: Answer, parts: Sequence[Clause], said: Sequence[Statement], asked: Collection[str]
) -> bool:
    """不能退了 answers what was asked of returns, and nothing else."""
    return any(
        item.sure and item.topic not in asked and parts[item.clause].start <= answer.start < parts[item.clause].end
        for item in said
    )


def _binds(meaning: Meaning, stance: str, reading: Reading, question: OpenQuestion | None) -> bool:
    """Whether the words, or for a yes the question, hold what makes it binding."""
    names = alternatives(meaning.binds)
    asked: Collection[str] = question.marks if question is not None and stance == "affirm" else ()
    if not names or any(name in reading.concepts or name in asked for name in names):
        return True
    texts = [reading.folded.text, question.text if asked and question is not None else ""]
    return "day" in names and any(find_dues(text, _SOME_DAY) for text in texts)


def _meaning(topic: str, stance: str) -> Meaning | None:
    meanings: Mapping[Any, Meaning] = load_topics()[topic].says
    return meanings.get(stance)  # careful, asks, quotes mean nothing


def _commitment(
    meaning: Meaning, statement: Statement, reading: Reading, parts: list[Clause], asked: dict[str, OpenQuestion]
) -> Commitment:
    number = statement.clause
    text = reading.folded.text
    # a time or an amount stands in the clause itself or in a neighbour (周五的话,能到), not one that says no
    near = [part for part in parts[max(number - 1, 0) : number + 2] if not part.negated]
    said = " ".join(text[part.start : part.end] for part in (parts[number], *near))
    question = asked.get(statement.topic)
    return Commitment(
        meaning.code, load_topics()[statement.topic].topic, meaning.polarity, meaning.kind,
        statement.start, statement.end, said, question.text if question else None,
        meaning.judged or meaning.kind, meaning.in_doubt,
    )  # fmt: skip


def _once(found: list[Commitment]) -> list[Commitment]:
    """One commitment a code: the first."""
    kept: dict[str, Commitment] = {}
    for commitment in found:
        kept.setdefault(commitment.code, commitment)
    return list(kept.values())
