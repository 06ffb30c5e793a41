"""Finds what an agent's message commits to: said outright, or by a bare yes or no to the buyer's open questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from riskmodel.signals import Found, Reading
from riskmodel.signals.lexicon import Span

__all__ = ["Commitment", "OpenQuestion", "commitments"]

_FILLERS = frozenset(
    " 亲呢哦哈呀啊噢的滴哒了您你咯啦喔嗷哟~!。,.、?…这边我们就都也会地得喽呐吖么宝贝小主家人老板美女帅哥[]()☺😊🌹❤😄^_-"
)
# after these, anywhere in the message, a yes is politeness and not an answer
_HEDGES = frozenset({"hedge", "ask_back", "self_service"})
_AFTER_NOTE = 3  # characters that may follow an acknowledgement that is an answer
_SLACK = 1  # characters of a bare answer that the lexicon need not know
_SHORT_ANSWER = 14  # characters; a longer clause says something of its own


class OpenQuestion(NamedTuple):
    """What the buyer asked: the topic, and the folded words, which give a bare answer its content."""

    topic: str
    text: str


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


@cache
def _topics() -> dict[str, dict[str, Any]]:
    content = yaml.safe_load(files("riskmodel.promises").joinpath("data/topics.yaml").read_text("utf-8"))
    # YAML reads a bare yes and no as booleans
    return {
        topic: {("yes" if key is True else "no" if key is False else key): value for key, value in row.items()}
        for topic, row in content.items()
    }


def commitments(reading: Reading, found: Sequence[Found], open_questions: Sequence[OpenQuestion]) -> list[Commitment]:
    """What the message binds the shop to.

    Parameters
    ----------
    reading
        The agent's message as read by the lexicon.
    found
        The agent-side signals found in it.
    open_questions
        The buyer's questions that this message answers, oldest first.
    """
    text = reading.folded.text
    result = []
    for item in found:
        signal = item.signal
        if signal.topic is None or (signal.kind is None and signal.polarity is None):
            continue
        related = [question.text for question in open_questions if question.topic == signal.topic]
        result.append(
            Commitment(
                signal.code, signal.topic, signal.polarity, signal.kind, item.start, item.end, text,
                related[-1] if related else None,
            )
        )  # fmt: skip
    said = {commitment.topic for commitment in result}
    for question in reversed(open_questions):
        if question.topic in said or question.topic not in _topics():
            continue
        row = _topics()[question.topic]
        for answer in ("yes", "no"):
            span = _bare_answer(reading, answer, row["core"])
            if span is None or answer not in row:
                continue
            meaning = row[answer]
            result.append(
                Commitment(
                    f"{answer}.{question.topic}", question.topic, meaning.get("polarity"), meaning.get("promise"),
                    *span, question.text, question.text,
                )
            )  # fmt: skip
            said.add(question.topic)
            break
    return result


def _bare_answer(reading: Reading, answer: str, core: str) -> Span | None:
    """Span of a clause that says only yes (or no), apart from fillers and the question's own word."""
    text = reading.folded.text
    concepts = reading.concepts
    words = (
        ("assent", "ack", "can", "certain", "carry", "move", "same_day", core)
        if answer == "yes"
        else ("deny", "no_invoice", core)
    )
    key = ("assent", "certain", "can", "ack") if answer == "yes" else ("deny", "no_invoice")
    start = 0
    for end in _clause_ends(text):
        clause = (start, end)
        start = end + 1
        if clause[1] - clause[0] > _SHORT_ANSWER:
            return None
        spoken = _spoken(text, clause)
        if not spoken:
            continue
        if not any(_inside(concepts, name, clause) for name in key):
            return None
        covered = {
            index
            for name in words
            for left, right in concepts.get(name, ())
            if clause[0] <= left and right <= clause[1]
            for index in range(left, right)
        }
        # 肯定, 放心, 没问题 answer by themselves; 可以, 好 only where little else is said
        rest = sum(index not in covered for index in spoken)
        sure = answer == "yes" and _inside(concepts, "certain", clause)
        if rest > (_SHORT_ANSWER if sure else _SLACK):
            return None
        if answer == "yes" and (_inside(concepts, "negation", clause) or not _HEDGES.isdisjoint(concepts)):
            return None
        if clause[1] < len(text) and text[clause[1]] == "?":
            return None
        if answer == "yes" and not any(_inside(concepts, name, clause) for name in ("assent", "certain", "can")):
            # 好的 answers a question only where nothing else follows: 好的,我记一下 takes note
            follows = sum(char.isalnum() and char not in _FILLERS for char in text[clause[1] :])
            if follows > _AFTER_NOTE:
                return None
        return spoken[0], spoken[-1] + 1
    return None


def _clause_ends(text: str) -> list[int]:
    ends = [index for index, char in enumerate(text[:200]) if char in "。!?;\n,、 ~…"]
    return [*ends, len(text)]


def _spoken(text: str, clause: Span) -> list[int]:
    return [
        index
        for index in range(*clause)
        if text[index] not in _FILLERS and (text[index].isalnum() or text[index] == "👌")
    ]


def _inside(concepts: Mapping[str, list[Span]], name: str, clause: Span) -> bool:
    return any(clause[0] <= left and right <= clause[1] for left, right in concepts.get(name, ()))
