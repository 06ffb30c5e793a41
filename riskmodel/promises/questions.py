"""What the buyer leaves open: questions, requests, and facts stated for a nod, by topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from riskmodel.promises.answers import Answer
from riskmodel.promises.clauses import Clause, clauses
from riskmodel.promises.stance import excluded, inverse_spans, topics_in
from riskmodel.promises.topics import alternatives, load_topics
from riskmodel.reader import LineReader
from riskmodel.signals import Reading
from riskmodel.signals.lexicon import Span

__all__ = ["OpenQuestion", "heard_over", "questions_in"]

_REQUESTS = ("want", "request", "tag", "press", "confirm")
# How likely a topic must be, and that it is left open. Chosen on the development drafts.
SURE = 0.30
SURE_BESIDES = 0.60  # beside a topic that a rule found
OPENS = 0.5
_FREIGHT = ("freight", "top_up", "extra_charge", "extra_money")
_OPENS = ("question", "asking", *_REQUESTS)


class OpenQuestion(NamedTuple):
    """What the buyer asked: the topic, and the folded words, which give a bare answer its content.

    `inverse` where the opposite was put (会晚吗), `negated` where it was put with a not (不能退是吧): both turn the
    meaning of a bare answer. `marks` are the concepts of the message.
    """

    topic: str
    text: str
    inverse: bool = False
    negated: bool = False
    marks: frozenset[str] = frozenset()

    def meaning_of(self, answer: Answer) -> str:
        """The stance on the topic, ``affirm`` or ``deny``, that a bare answer takes."""
        if answer.kind == "no":
            affirms = self.inverse
        elif answer.kind == "nod":
            affirms = self.inverse is self.negated
        else:
            affirms = answer.kind == "sure" or not self.inverse or self.negated
        return "affirm" if affirms else "deny"


def questions_in(
    reading: Reading, found: Sequence[str] = (), reader: LineReader | None = None, *, beside: bool = False
) -> list[OpenQuestion]:
    """Topics that a buyer's message leaves open, in the order of the text.

    Parameters
    ----------
    reading
        The buyer's message as read by the lexicon.
    found
        Topics that are known to be asked from the signals found in it.
    reader
        The learned reader, for questions in words that no rule knows.
    beside
        Whether this turn has asked something already.
    """
    parts = clauses(reading)
    text, marks = reading.folded.text, frozenset(reading.concepts)
    opened: dict[str, OpenQuestion] = {}
    for number, clause in enumerate(parts):
        for name, inverse in topics_in(clause):
            declined = _negated(clause) and not inverse and not clause.asks and not clause.has("question", "tag")
            if name not in opened and not declined and (name in found or _opens(parts, number)):
                opposite = inverse_spans(name, clause) if inverse else []
                opened[name] = OpenQuestion(name, text, inverse, _negated(clause, opposite), marks)
    for name in found:
        opened.setdefault(name, OpenQuestion(name, text, marks=marks))
    if reader is not None:
        heard = _heard(text, parts, reader, SURE_BESIDES if opened or beside else SURE)
        if heard is not None and heard not in opened:
            opened[heard] = OpenQuestion(heard, text, marks=marks)
    for name in list(opened):
        for covered in alternatives(load_topics()[name].covers):
            opened.pop(covered, None)
    return list(opened.values())


def heard_over(text: str, reading: Reading, reader: LineReader) -> list[OpenQuestion]:
    """What two lines of the buyer ask together, by the learned reader; `reading` is the second one's."""
    topic = _heard(text, clauses(reading), reader, SURE)
    return [] if topic is None else [OpenQuestion(topic, text, marks=frozenset(reading.concepts))]


def _heard(text: str, parts: list[Clause], reader: LineReader, sure: float) -> str | None:
    """The topic that the reader is sure enough is asked; None where there is none."""
    heard = reader.read(text)
    topic = heard.topic
    if heard.opens < OPENS or heard.likelihood < sure:
        return None
    if topic == "free_shipping" and not any(part.has("free_shipping") for part in parts):
        # the two are told apart by how they are asked: 要邮费吗, 包邮吗
        topic = "freight_surcharge" if any(part.has(*_FREIGHT) for part in parts) else topic
    known = load_topics().get(topic)
    return topic if known is not None and known.askable and not excluded(topic, parts) else None


def _opens(parts: list[Clause], number: int) -> bool:
    return any(part.asks or part.has(*_OPENS) for part in parts[max(number - 1, 0) : number + 2])


def _negated(clause: Clause, opposite: Sequence[Span] = ()) -> bool:
    if clause.has("rhetorical"):
        return False
    asking = [*clause.marks.get("question", ()), *opposite]  # the 没 of 没货 is its own
    spans = [
        span for span in clause.marks.get("negation", ()) if not any(a <= span[0] and span[1] <= b for a, b in asking)
    ]
    return len(spans) % 2 == 1
