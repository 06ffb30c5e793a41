"""The agenda of a talk: what the buyer has asked, what the shop has answered, and what a bare yes would answer now."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from riskmodel.promises.context import Context, Turn
from riskmodel.promises.find import Understanding
from riskmodel.promises.questions import OpenQuestion, heard_over, questions_in
from riskmodel.promises.topics import alternatives, load_topics
from riskmodel.reader import LineReader
from riskmodel.signals import Reading

__all__ = ["Agenda"]

_SPLIT = 40  # characters of the line before that are read with the next
_TURN_LINES, _TURN_SIGNS = 4, 80  # messages of a turn, and characters of each, that are read as one


@cache
def _conditional() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Topics that depend on what the buyer has spoken of."""
    return [
        (name, alternatives(topic.asker), alternatives(topic.own))
        for name, topic in load_topics().items()
        if topic.asker or topic.own
    ]


class Agenda:
    """Takes the buyer's and the shop's messages in turn.

    What the shop has not answered stays open over later turns; what it has can be asked again.

    Parameters
    ----------
    reader
        The learned reader; without one only rules tell what is asked.
    """

    def __init__(self, reader: LineReader | None = None) -> None:
        self._reader = reader
        self.open: list[OpenQuestion] = []
        self._before: list[OpenQuestion] = []  # what was open in the turn before
        self._asked_now: set[str] = set()
        self._answered: set[str] = set()
        self._spoken_of: set[str] = set()  # concepts that the buyer has used
        self._spoken_now: set[str] = set()  # and in this turn
        self._waits = False
        self._lines: list[str] = []  # this turn's messages
        self._turn: Turn | None = None

    def begin_turn(self) -> None:
        """The buyer speaks again after the shop has."""
        self._before = self.open or self._before
        self.open = [question for question in self.open if question.topic not in self._answered]
        self._answered, self._asked_now, self._spoken_now = set(), set(), set()
        self._lines = []

    def ask(self, reading: Reading, known: Collection[str], *, waits: bool) -> set[str]:
        """Take a message of the buyer; gives the topics that it asks about.

        Parameters
        ----------
        reading
            The message as read by the lexicon.
        known
            Topics that signals have found asked.
        waits
            Whether a message that asks nothing itself still waits for what was asked before.
        """
        self._spoken_of |= reading.concepts.keys()
        self._spoken_now |= reading.concepts.keys()
        self._waits = waits
        barred = self.barred
        # a signal whose parts lie in the turn's messages before was asked in its own words then
        fresh = tuple(name for name in known if name not in self._asked_now)
        found = questions_in(reading, fresh, self._reader, beside=bool(self._asked_now))
        before = self._lines[-1][-_SPLIT:] if self._lines else ""
        if not found and before and self._reader is not None:
            # people split one question over two lines: 那个邮费 / 能免不
            found = heard_over(f"{before},{reading.folded.text}", reading, self._reader)
        self._lines = [*self._lines[-_TURN_LINES + 1 :], reading.folded.text[-_TURN_SIGNS:]]
        self._turn = None
        asked = [question for question in found if question.topic not in barred]
        topics = {question.topic for question in asked}
        covered = {other for name in topics | self._asked_now for other in alternatives(load_topics()[name].covers)}
        # asked again, a question stands for itself as last asked
        self.open = [other for other in self.open if other.topic not in topics | covered]
        self.open += [question for question in asked if question.topic not in covered]
        self._asked_now |= topics
        return topics

    def answer(self, understood: Understanding) -> None:
        """Take a message of the shop."""
        if understood.answered:
            self._answered.update(question.topic for question in self.meant)
        self._answered.update(topic for topic, stance in understood.stances.items() if stance not in ("asks", "quotes"))

    @property
    def meant(self) -> list[OpenQuestion]:
        """What a bare yes or no would answer: this turn's questions, or older ones where it only waits for them."""
        if self._asked_now:
            return [question for question in self.open if question.topic in self._asked_now]
        return (self.open or self._before) if self._waits else []

    @property
    def barred(self) -> set[str]:
        """Topics that cannot be meant: one's own address is one's own, and the checkout is no payment outside."""
        return {
            name
            for name, askers, own in _conditional()
            if (askers and self._spoken_of.isdisjoint(askers)) or not self._spoken_now.isdisjoint(own)
        }

    def context(self) -> Context:
        """What the shop's next words answer."""
        if self._turn is None and self._reader is not None and self._lines:
            # a turn that only waits is read as what it waits for
            waits = not self._asked_now and self.meant
            texts = [question.text for question in self.meant[-_TURN_LINES:]] if waits else self._lines
            text = ",".join(texts)
            whole = self._reader.read(text)
            lines = [whole] if len(texts) < 2 else [self._reader.read(line) for line in texts]
            self._turn = Turn(text, whole, lines)
        return Context(self.open, self.meant, self.barred, self._reader, self._turn)
