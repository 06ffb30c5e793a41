"""Finds what an agent's message commits to: said outright, or by a bare yes or no to the buyer's open questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from math import log
from typing import Any, NamedTuple

from riskmodel.promises.answers import Answer, bare_answer
from riskmodel.promises.candidates import candidates, heard_alone, likelihoods
from riskmodel.promises.clauses import Clause, clauses
from riskmodel.promises.context import Context
from riskmodel.promises.evidence import Candidate, Words
from riskmodel.promises.questions import OpenQuestion
from riskmodel.promises.stance import Statement, statements
from riskmodel.promises.topics import Meaning, alternatives, load_topics, matter
from riskmodel.reader import Weighing
from riskmodel.signals import Found, Reading, load_catalogue
from riskmodel.text import find_amounts
from riskmodel.text.when import find_dues

__all__ = ["Commitment", "Understanding", "propose", "understand"]


# How likely a stance must be that a rule or a bare answer brings up; what only the reader hears must be as likely as
# its topic's `sure`. Exchanges avoid the plain words that rules know, and shops do not; so what is said outright is
# doubted only where nearly everything speaks against it. Chosen on the development drafts.
SURE = 0.05
_TINY = 1e-12  # from 0 and 1, for log-odds
_ASKED = 0.3  # how likely the buyer asked of it, for the turn to give an answer its content

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
    asked = context.asked
    words = _words(reading, asked)
    weighing = context.reader.weighing if context.reader is not None and context.turn is not None else None
    if weighing is not None:
        taking = _weighed(words, context, weighing)
    else:
        taking = [*_ruled(words, context, asked), *_unasked(words, context)]
    stances: dict[str, str] = {}
    result: list[Commitment] = []
    for stand in taking:
        if stances.get(stand.topic) in (None, "asks", "quotes") or stand.stance in ("affirm", "charge"):
            stances[stand.topic] = stand.stance
        meaning = _meaning(stand.topic, stand.stance)
        if meaning is None or not stand.commits:
            continue
        question = _question(stand, context, asked)
        if _binds(meaning, stand, reading, question):
            result.append(_commitment(meaning, stand, words, question))
    for item in found:
        signal = item.signal
        if signal.topic is not None and signal.polarity is not None:
            result.append(
                Commitment(
                    signal.code, signal.topic, signal.polarity, None, item.start, item.end, reading.folded.text, None
                )
            )
    return Understanding(_once(result), stances, words.answer is not None)


def _words(reading: Reading, asked: Mapping[str, OpenQuestion]) -> Words:
    parts = clauses(reading)
    taken = {other: name for name in asked if (other := load_topics()[name].takes) is not None}
    said = [item._replace(topic=taken.get(item.topic, item.topic)) for item in statements(reading, parts, asked.keys())]
    return Words(reading.folded.text, parts, said, bare_answer(reading, parts))


def propose(reading: Reading, context: Context) -> list[Candidate]:
    """What the message may say, before it is weighed; `context` must have a reader."""
    return candidates(_words(reading, context.asked), context)


class _Stand(NamedTuple):
    """A stance that the message takes at ``[start, end)``; `answers` for a bare answer, `commits` where it binds."""

    topic: str
    stance: str
    start: int
    end: int
    clause: int
    answers: OpenQuestion | None
    commits: bool


def _weighed(words: Words, context: Context, weighing: Weighing) -> list[_Stand]:
    """By all that speaks for and against each stance, weighed as learned."""
    stands = [
        _Stand(item.topic, item.stance, item.start, item.end, item.clause, None, False)
        for item in words.said
        if item.stance in ("asks", "quotes")
    ]
    found = candidates(words, context)
    weighed = zip(likelihoods(found, weighing), found, strict=True)
    likely = [(_excess(likelihood, item), item) for likelihood, item in weighed]
    taken: set[str] = set()
    for excess, item in sorted(likely, key=lambda pair: -pair[0]):
        about = matter(item.topic)
        # of two stances on one matter the likelier one is meant
        if excess >= 0 and about not in taken:
            taken.add(about)
            stands.append(_Stand(item.topic, item.stance, item.start, item.end, item.clause, item.question, True))
    return stands


def _excess(likelihood: float, item: Candidate) -> float:
    """By how much, in log-odds, a stance is likelier than it must be."""
    least = load_topics()[item.topic].sure if item.source == "reader" else SURE
    likelihood = min(max(likelihood, _TINY), 1 - _TINY)
    return log(likelihood / (1 - likelihood)) - log(least / (1 - least))


def _ruled(words: Words, context: Context, asked: Mapping[str, OpenQuestion]) -> list[_Stand]:
    """By rules alone: what is said outright goes before what a bare answer means."""
    answer = words.answer
    if answer is not None and answer.kind == "no" and _speaks_for_itself(answer, words.parts, words.said, asked):
        answer = None
    answered = {question.topic for question in context.meant} if answer is not None else set()
    stands = []
    for item in words.said:
        if answer is not None and answer.kind == "no" and item.topic in answered and not item.sure:
            continue  # 没有的呢,只能在线付: the no comes first
        commits = item.sure or item.topic in asked
        stands.append(_Stand(item.topic, item.stance, item.start, item.end, item.clause, None, commits))
    spoken_of = {stand.topic for stand in stands}
    if answer is not None:
        for question in reversed(context.meant):
            if question.topic not in spoken_of:
                meant = question.meaning_of(answer)
                stands.append(_Stand(question.topic, meant, answer.start, answer.end, 0, question, True))
    return stands


def _unasked(words: Words, context: Context) -> list[_Stand]:
    """What the reader alone hears where the shop speaks first: there is no turn of the buyer to weigh it with."""
    if context.reader is None or context.turn is not None:
        return []
    ruled = {item.topic for item in words.said}
    return [
        _Stand(topic, stance, unit.start, unit.end, unit.numbers[0], None, True)
        for topic, stance, unit in heard_alone(words, context.reader)
        if topic not in ruled and topic not in context.barred
    ]


def _speaks_for_itself(
    answer: Answer, parts: Sequence[Clause], said: Sequence[Statement], asked: Collection[str]
) -> bool:
    """不能退了 answers what was asked of returns, and nothing else."""
    return any(
        item.sure and item.topic not in asked and parts[item.clause].start <= answer.start < parts[item.clause].end
        for item in said
    )


def _binds(meaning: Meaning, stand: _Stand, reading: Reading, question: str | None) -> bool:
    """Whether the words, or for a yes the question, hold what makes it binding."""
    names = alternatives(meaning.binds)
    if not names or any(name in reading.concepts for name in names):
        return True
    texts = [reading.folded.text]
    if question is not None and stand.stance == "affirm":
        texts.append(question)
        if not load_catalogue().lexicon.read(question).concepts.keys().isdisjoint(names):
            return True
    return "day" in names and any(find_dues(text, _SOME_DAY) for text in texts)


def _meaning(topic: str, stance: str) -> Meaning | None:
    meanings: Mapping[Any, Meaning] = load_topics()[topic].says
    return meanings.get(stance)  # careful, asks, quotes mean nothing


def _commitment(meaning: Meaning, stand: _Stand, words: Words, question: str | None) -> Commitment:
    said = _around(stand, words)
    if stand.answers is not None and question is not None and not _names_a_figure(said):
        said = question  # a bare yes takes its content from what was asked
    return Commitment(
        meaning.code,
        load_topics()[stand.topic].topic,
        meaning.polarity,
        meaning.kind,
        stand.start,
        stand.end,
        said,
        question,
        meaning.judged or meaning.kind,
        meaning.in_doubt,
    )


def _names_a_figure(text: str) -> bool:
    """A time or an amount of its own: 肯定的,今晚八点前 answers more than yes."""
    return bool(find_dues(text, _SOME_DAY)) or any(True for _ in find_amounts(text))


def _around(stand: _Stand, words: Words) -> str:
    """What holds the time or the amount: all clauses that say it and their neighbours, but for those that say no."""
    parts, text = words.parts, words.text
    inside = [number for number, part in enumerate(parts) if part.start < stand.end and stand.start < part.end]
    if not inside:
        return text
    near = [part for part in parts[max(inside[0] - 1, 0) : inside[-1] + 2] if not part.negated]
    return " ".join(text[part.start : part.end] for part in (parts[stand.clause], *near))


def _question(stand: _Stand, context: Context, asked: Mapping[str, OpenQuestion]) -> str | None:
    """The buyer's words that the stance answers: a question that is open, or the turn where it likely asks that."""
    if stand.answers is not None:
        return stand.answers.text
    if stand.topic in asked:
        return asked[stand.topic].text
    turn = context.turn
    return turn.text if turn is not None and turn.whole.topics.get(stand.topic, 0.0) >= _ASKED else None


def _once(found: list[Commitment]) -> list[Commitment]:
    """One commitment a code: the first."""
    kept: dict[str, Commitment] = {}
    for commitment in found:
        kept.setdefault(commitment.code, commitment)
    return list(kept.values())
