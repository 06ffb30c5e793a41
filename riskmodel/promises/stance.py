"""What a message says yes, no or "for a fee" to: its stance on each topic, in its own words or as an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

from riskmodel.promises.clauses import Clause
from riskmodel.promises.topics import Topic, alternatives, load_topics
from riskmodel.signals import Reading
from riskmodel.signals.lexicon import Span

__all__ = ["Statement", "excluded", "statements", "topics_in"]

Stand = Literal["affirm", "deny", "charge", "careful", "asks", "quotes"]


_NEAR = 3  # characters between a not and what it denies


class Statement(NamedTuple):
    """A stance on a topic at ``[start, end)`` of the folded text; `sure` where its own words need no question."""

    topic: str
    stance: Stand
    start: int
    end: int
    clause: int
    sure: bool


class _Anchors(NamedTuple):
    topic: Topic
    strong: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]
    weak: tuple[str, ...]
    inverse: tuple[str, ...]
    denies: tuple[str, ...]
    affirms: tuple[str, ...]
    unless: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]

    def named(self, clause: Clause, *, denied: bool = True) -> list[Span]:
        """Where the clause names the topic by itself, in words of a no only if `denied`."""
        spans = _spans(clause, (*self.strong, *(self.denies if denied else ()), *self.affirms))
        for parts in self.together:
            if all(clause.has(part) for part in parts):
                spans += _spans(clause, parts[:1])
        return spans


@cache
def _anchors() -> tuple[tuple[_Anchors, ...], dict[str, tuple[int, ...]]]:
    """The topics, and which of them to try for each concept."""
    table = tuple(
        _Anchors(
            topic,
            tuple(name for name in alternatives(topic.anchors) if "+" not in name),
            tuple(tuple(name.split("+")) for name in alternatives(topic.anchors) if "+" in name),
            alternatives(topic.weak),
            alternatives(topic.inverse),
            alternatives(topic.denies),
            alternatives(topic.affirms),
            alternatives(topic.unless),
            {stance: alternatives(meaning.needs) for stance, meaning in topic.says.items()},
        )
        for topic in load_topics().values()
    )
    index: dict[str, list[int]] = {}
    for number, row in enumerate(table):
        together = {name for parts in row.together for name in parts}
        for name in {*row.strong, *together, *row.weak, *row.inverse, *row.denies, *row.affirms}:
            index.setdefault(name, []).append(number)
    return table, {name: tuple(numbers) for name, numbers in index.items()}


def statements(reading: Reading, parts: list[Clause], asked: Collection[str]) -> list[Statement]:
    """The stances that the words themselves take, clause by clause.

    Parameters
    ----------
    reading
        The message as read by the lexicon.
    parts
        Its clauses.
    asked
        Names of topics that are open: their weak words count too.
    """
    table, index = _anchors()
    if not parts or index.keys().isdisjoint(reading.concepts):
        return []
    named: set[str] = set(asked)
    result: list[Statement] = []
    for number, clause in enumerate(parts):
        tried = sorted({topic for name in clause.marks for topic in index.get(name, ())})
        for topic in tried:
            statement = _statement(table[topic], number, parts, named)
            if statement is not None:
                result.append(statement)
        named.update(statement.topic for statement in result[-len(tried) :] if tried)
    return result


@cache
def _affirming() -> frozenset[str]:
    """Concepts that affirm some topic by themselves."""
    table, _ = _anchors()
    return frozenset(name for row in table for name in row.affirms)


def _just_before(spans: list[Span], anchors: list[Span]) -> bool:
    return any(0 <= anchor[0] - span[1] <= _NEAR for span in spans for anchor in anchors)


def _touch(spans: list[Span], anchors: list[Span]) -> bool:
    return any(span[0] <= anchor[1] and anchor[0] <= span[1] for span in spans for anchor in anchors)


def names_another(clause: Clause, topic: str) -> bool:
    """The clause names some other topic in so many words, so that weak words belong to that one."""
    table, index = _anchors()
    tried = {number for name in clause.marks for number in index.get(name, ())}
    return any(table[number].topic.name != topic and table[number].named(clause) for number in tried)


def excluded(topic: str, parts: Iterable[Clause]) -> bool:
    """Something in these clauses turns them to another matter: 微信支付 is no invitation to leave the platform."""
    names = alternatives(load_topics()[topic].unless)
    return any(part.has(*names) for part in parts)


def topics_in(clause: Clause) -> list[tuple[str, bool]]:
    """Topics that a clause names by itself, each with whether it names the opposite: 会不会断货 names stock so."""
    table, index = _anchors()
    found = []
    denied = _affirming().isdisjoint(clause.marks)
    for number in sorted({topic for name in clause.marks for topic in index.get(name, ())}):
        row = table[number]
        if row.topic.only_asked or not row.topic.askable or clause.has(*row.unless):
            continue
        if anchors := row.named(clause, denied=denied):
            # 要补邮费吗 asks about the freight, though for free shipping it is a no; 晚发 is the opposite in one word
            found.append((row.topic.name, _touch(_spans(clause, row.inverse), anchors)))
        elif clause.has(*row.inverse):
            found.append((row.topic.name, True))
    return found


def _statement(row: _Anchors, number: int, parts: list[Clause], named: Collection[str]) -> Statement | None:
    clause, name = parts[number], row.topic.name
    if clause.has(*row.unless) or (row.topic.only_asked and name not in named):
        return None
    inverse = False
    anchors = row.named(clause)
    by_itself = bool(anchors)
    if not anchors and row.inverse:
        anchors = _spans(clause, row.inverse)
        inverse = bool(anchors)
    if not anchors and name in named and not names_another(clause, name):
        anchors = _spans(clause, row.weak)
    if not anchors:
        return None
    group = _group(parts, number)
    start, end = min(span[0] for span in anchors), max(span[1] for span in anchors)
    sentence = [part for part in parts if part.sentence == clause.sentence]
    stance = _stance(clause, group, sentence, row, anchors)
    if inverse and stance in ("affirm", "deny"):
        # 不会断货 denies the opposite; in 断货了发不出 the not is said of something else
        stance = "affirm" if _just_before(clause.marks.get("negation", []), anchors) else "deny"
    needs = row.needs.get(stance, ())
    met = [span for part in group for mark in needs for span in part.marks.get(mark, ())]
    sure = (not needs or bool(met) or (inverse and stance == "affirm")) and (by_itself or inverse)
    near = [span for mark in (*needs, "negation", "certain", "can") for span in clause.marks.get(mark, ())]
    start, end = min([start, *(span[0] for span in near)]), max([end, *(span[1] for span in near)])
    return Statement(name, stance, start, min(end, clause.end), number, sure)


def inverse_spans(topic: str, clause: Clause) -> list[Span]:
    """Where the clause names the opposite of a topic."""
    return _spans(clause, alternatives(load_topics()[topic].inverse))


def _spans(clause: Clause, names: Iterable[str]) -> list[Span]:
    return [span for name in names for span in clause.marks.get(name, ())]


def _group(parts: list[Clause], number: int) -> list[Clause]:
    """The clause and its neighbours of the same sentence that name no topic themselves: 今天的话,能发 is one."""
    _, index = _anchors()
    group = [parts[number]]
    for step in (-1, 1):
        other = number + step
        while 0 <= other < len(parts) and parts[other].sentence == parts[number].sentence:
            if not index.keys().isdisjoint(parts[other].marks) and not _light(parts[other]):
                break
            group.append(parts[other])
            other += step
    return group


def _light(clause: Clause) -> bool:
    return clause.end - clause.start <= 3


def _stance(clause: Clause, group: list[Clause], sentence: list[Clause], row: _Anchors, anchors: list[Span]) -> Stand:
    if clause.asks:
        return "asks"
    if clause.has("quoting"):
        return "quotes"
    hedges: tuple[str, ...] = ("hedge",) if row.topic.listed else ("hedge", "page_listed")
    if row.topic.firm:
        hedges = ()
    if clause.has(*hedges) or (not clause.has("certain") and any(part.has(*hedges) for part in sentence)):
        return "careful"
    if "charge" in row.topic.says and clause.has("free_of_charge"):
        return row.topic.free
    if clause.has(*row.denies):
        return "affirm" if clause.has("double_negation", "rhetorical") else "deny"
    if clause.has(*row.affirms):
        return "affirm"
    odd = clause.negated_beside(anchors)
    charged = clause.has("extra_charge", "tax_charge") or (clause.has("top_up") and clause.has("amount"))
    if charged and "charge" in row.topic.says:
        return "affirm" if odd else "charge"
    if not odd and any(part is not clause and _declines(part) for part in group):
        return "deny"
    return "deny" if odd else "affirm"


def _declines(clause: Clause) -> bool:
    """A clause that says no and nothing else: 不行的."""
    mixed = clause.has("free_of_charge", "assent", "top_up", "extra_charge", "double_negation")
    return _light(clause) and clause.has("deny") and not clause.asks and not mixed
