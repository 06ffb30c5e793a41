"""What speaks for and against each stance that a message may take on a topic, as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp, log
from typing import Literal, NamedTuple

from riskmodel.promises.answers import Answer
from riskmodel.promises.clauses import Clause, spoken
from riskmodel.promises.context import Context
from riskmodel.promises.questions import OpenQuestion
from riskmodel.promises.stance import Stand, Statement, excluded
from riskmodel.promises.topics import alternatives, load_topics
from riskmodel.reader import LOWEST
from riskmodel.reader.weighing import KNOTS

__all__ = ["COLUMNS", "EVIDENCE", "LOGS", "STANCES", "Candidate", "Evidence", "Source", "Unit", "Words"]

STANCES: tuple[Stand, ...] = ("affirm", "deny", "charge", "careful")
LOGS = (
    "said", "said_margin", "said_other", "said_joint", "stance_here", "stance_whole",
    "asked_turn", "asked_line", "asked_any", "asked_other",
)  # fmt: skip  # columns by kind, a row each
"""Columns of evidence that are logarithms of likelihoods."""
EVIDENCE = (
    *LOGS,
    "joint_first", "asked_opens", "open_now", "open_before", "others_open", "rule_elsewhere",
    "rule_sure", "rule_unsure", "rule_differs",
    "bare_yes", "bare_sure", "bare_nod", "bare_no", "bare_differs", "bare_opposite",
    "hedged", "negated", "denied", "asks", "quotes", "certain", "must_missing", "turned_elsewhere",
    "short", "medium", "short_asked", "short_open", "short_joint", "medium_asked", "short_said",
)  # fmt: skip  # columns by kind, a row each
"""Names of the columns of evidence, in their order."""
COLUMNS = len(EVIDENCE) + len(LOGS) * len(KNOTS)
"""How many columns the weighing has."""
_SHORT, _MEDIUM = 6, 14  # characters that say something
_LEAST_STANCE = log(0.03)  # from which a stance that only the reader hears is weighed
_MOST_OPEN = 3
_WIDEST = 4.0  # of a margin between two topics
_BINDING = frozenset({"affirm", "charge"})
_ANSWERS = {"yes": 0, "sure": 1, "nod": 2, "no": 3}

Source = Literal["rule", "answer", "reader"]


class Words(NamedTuple):
    """A message taken apart: its folded text, clauses, what rules heard, and the bare answer that it opens with."""

    text: str
    parts: Sequence[Clause]
    said: Sequence[Statement]
    answer: Answer | None


class Unit(NamedTuple):
    """A stretch of a message as the reader hears it.

    `numbers` are its clauses; `topics` and `stances` log-likelihoods, in the order of the reader's topics and of
    `STANCES`; `loudest` the place and log-likelihood of its likeliest topic and the log-likelihood of the next;
    `quotes` where it quotes the buyer, and is not the shop's own word.
    """

    start: int
    end: int
    numbers: list[int]
    topics: Sequence[float]
    stances: Sequence[float]
    loudest: tuple[int, float, float]
    quotes: bool


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
        The message, and its stretches as heard, the whole first.
    context
        What it answers, with a reader and a turn.
    """

    def __init__(self, words: Words, units: Sequence[Unit], context: Context) -> None:
        if context.reader is None or context.turn is None:
            raise ValueError("evidence takes a reader and a turn of the buyer")
        self._words, self._units, self._names, self._turn = words, units, context.reader.topics, context.turn
        self._asked = context.asked
        self._now = {question.topic for question in context.meant}
        parts = words.parts
        hedged = {part.sentence for part in parts if "hedge" in part.marks}
        self._by_clause = [(float(part.sentence in hedged), float(part.negated)) for part in parts] or [(0.0, 0.0)]
        self._quotes = float(any("quoting" in part.marks for part in parts))
        self._alone = {unit.numbers[0]: unit for unit in units if len(unit.numbers) == 1}
        self._ruled: dict[str, list[Statement]] = {}
        for item in words.said:
            self._ruled.setdefault(item.topic, []).append(item)
        self._sure_of = {item.topic for item in words.said if item.sure}
        self._answering = -1  # the clause that is a bare answer
        if words.answer is not None:
            inside = (i for i, part in enumerate(parts) if part.start <= words.answer.start < part.end)
            self._answering = next(inside, 0)
        self._size = len(spoken(words.text, 0, len(words.text)))
        self._usable = [unit for unit in units if not unit.quotes] or [units[0]]

    def of(self, topics: Sequence[str]) -> list[Candidate]:
        """Candidates for each stance on each of these topics."""
        whole, turn = self._units[0], self._turn
        turn_logs, last_logs = turn.whole.topic_floors, turn.lines[-1].topic_floors
        joint = _joint(whole.topics, turn_logs, min(self._size / _MEDIUM, 1.0))
        first = joint.index(max(joint))
        other = self._names.index("other")
        said_other, asked_other = whole.topics[other], turn_logs[other]
        short, medium = float(self._size <= _SHORT), float(_SHORT < self._size <= _MEDIUM)
        result = []
        for topic in topics:
            at = self._names.index(topic)
            now, ruled = topic in self._now, self._ruled.get(topic, [])
            meant, barred = self._meant(topic, ruled), excluded(topic, self._words.parts)
            asked, together = turn_logs[at], joint[at]
            of_topic = (
                asked, last_logs[at], max([line.topic_floors[at] for line in turn.lines]), asked_other,
                float(at == first), turn.whole.opens, float(now), float(not now and topic in self._asked),
                float(min(len(self._now) - now, _MOST_OPEN)), float(bool(self._sure_of) and not ruled),
            )  # fmt: skip  # columns by kind, a row each
            sizes = (short, medium, short * asked, short * now, short * together, medium * asked)
            for stand, stance in _stances_of(topic):
                heard = self._heard(topic, at, stand, ruled, meant, barred=barred)
                if heard is None:
                    continue
                unit, same, place, scope = heard
                said, sure, answers = unit.topics[at], any(item.sure for item in same), meant == stance
                evidence = [
                    said, _margin(unit, at), said_other, together, unit.stances[stand], whole.stances[stand],
                    *of_topic, float(sure), float(bool(same) and not sure), float(bool(ruled) and not same),
                    *self._answer(meant, answers=answers), *scope, *sizes, short * said,
                ]  # fmt: skip  # columns by kind, a row each
                source: Source = "rule" if sure else "answer" if answers else "reader"
                question = self._asked[topic] if answers else None
                result.append(Candidate(topic, stance, *place, question, source, evidence))
        return result

    def _heard(
        self, topic: str, at: int, stand: int, ruled: Sequence[Statement], meant: str | None, *, barred: bool
    ) -> tuple[Unit, list[Statement], tuple[int, int, int], tuple[float, ...]] | None:
        """Which stretch says a stance the most, what rules found of it, where it is said, and its scope.

        None where nothing brings the stance up, or something takes back what only the reader hears; `barred` where the
        message turns the topic to another matter.
        """
        stance = STANCES[stand]
        unit = max(self._usable, key=lambda unit: unit.topics[at] + unit.stances[stand])
        same = [item for item in ruled if item.stance == stance]
        outright = any(item.sure for item in same) or meant == stance
        if not outright and (barred or (unit.stances[stand] < _LEAST_STANCE and not same)):
            return None  # 微信支付 is no invitation to leave the platform
        place = self._place(same, unit, at, bare=meant == stance)
        scope = self._scope(topic, place[2], [self._words.parts[number] for number in unit.numbers])
        hedged, asks, certain = scope[0], scope[3], scope[5]
        if not outright and not same:
            if asks and stance != "careful" and load_topics()[topic].anchors:
                return None  # what is asked back is not said; rudeness, which has no anchors, may ask
            if stance in _BINDING and hedged and not certain:
                return None  # 以页面为准 takes it back
            if meant is not None and unit.numbers == [self._answering]:
                return None  # what a bare yes means hangs on how it was asked
        return unit, same, place, scope

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

    def _scope(self, topic: str, clause: int, group: Sequence[Clause]) -> tuple[float, ...]:
        """What the clause and its stretch do to the words: hedge, deny, ask, quote, assure; and what is missing."""
        must = _must(topic)
        return (
            *self._by_clause[clause],
            float(any("deny" in part.marks for part in group)), float(all(part.asks for part in group)),
            self._quotes, float(any("certain" in part.marks for part in group)),
            float(bool(must) and not any(part.has(*must) for part in group)), float(excluded(topic, group)),
        )  # fmt: skip  # columns by kind, a row each

    def _place(self, same: Sequence[Statement], unit: Unit, at: int, *, bare: bool) -> tuple[int, int, int]:
        """Where it is said, and in which clause: as a rule found it, as the bare answer, or as the reader heard it."""
        if same:
            return same[0].start, same[0].end, same[0].clause
        answer = self._words.answer
        if bare and answer is not None:
            return answer.start, answer.end, self._answering
        if len(unit.numbers) < 2:
            return unit.start, unit.end, unit.numbers[0] if unit.numbers else 0
        alone = {number: self._alone[number].topics[at] for number in unit.numbers if number in self._alone}
        return unit.start, unit.end, max(unit.numbers, key=lambda number: alone.get(number, LOWEST))


def _margin(unit: Unit, at: int) -> float:
    """By how much a topic is likelier than the likeliest other, within bounds."""
    place, highest, second = unit.loudest
    rival = second if at == place else highest
    return max(min(unit.topics[at] - rival, _WIDEST), -_WIDEST)


def _joint(said: Sequence[float], asked: Sequence[float], weight: float) -> list[float]:
    """Log-likelihood of each topic by what was asked and what is said, which counts for more the more is said."""
    scores = [weight * one + other for one, other in zip(said, asked, strict=True)]
    highest = max(scores)
    total = highest + log(sum([exp(score - highest) for score in scores]))
    return [score - total if score - total > LOWEST else LOWEST for score in scores]
