"""What speaks for and against each stance that a message may take on a topic, as columns of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.promises.answers import Answer
from riskmodel.promises.clauses import Clause, spoken
from riskmodel.promises.context import Turn
from riskmodel.promises.questions import OpenQuestion
from riskmodel.promises.stance import Stand, Statement, excluded
from riskmodel.promises.topics import alternatives, load_topics
from riskmodel.reader.weighing import KNOTS

__all__ = ["COLUMNS", "EVIDENCE", "LOGS", "LOWEST", "STANCES", "Candidate", "Evidence", "Source", "Units", "Words"]

STANCES: tuple[Stand, ...] = ("affirm", "deny", "charge", "careful")
LOGS = (
    "said", "said_margin", "said_other", "said_joint", "stance_here", "stance_whole",
    "asked_turn", "asked_line", "asked_any", "asked_other",
)  # fmt: skip
"""Columns of evidence that are logarithms of likelihoods."""
EVIDENCE = (
    *LOGS,
    "joint_first", "asked_opens", "open_now", "open_before", "others_open", "rule_elsewhere",
    "rule_sure", "rule_unsure", "rule_differs",
    "bare_yes", "bare_sure", "bare_nod", "bare_no", "bare_differs", "bare_opposite",
    "hedged", "negated", "denied", "asks", "quotes", "certain", "must_missing", "turned_elsewhere",
    "short", "medium", "short_asked", "short_open", "short_joint", "medium_asked", "short_said",
)  # fmt: skip
"""Names of the columns of evidence, in their order."""
COLUMNS = len(EVIDENCE) + len(LOGS) * len(KNOTS)
"""How many columns the weighing has."""
LOWEST = float(np.log(1e-4))
"""No log-likelihood counts as lower."""

_SHORT, _MEDIUM = 6, 14  # characters that say something
_LEAST_STANCE = float(np.log(0.03))  # from which a stance that only the reader hears is weighed
_MOST_OPEN = 3
_WIDEST = 4.0  # of a margin between two topics
_BINDING = frozenset({"affirm", "charge"})
_ANSWERS = {"yes": 0, "sure": 1, "nod": 2, "no": 3}

Array = NDArray[np.float64]
Source = Literal["rule", "answer", "reader"]


class Words(NamedTuple):
    """A message taken apart: its folded text, clauses, what rules heard, and the bare answer that it opens with."""

    text: str
    parts: Sequence[Clause]
    said: Sequence[Statement]
    answer: Answer | None


class Units(NamedTuple):
    """Stretches of a message, the whole first, as the reader hears them.

    `numbers` are the clauses of each; `topics` and `stances` log-likelihoods, shape (U, T) and (U, 4), by the places of
    `names` and of `STANCES`; `usable` is false for what quotes the buyer.
    """

    bounds: list[tuple[int, int]]
    numbers: list[list[int]]
    names: list[str]
    topics: Array
    stances: Array
    usable: NDArray[np.bool_]


class Candidate(NamedTuple):
    """A stance on a topic that the message may take, at ``[start, end)`` of the folded text.

    `question` is what a bare answer answers, None where the words say it themselves; `source` is what brings it up;
    `evidence` are the columns of `EVIDENCE`.
    """

    topic: str
    stance: Stand
    start: int
    end: int
    clause: int
    question: OpenQuestion | None
    source: Source
    evidence: list[float]


@cache
def _must(topic: str) -> tuple[str, ...]:
    return alternatives(load_topics()[topic].must)


@cache
def _stances_of(topic: str) -> tuple[tuple[int, Stand], ...]:
    says = load_topics()[topic].says
    return tuple((place, name) for place, name in enumerate(STANCES) if name != "charge" or name in says)


class Evidence:
    """Gathers evidence on one message, and gives candidates.

    Parameters
    ----------
    words, units
        The message, and its stretches as heard.
    turn
        The buyer's turn as heard.
    asked
        Open questions by topic.
    now
        Topics that a bare answer would answer.
    """

    def __init__(
        self, words: Words, units: Units, turn: Turn, asked: Mapping[str, OpenQuestion], now: frozenset[str]
    ) -> None:
        self._words, self._units, self._turn, self._asked, self._now = words, units, turn, asked, now
        parts = words.parts
        hedged = {part.sentence for part in parts if part.has("hedge")}
        self._by_clause = [(float(part.sentence in hedged), float(part.negated)) for part in parts] or [(0.0, 0.0)]
        quotes = float(any(part.has("quoting") for part in parts))
        self._groups = [[parts[number] for number in numbers] for numbers in units.numbers]
        self._by_unit = [
            (
                float(any(part.has("deny") for part in group)), float(all(part.asks for part in group)), quotes,
                float(any(part.has("certain") for part in group)),
            )
            for group in self._groups
        ]  # fmt: skip
        self._alone = {numbers[0]: unit for unit, numbers in enumerate(units.numbers) if len(numbers) == 1}
        self._ruled: dict[str, list[Statement]] = {}
        for item in words.said:
            self._ruled.setdefault(item.topic, []).append(item)
        self._answering = -1  # the clause that is a bare answer
        if words.answer is not None:
            inside = (i for i, part in enumerate(parts) if part.start <= words.answer.start < part.end)
            self._answering = next(inside, 0)
        self._size = len(spoken(words.text, 0, len(words.text)))

    def of(self, topics: Sequence[str]) -> list[Candidate]:
        """Candidates for each stance on each of these topics."""
        units, turn = self._units, self._turn
        at = [units.names.index(topic) for topic in topics]
        other = units.names.index("other")
        short, medium = float(self._size <= _SHORT), float(_SHORT < self._size <= _MEDIUM)
        # which stretch says each stance on each topic the most
        both = units.topics[:, at, None] + units.stances[:, None, :]
        both[~units.usable] = 2 * LOWEST
        best = both.argmax(axis=0)
        said = units.topics[best, np.array(at)[:, None]]
        ranked = np.sort(units.topics, axis=1)[:, -2:]
        margin = said - np.where(said >= ranked[best, 1], ranked[best, 0], ranked[best, 1])
        here = units.stances[best, np.arange(len(STANCES))]
        heard = np.maximum([turn.whole.topic_logs, *(line.topic_logs for line in turn.lines)], LOWEST)
        joint = min(self._size / _MEDIUM, 1.0) * units.topics[0] + heard[0]
        joint -= joint.max()
        joint = np.maximum(joint - np.log(np.exp(joint).sum()), LOWEST)
        first = joint.argmax()
        by_topic = zip(
            topics, at, best.tolist(), said.tolist(), margin.clip(-_WIDEST, _WIDEST).tolist(), here.tolist(),
            joint[at].tolist(), heard[0, at].tolist(), heard[-1, at].tolist(), heard[1:, at].max(axis=0).tolist(),
            strict=True,
        )  # fmt: skip
        said_other, asked_other, opens = float(units.topics[0, other]), float(heard[0, other]), turn.whole.opens
        whole = units.stances[0].tolist()
        ruled_elsewhere = {item.topic for item in self._words.said if item.sure}
        result = []
        for topic, place, stretches, sayings, margins, stances, together, asked, last, loudest in by_topic:
            now = topic in self._now
            ruled = self._ruled.get(topic, [])
            meant = self._meant(topic, ruled)
            of_topic = (
                float(place == first), opens, float(now), float(not now and topic in self._asked),
                float(min(len(self._now) - now, _MOST_OPEN)), float(bool(ruled_elsewhere) and not ruled),
            )  # fmt: skip
            sizes = (short, medium, short * asked, short * now, short * together, medium * asked)
            outside = [self._outside(topic, self._groups[unit]) for unit in stretches]
            for stand, stance in _stances_of(topic):
                same = [item for item in ruled if item.stance == stance]
                answers = meant == stance
                if stances[stand] < _LEAST_STANCE and not same and not answers:
                    continue
                unit, saying = stretches[stand], sayings[stand]
                sure = any(item.sure for item in same)
                start, end, clause = self._place(same, unit, place, bare=answers)
                if not (same or answers):
                    if stance in _BINDING and self._withheld(clause, unit):
                        continue  # 以页面为准 takes back what only the reader hears promised
                    if meant is not None and self._units.numbers[unit] == [self._answering]:
                        continue  # what a bare yes means hangs on how it was asked
                evidence = [
                    saying, margins[stand], said_other, together, stances[stand], whole[stand],
                    asked, last, loudest, asked_other, *of_topic,
                    float(sure), float(bool(same) and not sure), float(bool(ruled) and not same),
                    *self._answer(meant, answers=answers), *self._by_clause[clause], *self._by_unit[unit],
                    *outside[stand], *sizes, short * saying,
                ]  # fmt: skip
                source: Source = "rule" if sure else "answer" if answers else "reader"
                question = self._asked[topic] if answers else None
                result.append(Candidate(topic, stance, start, end, clause, question, source, evidence))
        return result

    def _meant(self, topic: str, ruled: Sequence[Statement]) -> str | None:
        """The stance that the bare answer takes on the topic, where its own words take none."""
        answer, question = self._words.answer, self._asked.get(topic)
        if answer is None or question is None or topic not in self._now:
            return None
        if any(item.stance not in ("asks", "quotes") for item in ruled):
            return None
        return question.meaning_of(answer)

    def _answer(self, meant: str | None, *, answers: bool) -> tuple[float, ...]:
        answer = self._words.answer
        if answer is None:
            return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        kinds = [0.0] * len(_ANSWERS)
        if answers:
            kinds[_ANSWERS[answer.kind]] = 1.0
        return *kinds, float(meant is not None and not answers), float(meant is None)

    def _withheld(self, clause: int, unit: int) -> bool:
        hedged, certain = self._by_clause[clause][0], self._by_unit[unit][3]
        return bool(hedged) and not certain

    def _outside(self, topic: str, group: Sequence[Clause]) -> tuple[float, float]:
        must = _must(topic)
        missing = bool(must) and not any(part.has(*must) for part in group)
        return float(missing), float(excluded(topic, group))

    def _place(self, same: Sequence[Statement], unit: int, at: int, *, bare: bool) -> tuple[int, int, int]:
        """Where it is said, and in which clause: as a rule found it, as the bare answer, or as the reader heard it."""
        if same:
            return same[0].start, same[0].end, same[0].clause
        answer = self._words.answer
        if bare and answer is not None:
            return answer.start, answer.end, self._answering
        start, end = self._units.bounds[unit]
        numbers, topics = self._units.numbers[unit], self._units.topics
        if len(numbers) < 2:
            return start, end, numbers[0] if numbers else 0
        return start, end, max(numbers, key=lambda n: topics[self._alone[n], at] if n in self._alone else LOWEST)
